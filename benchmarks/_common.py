"""What the benchmarks share: time and peak memory of a reference and a fast form, in one run.

A benchmark hands over *makers*: picklable callables without arguments that prepare inputs and return
the callable to be measured. Peak memory is that of a second run above what stands before it: on CUDA by
its allocator, on a CPU each in a fresh process, by ``VmHWM`` (or, where there is no /proc, by
``ru_maxrss``, which shows only what the second run adds to the first).
"""
from __future__ import annotations

import argparse
import functools
import multiprocessing
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from _records import write_record
from torch import Tensor

from ggtoolbox.apis.analysis.measuring import forget_peak, peak_memory, synchronise

Maker = Callable[[], Callable[[], object]]


def parser(description: str) -> argparse.ArgumentParser:
    """An argument parser with the options of all benchmarks."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument('--device', default='cpu', choices=('cpu', 'cuda'))
    options.add_argument('--threads', type=int, default=2, help='of the CPU')
    options.add_argument('--seconds', type=float, default=1.0, help='to spend on each timing at least')
    options.add_argument('--json', type=Path, metavar='PATH', help='write the rows to this file')
    return options


def compare(name: str, config: str, reference: Maker, fast: Maker, device: str, threads: int,
            seconds: float = 1.0) -> dict:
    """One row: least seconds and peak megabytes of both, and their ratio."""
    reference_peak, fast_peak = (peak_megabytes(maker, device, threads) for maker in (reference, fast))
    reference_time, fast_time = least_seconds([reference(), fast()], device, seconds)
    return dict(name=name, config=config, reference_s=reference_time, fast_s=fast_time,
                speedup=reference_time / fast_time, reference_peak_mb=reference_peak,
                fast_peak_mb=fast_peak)


def compare_sizes(what: str, description: str, sizes: Sequence[tuple[int, ...]], metavar: str,
                  make_run: Callable[..., Callable[[], object]],
                  check: Callable[[tuple[int, ...], str], None]) -> None:
    """The command of a benchmark that compares two forms of an operator, forward, and forward and backward,
    at several sizes.

    Args:
        metavar: ``'CxHxW'``.
        make_run: (``'reference'`` or ``'fast'``, backward, size, device) -> what is timed.
        check: (size, device): that both compute the same.
    """
    options = parser(description)
    options.add_argument('--sizes', nargs='+', default=sizes, metavar=metavar,
                         type=lambda text: tuple(map(int, text.split('x'))))
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    rows = []
    for size in options.sizes:
        check(size, options.device)
        for backward in (False, True):
            makers = (functools.partial(make_run, form, backward, size, options.device)
                      for form in ('reference', 'fast'))
            rows.append(compare(f'{what} {"forward+backward" if backward else "forward"}',
                                f'{size} {options.device}', *makers, options.device, options.threads,
                                options.seconds))
            print_row(rows[-1])
    write_rows(rows, options.json)


def check_close(size: object, names: Sequence[str], expected: Sequence[Tensor], found: Sequence[Tensor],
                tolerance: float) -> None:
    """End the run unless each tensor is within ``tolerance`` of the largest magnitude expected."""
    for name, one, other in zip(names, expected, found):
        error = ((other - one).abs().max() / one.abs().max()).item()
        if not error <= tolerance:
            raise SystemExit(f'{size}: {name} is off by {error:.1e} of the largest')


def least_seconds(functions: list[Callable[[], object]], device: str, seconds: float) -> list[float]:
    """Run time of each when least disturbed; they take turns, so that a busy machine hits all. On a CPU with
    one thread the processor's seconds, which leave out what else runs there."""
    clock = time.process_time if device == 'cpu' and torch.get_num_threads() == 1 else time.perf_counter
    times = [[] for _ in functions]
    for function in functions:
        function()
    while len(times[0]) < 5 or (min(map(sum, times)) < seconds and len(times[0]) < 1000):
        for function, found in zip(functions, times):
            synchronise(device)
            start = clock()
            function()
            synchronise(device)
            found.append(clock() - start)
    return [min(found) for found in times]


def peak_megabytes(maker: Maker, device: str, threads: int) -> float:
    """Peak memory (MiB) of one run above what stands before it."""
    if device == 'cuda':
        function = maker()
        function()
        forget_peak(device)
        before = peak_memory(device)
        function()
        return peak_memory(device) - before
    fresh = multiprocessing.get_context('forkserver')  # whose processes need not import all of this again
    fresh.set_forkserver_preload(['torch', 'mmengine.runner', 'ggtoolbox.apis.analysis.measuring'])
    with fresh.Pool(1) as pool:
        return pool.apply(_peak_of_process, (maker, threads))


def _peak_of_process(maker: Maker, threads: int) -> float:
    torch.set_num_threads(threads)
    function = maker()
    function()  # libraries load and set themselves up at their first use
    forget_peak('cpu')
    before = peak_memory('cpu')
    function()
    return peak_memory('cpu') - before


def print_row(row: dict) -> None:
    """One line: what was measured, both times and their ratio, both peaks and theirs."""
    memory = row['reference_peak_mb'] / max(row['fast_peak_mb'], 1e-3)
    print(f'{row["name"]:<39} {row["config"]:<33} '
          f'{row["reference_s"] * 1e3:9.2f} -> {row["fast_s"] * 1e3:8.2f} ms {row["speedup"]:6.1f}x   '
          f'peak {row["reference_peak_mb"]:7.1f} -> {row["fast_peak_mb"]:6.1f} MB {memory:6.1f}x',
          flush=True)


def write_rows(rows: list[dict], path: Path | None) -> None:
    """What ``--json`` asks for, as :func:`_records.write_record` writes it."""
    write_record(rows, path)
