"""A tool run in the process of the tests, which saves it the seconds of its imports."""
import contextlib
import io
import runpy
import sys
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[2]


def run(tool: str, *arguments, fails: bool = False) -> str:
    """Output of a tool in this process; its last line of errors where it is expected to fail."""
    out, errors, code = io.StringIO(), io.StringIO(), 0
    with (contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors),
          mock.patch.object(sys, 'argv', [tool, *map(str, arguments)])):
        try:
            runpy.run_path(str(ROOT / 'tools' / tool), run_name='__main__')
        except SystemExit as end:
            code = end.code
    assert (code != 0) == fails, errors.getvalue()
    return errors.getvalue().strip().splitlines()[-1] if fails else out.getvalue()
