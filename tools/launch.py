"""Run a tool in several processes: python tools/launch.py PROCESSES tools/train.py CONFIG [arguments]"""
import os
import sys

import ggtoolbox.interrupts  # noqa: F401
from ggtoolbox.apis.command import run_command
from ggtoolbox.apis.launching import Place, launch
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
    if len(sys.argv) < 3:
        raise InputError('expected PROCESSES TOOL [arguments of the tool]')
    processes, tool, *arguments = sys.argv[1:]
    place = Place(number('PROCESSES', processes), number('NNODES', os.environ.get('NNODES')) or 1,
                  number('NODE_RANK', os.environ.get('NODE_RANK')) or 0,
                  os.environ.get('MASTER_ADDR') or '127.0.0.1', number('PORT', os.environ.get('PORT')))
    sys.exit(launch([sys.executable, '-u', tool, *arguments, '--launcher', 'pytorch'], place))


if __name__ == '__main__':
    run_command(main)
