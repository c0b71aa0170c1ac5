"""The command line, ``ggtoolbox NAME [arguments]``: a file a command.

A file of this room is a command by lying here. It is named as the file, described by the first line of its
docstring, and its ``main()`` reads ``sys.argv``; none is imported but the one that is asked for. ``tools/``
offers the same under OpenMMLab's paths.
"""
from __future__ import annotations

import ast
import importlib
import platform
import sys
from importlib import metadata
from pathlib import Path

import ggtoolbox.interrupts  # noqa: F401
from ggtoolbox.arguments import nearest
from ggtoolbox.version import __version__

HERE = Path(__file__).resolve().parent
WRONG_INPUT = 2


def commands() -> dict[str, Path]:
    """Name -> file of each command."""
    return {path.stem.replace('_', '-'): path for path in sorted(HERE.rglob('*.py')) if path.stem[0] != '_'}


def run(name: str) -> None:
    """Run a command with the words of ``sys.argv``; it ends as :func:`~ggtoolbox.apis.command.run_command`
    says."""
    where = commands()[name].relative_to(HERE).with_suffix('')
    main = importlib.import_module('.'.join((__name__, *where.parts))).main
    importlib.import_module('ggtoolbox.apis.command').run_command(main)


def main() -> None:
    """The command that ``sys.argv`` names, or what there is to name."""
    name, *words = sys.argv[1:] or ['--help']
    if name in ('-h', '--help'):
        print(_help())
    elif name == '--version':
        print(_versions())
    elif name in commands():
        sys.argv = [f'ggtoolbox {name}', *words]
        run(name)
    else:
        print(f'ggtoolbox: error: there is no command {name!r}{nearest(name, commands())} (ggtoolbox --help '
              'names all)', file=sys.stderr)
        sys.exit(WRONG_INPUT)


def _help() -> str:
    """A line a command, those of a folder together."""
    lines, group = ['usage: ggtoolbox COMMAND [arguments]', '       ggtoolbox COMMAND --help | --version'], ''
    for name, path in sorted(commands().items(), key=lambda item: (item[1].parent != HERE, item[1])):
        if group != (group := 'commands' if path.parent == HERE else path.parent.name.replace('_', ' ')):
            lines += ['', f'{group}:']
        lines.append(f'  {name:26}{summary(path)}')
    return '\n'.join(lines)


def summary(path: Path) -> str:
    """What a command does: the first line of its file's docstring, without the example that may follow."""
    first = ast.get_docstring(ast.parse(path.read_text(encoding='utf-8'))).splitlines()[0]
    return first.split(' ggtoolbox ')[0].rstrip(':.')


def _versions() -> str:
    """What a report of a fault should say."""
    found = [f'Python {platform.python_version()}']
    for package in ('torch', 'onedl-mmengine', 'mmengine', 'onedl-mmcv', 'mmcv', 'numpy'):
        try:
            found.append(f'{package} {metadata.version(package)}')
        except metadata.PackageNotFoundError:
            continue
    return f'ggtoolbox {__version__} ({", ".join(found)})'
