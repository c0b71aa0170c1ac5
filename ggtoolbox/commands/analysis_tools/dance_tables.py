"""DanceGAN's tables 7.5 and 7.6 on ToyWorld: ggtoolbox dance-tables --out DIR

Every row is trained with every seed for the same number of iterations, and measured by ToyWorld's judges; a
call that was broken off goes on, and what is done is not done again. Writes DIR/dance_tables.json and .md
after each run.
"""
from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.judging.protocols import measure
from ggtoolbox.apis.judging.training import plan_run, train_in_process
from ggtoolbox.apis.places import zoo_root
from ggtoolbox.writing import make_folder, write_text


class Table(NamedTuple):
    """A table of the thesis.

    Attributes:
        config: that of its full model.
        rows: name -> what differs from that, dotted key -> value; in the thesis's order, the best one last.
        shown: measures, the one that the thesis has first.
    """

    config: str
    rows: dict[str, dict]
    shown: tuple[str, ...]


TABLES = {
    '7.5': Table('dancegan_motion_toyworld-64', {
        'S1-1 baseline': {'model.generator.spatial_attention': False,
                          'model.generator.temporal_attention': False},
        'S1-2 SSGA-Net': {'model.generator.temporal_attention': False},
        'S1-3 CTGA-Net': {'model.generator.spatial_attention': False},
        'S1-4 both': {}}, ('FD_toyworld_dance', 'Diversity', 'BeatAlignment', 'BeatAlignment_shuffled')),
    '7.6': Table('dancegan_video_toyworld-64', {
        'S2-1 baseline': {'model.losses.forward_regularisation': None,
                          'model.losses.backward_regularisation': None},
        'S2-2 FSR': {'model.losses.backward_regularisation': None},
        'S2-3 BSR': {'model.losses.forward_regularisation': None},
        'S2-4 both': {}}, ('FD_toyworld_figure', 'PSNR', 'SSIM', 'PCKh', 'FlickerError')),
}


def plan(tables: list[str], seeds: int) -> Iterator[tuple[str, str, int]]:
    """Table, row and seed of every run; all rows of a seed before the next seed."""
    for seed in range(seeds):
        for name in tables:
            for row in TABLES[name].rows:
                yield name, row, seed


def one_run(table: Table, row: str, seed: int, args: argparse.Namespace) -> dict[str, float]:
    """Train and measure."""
    config = zoo_root() / 'configs' / 'dancegan' / f'{table.config}.py'
    folder = args.out / 'runs' / f'{row.split()[0]}-{seed}'
    run = plan_run(config, folder, seed, iterations=args.iterations, options=table.rows[row])
    checkpoint = train_in_process(run, zoo_root() / 'tools')
    cfg = load_config(config, run.options)
    cfg.work_dir, cfg.log_level = str(folder / 'test'), 'ERROR'
    return {found.metric: found.value for found in measure(cfg, str(checkpoint), images=args.test_images)}


def as_markdown(found: dict[str, dict[str, float]], args: argparse.Namespace) -> str:
    """Mean and standard deviation over the seeds that are done, a table each."""
    lines = [f'{args.iterations} iterations a run, {args.test_images} test samples.', '']
    for name in args.tables:
        table = TABLES[name]
        lines += [f'| table {name} | seeds | {" | ".join(table.shown)} |',
                  f'|---|---:|{"---:|" * len(table.shown)}']
        for row in table.rows:
            runs = [values for key, values in found.items() if key.startswith(f'{name}/{row}/')]
            if runs:
                cells = [[values[measure] for values in runs] for measure in table.shown]
                text = ' | '.join(f'{np.mean(cell):.3f} ± {np.std(cell):.3f}' for cell in cells)
                lines.append(f'| {row} | {len(runs)} | {text} |')
        lines.append('')
    return '\n'.join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="DanceGAN's ablation tables on ToyWorld, at equal budgets.")
    parser.add_argument('--out', type=Path, required=True, help='folder for runs and tables')
    parser.add_argument('--tables', nargs='+', choices=list(TABLES), default=list(TABLES))
    parser.add_argument('--iterations', type=whole(1), default=1000, help='budget of each run')
    parser.add_argument('--seeds', type=whole(1), default=3)
    parser.add_argument('--test-images', type=whole(2), default=256,
                        help='dances or pictures that are measured')
    args = parser.parse_args()
    path = make_folder(args.out) / 'dance_tables.json'
    known = json.loads(path.read_text()) if path.is_file() else {}
    budget = f'{args.iterations} iterations, {args.test_images} samples'
    found = known.setdefault(budget, {})
    for name, row, seed in plan(args.tables, args.seeds):
        key = f'{name}/{row}/{seed}'
        if key not in found:
            found[key] = one_run(TABLES[name], row, seed, args)
            write_text(path, json.dumps(known, indent=1) + '\n')
            write_text(path.with_suffix('.md'), as_markdown(found, args))
            told = ', '.join(f'{metric} {value:.4g}' for metric, value in found[key].items())
            print(f'table {key}: {told}')
    write_text(path.with_suffix('.md'), as_markdown(found, args))
    print(path.with_suffix('.md'))
