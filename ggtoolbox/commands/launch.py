"""Run a command in several processes: ggtoolbox launch 2 train CONFIG [arguments]

NNODES, NODE_RANK, MASTER_ADDR and PORT describe several machines; on one, a free port is found. In the place
of train, the path of a program serves as well.
"""
import os
import sys
from pathlib import Path

from ggtoolbox.apis.launching import Place, launch
from ggtoolbox.apis.places import zoo_root
from ggtoolbox.errors import InputError


def number(name: str, text: str | None) -> int | None:
    """A whole number, None where nothing is given."""
    if text in (None, ''):
        return None
    try:
        return int(text)
    except ValueError:
        raise InputError(f'{name}: expected a whole number, found {text!r}') from None


def main() -> None:
    if sys.argv[1:2] in (['-h'], ['--help']):
        print(__doc__)
        return
    if len(sys.argv) < 3:
        raise InputError('expected PROCESSES COMMAND [arguments of the command]')
    processes, command, *arguments = sys.argv[1:]
    tool = zoo_root() / 'tools' / f'{command}.py'
    place = Place(number('PROCESSES', processes), number('NNODES', os.environ.get('NNODES')) or 1,
                  number('NODE_RANK', os.environ.get('NODE_RANK')) or 0,
                  os.environ.get('MASTER_ADDR') or '127.0.0.1', number('PORT', os.environ.get('PORT')))
    program = command if Path(command).is_file() else str(tool)
    sys.exit(launch([sys.executable, '-u', program, *arguments, '--launcher', 'pytorch'], place))
