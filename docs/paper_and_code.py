"""Join the tables "Paper and code differ" of all systems' pages: python docs/paper_and_code.py

Writes docs/paper_and_code.md, which a test compares with the systems' pages.
"""
from __future__ import annotations

import posixpath
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parent
HEAD = """# Where paper and code differ

Of most systems the paper says one thing and the released code does another. Here the argument that decides
takes both readings, as far as both can be had, and its docstring says which is whose; the default is the
released code's unless said otherwise, because released weights come from it. This page joins the tables of
the systems' pages (`python docs/paper_and_code.py`).

| system | topic | paper | released code | decided by (default) |
|---|---|---|---|---|
"""


def rows(page: Path) -> list[str]:
    """Rows of a page's table, with the system in front and links that hold one folder higher."""
    text = page.read_text()
    title = re.search(r'^# (.+)$', text, re.MULTILINE)[1]
    section = text.split('## Paper and code differ')[1].split('\n## ')[0]
    table = [line for line in section.splitlines() if line.startswith('|')][2:]
    here = re.compile(r'(?<=\]\()(?![a-z]+:)([^)#]+)')
    moved = [here.sub(lambda link: posixpath.normpath(f'systems/{link[1]}'), row) for row in table]
    return [f'| [{title}](systems/{page.name}) {row}' for row in moved]


def joined() -> str:
    """The whole page."""
    pages = sorted((DOCS / 'systems').glob('*.md'))
    return HEAD + '\n'.join(row for page in pages for row in rows(page)) + '\n'


if __name__ == '__main__':
    (DOCS / 'paper_and_code.md').write_text(joined())
