"""Processes that tests start, and end whatever fails; what they wait for is an event, never a time."""
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 900  # seconds after which something hangs, on however busy a machine


def environment(**more: str) -> dict[str, str]:
    """Of a user's shell: this interpreter's programs on the path, this checkout's package."""
    return {**os.environ, 'PYTHONPATH': str(ROOT), 'OMP_NUM_THREADS': '1',
            'PATH': f'{Path(sys.executable).parent}:{os.environ["PATH"]}', **more}


@contextlib.contextmanager
def running(command: list, cwd: Path | None = None, log: IO[str] | None = None,
            **more: str) -> Iterator[subprocess.Popen]:
    """A process in a group of its own, all of which is killed in the end; its output is text.

    Args:
        log: file for all that it says, which is read after it ends otherwise.
        more: further variables of its environment.
    """
    process = subprocess.Popen([*map(str, command)], stdout=log or subprocess.PIPE,
                               stderr=log or subprocess.PIPE, text=True, cwd=cwd, env=environment(**more),
                               start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def finish(process: subprocess.Popen) -> tuple[int, str, str]:
    """Exit code, output and errors, after it has ended by itself."""
    out, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, out, errors


def run(command: list, cwd: Path | None = None, **more: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command."""
    with running(command, cwd, **more) as process:
        return finish(process)


def wait_for(happened, process: subprocess.Popen) -> None:
    """Until ``happened()``; fails if the process ends before, with what it said."""
    start = time.monotonic()
    while not happened():
        if process.poll() is not None or time.monotonic() - start > PATIENCE:
            raise AssertionError(f'it did not happen; exit code {process.poll()}: {finish(process)}')
        time.sleep(0.05)


def members(group: int) -> list[int]:
    """The living processes of a group (Linux)."""
    found = []
    for path in Path('/proc').glob('[0-9]*/stat'):
        with contextlib.suppress(OSError):
            state, _, member_of = path.read_text().rpartition(')')[2].split()[:3]
            if int(member_of) == group and state not in 'ZX':
                found.append(int(path.parent.name))
    return found
