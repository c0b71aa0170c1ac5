"""Lets mkdocs build pages that link to code by relative paths, as they do on GitHub.

``README.md`` becomes the home page and other pages at the top keep their names. Every other file outside
``docs/`` that a page links to becomes a page with its text below ``source/``; a folder, one with the texts of
its files.
"""
from __future__ import annotations

import posixpath
import re
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
FENCED = re.compile(r'(^```.*?^```$)', re.MULTILINE | re.DOTALL)
LINK = re.compile(r'(?<=\]\()(?![a-z]+:|#)([^)#\s]+)')
LANGUAGES = {'.py': 'python', '.sh': 'bash', '.yml': 'yaml', '.toml': 'toml'}


def place_in_site(path: str) -> str:
    """Where the site has a file of the repository: docs/data.md -> data.md, a.py -> source/a.py.md."""
    if path.startswith('docs/') and not path.endswith('.py'):
        return path.removeprefix('docs/')
    if path == 'README.md':
        return 'index.md'
    if path.endswith('.md') and '/' not in path:
        return path
    return f'source/{path}/index.md' if (ROOT / path).is_dir() else f'source/{path}.md'


def place_in_repository(page: str) -> str:
    """The inverse of :func:`place_in_site` for pages that hold links."""
    if page == 'index.md':
        return 'README.md'
    return f'docs/{page}' if (ROOT / 'docs' / page).exists() else page


def resolve(link: str, page: str) -> str:
    """What ``link`` on ``page`` leads to; both paths are the repository's."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), link))


def show_source(path: str) -> str:
    """A page with the text of a file, or of the files in a folder."""
    text = f'---\nsearch:\n  exclude: true\n---\n# {path}\n'
    where = ROOT / path
    if where.suffix == '.safetensors':
        return f'{text}\nWeights, {where.stat().st_size:,} bytes.\n'
    for file in [where] if where.is_file() else sorted(where.iterdir()):
        language = LANGUAGES.get(file.suffix)
        if language and where.is_dir():
            text += f'\n## {file.name}\n'
        if language or where.is_file():
            text += f'\n````{language or "text"}\n{file.read_text()}\n````\n'
    return text


def on_files(files: Files, config: MkDocsConfig) -> Files:
    texts = {place_in_repository(file.src_uri): file.content_string
             for file in files.documentation_pages()}
    for path in sorted(ROOT.glob('*.md')):
        texts[path.name] = path.read_text()
        files.append(File.generated(config, place_in_site(path.name), content=texts[path.name]))
    linked = {resolve(link, page) for page, text in texts.items()
              for link in LINK.findall(FENCED.sub('', text))}
    for path in sorted(linked):
        place = place_in_site(path)
        if place.startswith('source/') and (ROOT / path).exists():
            files.append(File.generated(config, place, content=show_source(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    here = page.file.src_uri
    if here.startswith('source/'):
        return markdown

    def relink(match: re.Match) -> str:
        place = place_in_site(resolve(match[1], place_in_repository(here)))
        return posixpath.relpath(place, PurePosixPath(here).parent)

    parts = FENCED.split(markdown)
    return ''.join(part if part.startswith('```') else LINK.sub(relink, part) for part in parts)
