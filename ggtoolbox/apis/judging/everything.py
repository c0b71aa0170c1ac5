"""Every system trained, published and judged alike: a row each, and a table a task."""
from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from queue import Queue

import torch

from ggtoolbox.errors import InputError

from ..command import SEED, whole
from .protocols import task_of
from .row import Place, Row, judge_references, judge_system, time_system
from .tables import write_tables
from .training import Run, end_by_signal

TIMING = ('missing', 'again', 'never')


class _Cores(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: list[int],
                 option_string: str | None = None) -> None:
        usable = os.sched_getaffinity(0)  # (on Linux only)
        if missing := set(values) - usable:
            raise InputError(f'--cores: expected some of {", ".join(map(str, sorted(usable)))}, found '
                             f'{min(missing)}')
        namespace.cores = values


def add_judging_arguments(parser: argparse.ArgumentParser) -> None:
    """``--out``, ``--seed``, ``--cores`` and ``--timing``."""
    parser.add_argument('--out', type=Path, required=True,
                        help='folder for runs/, weights/, rows/, toyworld.json and toyworld.md')
    parser.add_argument('--seed', type=SEED, default=0)
    parser.add_argument('--cores', type=whole(0), nargs='+', action=_Cores, default=[],
                        help='of the CPU (on Linux): so many systems at once, each on its own core')
    parser.add_argument('--timing', choices=TIMING, default='missing',
                        help='which steps to time, at the end; again: if the machine was busy before')


def judge_everything(runs: Sequence[Run], place: Place, cores: Sequence[int] = (), timing: str = 'missing',
                     tell: Callable[[str], None] = print) -> list[Row]:
    """Bring every system's row up to date, and write ``<out>/toyworld.json`` and ``toyworld.md``.

    A call that was broken off goes on where it was. The steps are timed after everything else, one system
    at a time.

    Args:
        cores: of the CPU; so many systems are trained and judged at once, each on its own core. Empty: one
            after another, anywhere.
        timing: which systems' steps are timed: those that have not been, all (because the machine was busy
            before), or none. A row of which the weights change is timed again.
        tell: is told what has been done.

    Returns:
        The rows of the systems that could be judged.

    Raises:
        InputError: at the end, if any could not; says which, and why.
    """
    references: dict[str, list[Row]] = {}
    rows, failures = {}, {}
    for run, row, failure in _judged(runs, place, cores):
        tell(f'{run.name}: {failure or _summary(row)}')
        if failure:
            failures[run.name] = failure
            continue
        rows[run.name] = row
        task = task_of(run.cfg, row['protocol'])
        if task not in references:
            references[task] = judge_references(run, place)
        write_tables(list(rows.values()), references, place.out)
    for run in runs:
        if run.name in rows and timing != 'never':
            rows[run.name] = time_system(run, place, again=timing == 'again')
            tell(f"{run.name}: {rows[run.name]['step_seconds']:.4f} s a step")
    write_tables([rows[run.name] for run in runs if run.name in rows], references, place.out)
    if failures:
        told = '; '.join(f'{name}: {failure}' for name, failure in failures.items())
        raise InputError(f'{len(failures)} of {len(runs)} systems could not be judged: {told}')
    return [rows[run.name] for run in runs]


def _judged(runs: Sequence[Run], place: Place, cores: Sequence[int]) -> Iterator[tuple[Run, Row, str]]:
    """(run, row, '') or (run, {}, why there is none), as they are done."""
    if not cores:
        yield from ((run, *_attempt(run, place)) for run in runs)
        return
    context = multiprocessing.get_context('spawn')
    free = context.Manager().Queue()
    for core in cores:
        free.put(core)
    with ProcessPoolExecutor(len(cores), context, initializer=_take_core, initargs=(free,)) as pool:
        waiting = [pool.submit(_attempt, run, place) for run in runs]
        try:
            yield from ((run, *future.result()) for run, future in zip(runs, waiting))
        except BaseException:  # this process is to end, and its trainings with it
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _attempt(run: Run, place: Place) -> tuple[Row, str]:
    """One system does not stop the others."""
    try:
        return judge_system(run, place), ''
    except (InputError, RuntimeError, OSError) as error:
        return {}, str(error).strip().splitlines()[-1]


def _take_core(free: Queue) -> None:
    """Keep this process, and those that it starts, on one core."""
    end_by_signal()
    os.sched_setaffinity(0, {free.get()})
    torch.set_num_threads(1)


def _summary(row: Row) -> str:
    return ', '.join(f'{name} {value:.4g}' for name, value in row['metrics'].items() if value is not None)
