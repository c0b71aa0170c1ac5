"""Imports point one way: a room knows only rooms below it."""
import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / 'ggtoolbox'
# From the ground up. Files at the top of the package are the ground itself.
ROOMS = ['interrupts', 'errors', 'arguments', 'plain_files', 'finite', 'writing', 'checksums', 'fetching',
         'trust', 'safe_load', 'safe_mmengine', 'structures', 'registry', 'ops',
         'models.layers', 'models.losses', 'models.backbones', 'models.upsamplers', 'models.heads',
         'models.discriminators', 'models.generators', 'models.gans', 'converters', 'datasets',
         'evaluation', 'engine', 'apis', 'commands', '__main__']


def room_of(module):
    """The room of a dotted name below ggtoolbox, or None."""
    return next((room for room in ROOMS if module == room or module.startswith(room + '.')), None)


def imported(path):
    """Dotted names below ggtoolbox that a file imports, relative imports resolved."""
    package = path.relative_to(PACKAGE).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = '.'.join(('ggtoolbox', *package)[:len(package) + 2 - node.level]) if node.level else ''
            module = '.'.join(part for part in (base, node.module) if part)
            names = [f'{module}.{alias.name}' for alias in node.names]
        else:
            continue
        yield from (name.removeprefix('ggtoolbox.') for name in names if name.startswith('ggtoolbox.'))


FILES = [path for path in sorted(PACKAGE.rglob('*.py'))
         if room_of('.'.join(path.relative_to(PACKAGE).with_suffix('').parts))]


@pytest.mark.parametrize('path', FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_downwards(path):
    own = ROOMS.index(room_of('.'.join(path.relative_to(PACKAGE).with_suffix('').parts)))
    above = [name for name in imported(path) if room_of(name) and ROOMS.index(room_of(name)) > own]
    assert above == []


def test_relative_imports_are_resolved():
    found = set(imported(PACKAGE / 'models/gans/gaugan.py'))
    assert 'models.gans.base.BaseGAN' in found and 'registry.BACKBONES' in found
