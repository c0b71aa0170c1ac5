"""A training step in a process of its own, which runs when it is told to.

Two such processes take turns, so that a busy machine hits both, and the memory of each is its own. Because a
process may import another checkout of this repository, a step can be compared with that of another commit.
"""
from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORKER = Path(__file__).with_name('_worker.py')
EXACT = dict(MALLOC_MMAP_THRESHOLD_='65536', MALLOC_TRIM_THRESHOLD_='0')


@dataclass(frozen=True)
class Contest:
    """What all steps of a comparison share: where they run, and the arguments of
    :func:`_systems.find_system`."""

    name: str
    quick: bool = False
    device: str = 'cpu'
    threads: int = 1
    size: tuple[int, int] | None = None
    batch: int | None = None


class Contender:
    """The parent's side of a process.

    Args:
        exact: let glibc give back at once what is freed: slower, but the peak is what is held, without gaps.

    Attributes:
        checkout: what it imports.
        facts: what it says of itself: hardware, config, size and batch.

    Raises:
        SystemExit: it ended before it answered; the last lines of what it said.
    """

    def __init__(self, contest: Contest, variant: str, checkout: Path = ROOT, exact: bool = False) -> None:
        order = json.dumps(asdict(contest) | dict(variant=variant))
        self.checkout = checkout
        self.name = f'{contest.name} {variant} ({checkout})'
        self.process = subprocess.Popen(
            [sys.executable, WORKER, order], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | dict(PYTHONPATH=str(checkout), OMP_NUM_THREADS=str(contest.threads))
            | (EXACT if exact else {}), start_new_session=True)
        try:
            self.facts = self._answer()
        except BaseException:
            self.end()
            raise

    def step(self) -> float:
        """Seconds of one step: of the processor on a CPU, of the clock on CUDA."""
        return self._ask('step')['seconds']

    def memory(self) -> dict[str, float]:
        """MiB of one more step: ``step_mb`` above what stands before it, ``peak_mb`` above the libraries."""
        return self._ask('memory')

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def _ask(self, word: str) -> dict:
        print(word, file=self.process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f'{self.name} ended with exit code {self.process.wait()}; see above')
        return json.loads(line)


@contextlib.contextmanager
def contender(contest: Contest, variant: str, checkout: Path = ROOT,
              exact: bool = False) -> Iterator[Contender]:
    """A :class:`Contender` that ends whatever happens."""
    found = Contender(contest, variant, checkout, exact)
    try:
        yield found
    finally:
        found.end()


def compare_steps(baseline: Contender, other: Contender, pairs: int, warm_up: int = 1) -> dict:
    """Steps of both in turn: median seconds of each, and the median of the ratios of neighbours.

    ``warm_up`` steps go before, in which optimisers make their states and networks are compiled; the first
    one's seconds by the clock are told, since compilers are processes of their own."""
    baseline.step()
    start = time.perf_counter()
    other.step()
    first = time.perf_counter() - start
    for _ in range(warm_up - 1):
        baseline.step()
        other.step()
    times = [(baseline.step(), other.step()) for _ in range(pairs)]
    return dict(baseline_seconds=statistics.median(one for one, _ in times),
                seconds=statistics.median(two for _, two in times), first_seconds=first,
                ratio=statistics.median(one / two for one, two in times))
