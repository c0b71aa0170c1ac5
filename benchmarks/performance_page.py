"""Writes docs/performance.md from the newest records of each kind: python benchmarks/performance_page.py"""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from _records import RECORDS, read_record

PAGE = Path(__file__).resolve().parents[1] / 'docs' / 'performance.md'
TITLES = dict(gaugan='GauGAN', lggan='LGGAN', dagan='DAGAN', selectiongan_plus='SelectionGAN++',
              gesturegan='GestureGAN, two cycles', c2gan='C2GAN', xinggan='XingGAN', bigraphgan='BiGraphGAN',
              scgan='SCGAN, 5 + 1')
SWITCHES = ('channels_last', 'bf16', 'compile')
OPENING = '''# How fast, how much memory

Written by `python benchmarks/performance_page.py` from [the records](../benchmarks/records), which hold
machine, versions and command; measure on your own machine by running the commands. What a single config
costs: [analysis tools](analysis_tools.md). What the switches change: [many GPUs, little memory,
speed](many_gpus.md).
'''
STEPS = '''## Whole training steps

All turns of one iteration with their optimisers (of SCGAN, five iterations), in seconds of the processor.
"Before" is commit {before}; it and each form took steps in turn, in one run, and the ratio is the median of
neighbours. "Released / now" is what the authors' released code took of that commit, times the ratio.

{seconds}
Memory of a step above what stands before it and, in brackets, the peak with weights and optimisers' states
but without libraries; MiB, of processes whose allocator leaves no gaps:

{memory}
{told}
The released code: {released}
'''
MATRIX = '''## Layout, bfloat16, compile

What each switch alone makes of a step of the small configs for ToyWorld (64 x 64): the speed and, in
brackets, the largest relative differences of a loss term and of a player's gradient (by its norm) in float32,
with the same weights, batch and random numbers and without dropout.

{table}
{told}'''
LARGEST = '''## The largest picture that trains

Estimated for pictures twice as wide as high, one a step: a line through the peaks measured at three small
sizes, solved for the memory, in multiples of 64 pixels. On a CPU; libraries (0.4 GB) are not counted.

{table}
{told}'''
CLOSING = '''## On a GPU

`benchmarks/gpu.sh` measures operators, whole steps, inference and a training in 8 minutes. No GPU was at hand
yet, so that there is no table. Its form `fast+cuda_graphs` records what `torch.compile` makes of a network as
CUDA graphs, again for each shape. A graph of a whole turn is not there: losses and gradients are looked at
before the optimiser steps, and that waits for the device.
'''


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines) + '\n'


def told(record: dict) -> str:
    """The sentence below a table: when, where and how."""
    versions = ', '.join(f'{name} {version}' for name, version in record.get('versions', {}).items())
    return (f'*{record["date"]}, {record["machine"]}, {record["cores"]} cores, {record["memory_gb"]} GB'
            f'{"; " + versions if versions else ""}; commit {record["commit"]}.*\n\n'
            f'```\n{record["command"]}\n```\n')


def times(value: float | None) -> str:
    return f'{value:.2f}' if value else ''


def whole_steps(record: dict, released: dict) -> str:
    """Each system's step before and now, as it is by default and with switches; released code by ratio."""
    known = {row['system']: row for row in released['rows']}
    befores = {row['system']: row for row in record['rows'] if row['variant'] == 'against'}
    rows = [(row, befores[row['system']], known.get(row['system'], {})) for row in record['rows']
            if row['variant'] != 'against']
    seconds = [[*name_of(row), f'{row["size"]}, {row["batch"]}', f'{row["baseline_seconds"]:.2f}',
                f'{row["seconds"]:.2f}', times(row['ratio']), times(past and row['ratio'] * past['ratio']),
                times(past.get('aims', {}).get(row['variant']))] for row, _, past in rows]
    memory = [[*name_of(row), *(f'{one["step_mb"]:.0f} ({one["peak_mb"]:.0f})' for one in (before, row)),
               times(row['step_mb'] / before['step_mb']),
               *(times(f'released_{what}' in past and row[what] / before[what] * past[what]
                       / past[f'released_{what}']) for what in ('step_mb', 'peak_mb'))]
              for row, before, past in rows if 'step_mb' in row]
    return STEPS.format(
        seconds=table(('system', 'form', 'size, batch', 'before, s', 'now, s', 'before / now',
                       'released / now', 'aim'), seconds),
        memory=table(('system', 'form', 'before', 'now', 'step, of before', 'step, of released',
                      'peak, of released'), memory),
        before=released['commit'], told=told(record),
        released=f'{released["date"]}, {released["machine"]}; {released["command"]}.')


def name_of(row: dict) -> tuple[str, str]:
    return TITLES.get(row['system'], row['system']), f'`{row["variant"]}`'


def compile_matrix(record: dict) -> str:
    """Systems by switches: speed and differences."""
    lines = []
    for system in dict.fromkeys(row['system'] for row in record['rows']):
        rows = {row['switch']: row for row in record['rows'] if row['system'] == system}
        lines.append([TITLES.get(system, system), *(
            f'{rows[switch]["ratio"]:.2f} ({rows[switch]["term_difference"]:.0e}, '
            f'{rows[switch]["gradient_difference"]:.0e})' if switch in rows else '' for switch in SWITCHES),
            f'{rows["compile"]["first_seconds"]:.0f} s' if 'compile' in rows else ''])
    return MATRIX.format(table=table(('system', *SWITCHES, 'first compiled step'), lines), told=told(record))


def largest_image(record: dict) -> str:
    """What fits into a memory."""
    limits = record['rows'][0]['largest']
    lines = [[*name_of(row), f'{row["standing_mb"]:.0f}',
              f'{row["mb_per_megapixel"]:.0f}', *(f'{width} x {height}' for height, width in
                                                  row['largest'].values())] for row in record['rows']]
    return LARGEST.format(told=told(record), table=table(
        ('system', 'form', 'standing, MiB', 'MiB a megapixel', *(f'{limit} GB' for limit in limits)), lines))


def operators(record: dict) -> str:
    """A benchmark of a fast form beside its plain formula."""
    name = record['rows'][0]['name']
    lines = [[row['name'], row['config'], f'{row["reference_s"] * 1e3:.1f}', f'{row["fast_s"] * 1e3:.1f}',
              times(row['speedup']), f'{row["reference_peak_mb"]:.0f}', f'{row["fast_peak_mb"]:.0f}']
             for row in record['rows']]
    head = ('what', 'size', 'plain, ms', 'fast, ms', 'ratio', 'plain, MiB', 'fast, MiB')
    return f'### {name}\n\n{table(head, lines)}\n{told(record)}'


def newest(kind: str) -> dict | None:
    """The last record of a kind, by its date; None where there is none."""
    found = sorted(path for path in RECORDS.glob('*.json') if path.stem[11:] == kind)
    return read_record(found[-1]) if found else None


def page() -> str:
    """The whole page."""
    kinds = sorted({path.stem[11:] for path in RECORDS.glob('*.json')})
    parts = [OPENING, whole_steps(newest('whole-steps'), newest('released'))]
    for kind, section in dict(compile_matrix=compile_matrix, largest_image=largest_image).items():
        record = newest(kind.replace('_', '-'))
        parts += [section(record)] if record else []
    others = [operators(newest(kind)) for kind in kinds
              if kind not in ('whole-steps', 'released', 'compile-matrix', 'largest-image')]
    parts += ['## Operators beside their formulas\n', *others] if others else []
    return '\n'.join([*parts, CLOSING])


if __name__ == '__main__':
    PAGE.write_text(page())
