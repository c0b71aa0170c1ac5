"""Systems by {channels-last, bfloat16, compile}: what each makes of a training step, in speed and in numbers.

    python benchmarks/compile_matrix.py --json records/DATE-compile-matrix.json
    python benchmarks/compile_matrix.py --system xinggan pix2pix/pix2pix_toyworld-64 --switch compile

The small configs for ToyWorld (64 x 64 pixels; a network of full width compiles for minutes). Told are the
median ratio of steps in turn, the seconds of the first step by the clock, where networks are compiled, and
the largest relative differences of a loss term and of a player's gradient (by its norm) from the step without
switch, with the same weights, batch and random numbers and without dropout.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from _contender import Contest, compare_steps, contender
from _differences import largest_differences, one_step
from _records import write_record
from _systems import SYSTEMS, draw_batches, find_system, settings_of


def measure(contest: Contest, switches: Sequence[str], pairs: int) -> list[dict]:
    """A row for each switch."""
    system, device = find_system(contest.name, contest.quick), contest.device
    settings = {switch: settings_of(system, switch, device) for switch in ('default', *switches)}
    batch, = draw_batches(system, settings['default'], 1, device)
    expected, rows = one_step(settings['default'], batch, device), []
    with contender(contest, 'default') as baseline:
        for switch in switches:
            row = dict(system=contest.name, switch=switch, **baseline.facts)
            with contender(contest, switch) as found:  # first, while the compiler's cache has nothing of it
                row |= compare_steps(baseline, found, pairs)
            torch.compiler.reset()
            rows.append(row | largest_differences(expected, one_step(settings[switch], batch, device)))
            print_row(rows[-1])
    return rows


def print_row(row: dict) -> None:
    print(f'{row["system"]:<20} {row["switch"]:<14} {row["ratio"]:5.2f}x   first step '
          f'{row["first_seconds"]:6.1f} s   differences: term {row["term_difference"]:.0e}, gradient '
          f'{row["gradient_difference"]:.0e}', flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument('--system', nargs='+', default=list(SYSTEMS), help='names or paths of configs')
    options.add_argument('--switch', nargs='+', default=['channels_last', 'bf16', 'compile'])
    options.add_argument('--pairs', type=int, default=5, help='of steps whose ratio is taken')
    options.add_argument('--full', action='store_true', help='the sizes of whole_steps.py instead')
    options.add_argument('--device', default='cpu', choices=('cpu', 'cuda'))
    options.add_argument('--threads', type=int, default=1, help='of the CPU')
    options.add_argument('--json', type=Path, metavar='PATH', help='write the rows to this file')
    args = options.parse_args(arguments)
    torch.set_num_threads(args.threads)
    rows = []
    for system in args.system:
        contest = Contest(system, not args.full, args.device, args.threads)
        rows += measure(contest, args.switch, args.pairs)
        write_record(rows, args.json, args.device)


if __name__ == '__main__':
    main()
