"""A command run in the process of the tests, which saves it the seconds of its imports."""
import contextlib
import io
import os
import runpy
import signal
import sys
from pathlib import Path
from unittest import mock

import ggtoolbox.commands

ROOT = Path(__file__).parents[2]
ANSWERED = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)  # what a command answers is its process's own


def outcome(tool: str, *arguments, cwd: Path | None = None) -> tuple[int, str, str]:
    """Exit code, output and errors of a tool (``train.py``) or command (``train``), in the folder ``cwd``."""
    out, errors, code, here = io.StringIO(), io.StringIO(), 0, Path.cwd()
    handlers = {number: signal.getsignal(number) for number in ANSWERED}
    with (contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors),
          mock.patch.object(sys, 'argv', [tool, *map(str, arguments)])):
        try:
            os.chdir(cwd or here)
            if tool.endswith('.py'):
                runpy.run_path(str(ROOT / 'tools' / tool), run_name='__main__')
            else:
                sys.argv.insert(0, 'ggtoolbox')
                ggtoolbox.commands.main()
        except SystemExit as end:
            code = end.code or 0
        finally:
            os.chdir(here)
            for number, handler in handlers.items():
                signal.signal(number, handler)
    return code, out.getvalue(), errors.getvalue()


def run(tool: str, *arguments, fails: bool = False, cwd: Path | None = None) -> str:
    """Output of a tool in this process; its last line of errors where it is expected to fail."""
    code, out, errors = outcome(tool, *arguments, cwd=cwd)
    assert (code != 0) == fails, out[-3000:] + errors[-3000:]
    return errors.strip().splitlines()[-1] if fails else out
