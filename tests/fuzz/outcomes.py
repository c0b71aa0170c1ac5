"""What a command comes to: a sentence, a traceback, silent acceptance, or nothing at all.

A command of ours runs in a fork of this process, which has imported what tools import; a shell script takes
the fork's place. Both lead a process group, which is killed when its time is up.
"""
from __future__ import annotations

import contextlib
import os
import runpy
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / 'tools'
KINDS = ('sentence', 'traceback', 'accepted', 'hang')
NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
SECONDS = 240  # of a machine that does much else
_FOR_SCRIPTS = {**os.environ, 'PYTHONPATH': str(ROOT), 'PORT': '29631',
                'PATH': f'{Path(sys.executable).parent}:{os.environ["PATH"]}'}


class Outcome(NamedTuple):
    """Of one command; ``said`` is its last line of errors, or the end of its traceback."""

    tool: str
    words: tuple[str, ...]
    kind: str
    said: str

    def __str__(self) -> str:
        return f'{self.kind}: {self.tool} {" ".join(self.words)}\n    {self.said}'


def run(tool: str, words: tuple[str, ...], folder: Path, scratch: Path, seconds: int = SECONDS) -> Outcome:
    """Run ``tools/<tool>`` with ``words`` in ``folder``; what it prints goes to files in ``scratch``."""
    scratch.mkdir(parents=True, exist_ok=True)
    out, errors = scratch / 'out.txt', scratch / 'errors.txt'
    code = _wait(_fork(tool, words, folder, out, errors), seconds)
    text = errors.read_text(errors='replace').strip()
    # Python itself may add a line about what a process left behind.
    last = next((line[:400] for line in reversed(text.splitlines()[-4:]) if 'rror' in line), '')
    if code is None:
        return Outcome(tool, words, 'hang', last)
    if code == 0:
        return Outcome(tool, words, 'accepted', out.read_text(errors='replace').strip()[-300:])
    if 'Traceback (most recent call last)' in text or code < 0 or not last:
        return Outcome(tool, words, 'traceback', text[-1500:])
    return Outcome(tool, words, 'sentence', last)


def _fork(tool: str, words: tuple[str, ...], folder: Path, out: Path, errors: Path) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        os.chdir(folder)
        for path, number, flags in ((os.devnull, 0, os.O_RDONLY), (out, 1, NEW), (errors, 2, NEW)):
            os.dup2(os.open(path, flags), number)
        if tool.endswith('.sh'):
            os.execve(TOOLS / tool, [tool, *words], _FOR_SCRIPTS)
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, 'w'), os.fdopen(2, 'w')
        sys.argv = [tool, *words]
        try:
            runpy.run_path(str(TOOLS / tool), run_name='__main__')
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _wait(child: int, seconds: int) -> int | None:
    """The exit code (negative: the signal); None if time is up. The group is gone afterwards."""
    end, found = time.monotonic() + seconds, 0
    try:
        while time.monotonic() < end:
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if not found:
            os.waitpid(child, 0)


def table(outcomes: list[Outcome]) -> str:
    """Tool by kind of outcome."""
    rows = {}
    for outcome in outcomes:
        rows.setdefault(outcome.tool, Counter())[outcome.kind] += 1
    rows['all'] = Counter(outcome.kind for outcome in outcomes)
    lines = [f'{"tool":44} {"inputs":>7} ' + ' '.join(f'{kind:>9}' for kind in KINDS)]
    lines += [f'{tool:44} {sum(row.values()):7} ' + ' '.join(f'{row[kind]:9}' for kind in KINDS)
              for tool, row in rows.items()]
    return '\n'.join(lines)
