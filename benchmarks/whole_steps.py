"""Times whole training steps of systems, all turns and optimisers: as configs say, and with switches.

    python benchmarks/whole_steps.py                                        # the table of docs/performance.md
    python benchmarks/whole_steps.py --system gaugan xinggan --variant default bf16 bf16+reuse_fakes
    python benchmarks/whole_steps.py --against ../before --json rows.json   # set against another checkout
    python benchmarks/whole_steps.py --system gaugan/gaugan_sau_toyworld-64 --variant default fast
    python benchmarks/whole_steps.py --only memory --variant default fast fast+checkpoint

Each variant runs in a process of its own and takes turns with the default form: of this checkout or, with
``--against``, of another one (``git worktree add --detach ../before COMMIT``). Told are the processor's
seconds of a step (on CUDA those of the clock), the median ratio of neighbouring steps, and, from a further
process, memory: what a step takes above what stands before it, and the peak, libraries left out.
"""
from __future__ import annotations

import argparse
import signal
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from _contender import ROOT, Contender, Contest, compare_steps, contender
from _records import write_record
from _systems import SWITCHES, SYSTEMS

VARIANTS = ('default', 'reuse_fakes', 'bf16', 'channels_last', 'checkpoint', 'fast', 'fast+checkpoint')


def measure(contest: Contest, variants: Sequence[str], against: Path | None, pairs: int,
            memory: bool = True) -> list[dict]:
    """The rows of one system; the first is the baseline's. Without ``memory``, of time alone."""
    checkout, rows = against or ROOT, []
    with contender(contest, 'default', checkout) as baseline:
        facts = dict(system=contest.name, **baseline.facts)
        for variant in variants:
            if variant != 'default' or against is not None:
                with contender(contest, variant) as found:
                    row = facts | dict(variant=variant) | compare_steps(
                        baseline, found, pairs, warm_up=5 if contest.device == 'cuda' else 1)
                    rows.append(row | (memory_of(contest, variant, found) if memory else {}))
                print_row(rows[-1])
        seconds = [row['baseline_seconds'] for row in rows] or [baseline.step() for _ in range(pairs)]
        first = dict(seconds=statistics.median(seconds), ratio=1.0)
        first |= memory_of(contest, 'default', baseline) if memory else {}
        rows.insert(0, facts | dict(variant='against' if against else 'default') | first)
    print_row(rows[0])
    return rows


def memory_of(contest: Contest, variant: str, timed: Contender) -> dict[str, float]:
    """What a second step takes in a further process, whose allocator leaves no gaps. On CUDA, and at small
    sizes, the one that was timed will do."""
    if contest.device == 'cuda' or contest.quick:
        return timed.memory()
    with contender(contest, variant, timed.checkout, exact=True) as found:
        found.step()
        return found.memory()


def measure_memory(contest: Contest, variants: Sequence[str], against: Path | None) -> list[dict]:
    """The rows of one system without its times, which a busy machine does not change."""
    forms = [('against', 'default', against)] if against else []
    rows = []
    for name, variant, checkout in [*forms, *((variant, variant, ROOT) for variant in variants)]:
        with contender(contest, variant, checkout, exact=True) as found:
            found.step()
            rows.append(dict(system=contest.name, **found.facts, variant=name) | found.memory())
        print_row(rows[-1])
    return rows


def print_row(row: dict) -> None:
    seconds = f'{row["seconds"]:8.3f} s  {row["ratio"]:5.2f}x' if 'seconds' in row else ''
    memory = f'   step {row["step_mb"]:7.0f} MB, peak {row["peak_mb"]:7.0f} MB' if 'step_mb' in row else ''
    print(f'{row["system"]:<20} {row["size"]:>8} batch {row["batch"]}  {row["variant"]:<28} '
          f'{seconds}{memory}', flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument('--system', nargs='+', default=list(SYSTEMS),
                         help=f'of {", ".join(SYSTEMS)}, or paths of configs')
    options.add_argument('--variant', nargs='+', default=list(VARIANTS),
                         help=f'of {", ".join(SWITCHES)}, or several joined by +')
    options.add_argument('--against', type=Path, metavar='PATH', help='another checkout')
    options.add_argument('--pairs', type=int, default=5, help='of steps whose ratio is taken')
    options.add_argument('--batch', type=int, help='pictures a step, instead of those of the table')
    options.add_argument('--quick', action='store_true', help="the systems' small configs for ToyWorld")
    options.add_argument('--only', choices=('time', 'memory'), help='measure one of the two alone')
    options.add_argument('--device', default='cpu', choices=('cpu', 'cuda'))
    options.add_argument('--threads', type=int, default=1, help='of the CPU')
    options.add_argument('--json', type=Path, metavar='PATH', help='write the rows to this file')
    args = options.parse_args(arguments)
    for variant in args.variant:
        if unknown := set(variant.split('+')) - set(SWITCHES):
            options.error(f'--variant: expected {", ".join(SWITCHES)}, found {", ".join(unknown)}')
    rows = []
    for system in args.system:
        contest = Contest(system, args.quick, args.device, args.threads, batch=args.batch)
        if args.only == 'memory':
            rows += measure_memory(contest, args.variant, args.against)
        else:
            rows += measure(contest, args.variant, args.against, args.pairs, memory=args.only is None)
        write_record(rows, args.json, args.device, [sys.argv[0], *arguments] if arguments else sys.argv)


if __name__ == '__main__':
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the processes of the steps end as well
    main()
