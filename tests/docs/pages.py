"""What the pages hold: files to write, commands to run."""
import re
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob('*.md')), *sorted((ROOT / 'docs').rglob('*.md'))]


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language ('' for none) and text of each fenced block."""
    return re.findall(r'^```(\w*)\n(.*?)^```$', page.read_text(), re.MULTILINE | re.DOTALL)


def write_files(page: Path, folder: Path) -> list[str]:
    """Write each Python block whose first line is a comment with its path; returns the paths."""
    written = []
    for language, text in blocks(page):
        path = re.match(r'# ([\w./-]+\.py)\n', text)
        if language == 'python' and path:
            target = folder / path[1]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            written.append(path[1])
    return written


def commands(page: Path) -> list[list[str]]:
    """Words of each line that runs a tool (``python tools/...``, ``ggtoolbox ...``, or a script of several
    processes).

    Comments are left out, and so are lines that show optional words in brackets.
    """
    lines = [line for language, text in blocks(page) if language in ('', 'bash')
             for line in re.sub(r'\\\n\s*', ' ', text).splitlines()]
    calls = [re.sub(r'^(\w+=\S+ )*', '', part.strip()) for line in lines
             for part in re.split(r'&&|\s{4,}', line)]
    return [shlex.split(call, comments=True) for call in calls
            if re.match(r'(python\b.* tools/|tools/\w+\.sh\b|ggtoolbox )', call) and '[' not in call]
