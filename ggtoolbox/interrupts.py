"""Ctrl-C while a command still imports its libraries ends in one word, as it does later.

Tools import this first, for its effect: what they import next takes seconds. Python then ends the process
by SIGINT, code 130 in a shell, and every other exception is shown as before.
"""
import sys
from pathlib import Path
from types import TracebackType

_SHOWN = sys.excepthook


def _say_interrupted(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        print(f'{Path(sys.argv[0]).name}: interrupted', file=sys.stderr, flush=True)
    else:
        _SHOWN(kind, error, trace)


sys.excepthook = _say_interrupted
