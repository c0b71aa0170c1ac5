"""What mkdocs adds to the pages: drawn figures, equations, the code that computes them, the API, BibTeX.

Nothing is fetched, when the site is built or when it is read: mermaid's script is taken from the package
``mermaidx``, equations become MathML.
"""
from __future__ import annotations

import ast
import importlib.util
import re
from functools import cache
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from ggtoolbox.apis.zoo.models import METAFILES, read_metafile

ROOT = Path(__file__).resolve().parents[1]
# Title -> files or folders of the package, a page of the reference each.
REFERENCE = {
    'For your own scripts': ('apis',), 'Registries and structures': ('registry.py', 'structures.py'),
    'Training algorithms': ('models/gans',), 'Generators': ('models/generators',),
    'Discriminators': ('models/discriminators',), 'Upsamplers': ('models/upsamplers',),
    'Heads': ('models/heads',), 'Losses': ('models/losses',), 'Backbones': ('models/backbones',),
    'Layers': ('models/layers',), 'Operators': ('ops',), 'Data sets': ('datasets', 'datasets/transforms'),
    'Metrics': ('evaluation',), 'Hooks and running': ('engine',), 'Converters': ('converters',)}
DISPLAYED = re.compile(r'^\$\$\n?(.+?)\n?\$\$$', re.MULTILINE | re.DOTALL)
INLINE = re.compile(r'\$`([^`\n]+)`\$')
# A link to a symbol that stands alone: its code follows it.
ALONE = re.compile(r'^\[`([\w.]+)`\]\((\.\./[\w/.]+\.py)\)$', re.MULTILINE)
ROLE = re.compile(r':(?:class|func|meth|mod|attr):<code>~?([\w.]+)</code>')


def page_of(title: str) -> str:
    """Where a page of the reference lies in the site."""
    return f'reference/{title.lower().replace(" ", "_")}.md'


def modules(place: str) -> list[str]:
    """Dotted names of a file, or of the files in a folder of the package."""
    where = ROOT / 'ggtoolbox' / place
    files = [where] if where.is_file() else sorted(where.glob('[!_]*.py'))
    return ['.'.join(file.relative_to(ROOT).with_suffix('').parts) for file in files]


def reference(title: str, places: tuple[str, ...]) -> str:
    """A page of the reference; mkdocstrings puts docstrings and signatures in the place of the names."""
    names = [name for place in places for name in modules(place)]
    return f'# {title}\n\n' + '\n\n'.join(f'::: {name}' for name in names) + '\n'


def code_of(symbol: str, path: Path) -> str:
    """The text of a function, method or class, without its docstring.

    Raises:
        LookupError: there is none.
    """
    text = path.read_text(encoding='utf-8')
    node: ast.AST = ast.parse(text)
    for name in symbol.split('.'):
        found = [child for child in node.body if getattr(child, 'name', None) == name]
        if not found:
            raise LookupError(f'{path}: no {symbol}')
        node = found[0]
    lines = text.splitlines()
    first, body = node.lineno, node.body
    if ast.get_docstring(node) is not None:
        docstring = body[0]
        shown = lines[first - 1:docstring.lineno - 1] + lines[docstring.end_lineno:node.end_lineno]
    else:
        shown = lines[first - 1:node.end_lineno]
    return '\n'.join(line[node.col_offset:] for line in shown).strip('\n')


@cache
def papers() -> list[tuple[str, str]]:
    """Page and address of the paper of each system."""
    return [(collection['README'], collection['Paper']['URL']) for path in sorted(ROOT.glob(METAFILES))
            for collection in read_metafile(path)['Collections']]


def bibtex(readme: str) -> list[str]:
    """The BibTeX of the papers of the systems that a page describes."""
    text = (ROOT / 'docs/citations.bib').read_text(encoding='utf-8')
    entries = re.findall(r'^@\w+\{.*?^\}$', text, re.MULTILINE | re.DOTALL)
    addresses = [address for page, address in papers() if page == readme]
    return [entry for entry in entries if any(f'url = {{{address}}}' in entry for address in addresses)]


def fenced(language: str, text: str) -> str:
    """A block of code."""
    return f'```{language}\n{text}\n```'


def on_files(files: Files, config: MkDocsConfig) -> Files:
    script = Path(importlib.util.find_spec('mermaidx').origin).parent / 'assets' / 'mermaid.js'
    files.append(File.generated(config, 'javascripts/mermaid.js', abs_src_path=str(script)))
    for title, places in REFERENCE.items():
        files.append(File.generated(config, page_of(title), content=reference(title, places)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Before links are changed by ``site_hook.py``."""
    here = page.file.src_uri
    if here == 'equations.md':
        markdown = ALONE.sub(lambda link: f'{link[0]}\n\n' + fenced(
            'python', code_of(link[1], ROOT / 'docs' / link[2])), markdown)
    if here.startswith('systems/'):
        entries = (fenced('bibtex', entry) for entry in bibtex(f'docs/{here}'))
        markdown = '\n\n'.join([markdown, '## Cite', *entries])
    markdown = DISPLAYED.sub(lambda found: f'<div>{convert(found[1], display="block")}</div>', markdown)
    # In a span, because Markdown takes a line that begins with <math> for a block.
    return INLINE.sub(lambda found: f'<span>{convert(found[1])}</span>', markdown)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Docstrings are written for Sphinx's roles, too."""
    html = ROLE.sub(lambda role: f'<code>{role[1].rsplit(".", 1)[-1]}</code>', html)
    return re.sub(r'::</p>', ':</p>', html.replace('<p>::</p>', ''))
