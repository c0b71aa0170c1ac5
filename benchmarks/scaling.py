"""What scales how: a simulated table, from step times that were measured and bytes that are exchanged.

    python benchmarks/scaling.py                                     # the records' CPU step times
    python benchmarks/scaling.py --seconds 0.35 --system gaugan      # a step time of your own GPU

In each player's turn the gradients of its own parameters are averaged once (float32), by a ring: each of N
processes sends and receives 2 (N - 1) / N of them. A row's efficiency is step / (step + exchange), as if
nothing of the exchange were hidden behind the backward pass: the least that is to be expected. Latency,
stragglers, reading of data and batch norm's statistics are left out. Nothing here was run on a network.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import NamedTuple

from ggtoolbox.apis import find_model

RECORDS = Path(__file__).parent / 'records'
LINKS = {'10 Gbit/s': 1.25e9, '100 Gbit/s': 12.5e9, '300 GB/s': 300e9}  # bytes a second each way
PROCESSES = (2, 8, 64)
BYTES = 4  # of a gradient


class Step(NamedTuple):
    """A training step: ``seconds`` alone, and the parameters whose gradients it exchanges."""

    system: str
    seconds: float
    parameters: int

    def exchange(self, processes: int, rate: float) -> float:
        """Seconds of a ring of so many processes, at so many bytes a second."""
        return 2 * (processes - 1) / processes * BYTES * self.parameters / rate

    def efficiency(self, processes: int, rate: float) -> float:
        """Share of the processes' time that is spent on computing."""
        return self.seconds / (self.seconds + self.exchange(processes, rate))


def recorded_steps(path: Path, variant: str) -> list[Step]:
    """The steps of a record of ``whole_steps.py``; parameters are counted in the metafiles."""
    rows = [row for row in json.loads(path.read_text())['rows'] if row['variant'] == variant]
    return [Step(row['system'], row['seconds'], parameters_of(Path(row['config']).name)) for row in rows]


def parameters_of(model: str) -> int:
    """Of all players of a model of the zoo."""
    return sum(find_model(model).content['Metadata']['Parameters'].values())


def table(steps: list[Step]) -> str:
    """Markdown, a line a system."""
    columns = [(link, processes) for link in LINKS for processes in PROCESSES]
    lines = [['system', 'step, s', 'exchanged, MB', *(f'{link}, {n}' for link, n in columns)],
             ['---', *['---:'] * (2 + len(columns))]]
    for step in steps:
        shares = (f'{100 * step.efficiency(n, LINKS[link]):.0f} %' for link, n in columns)
        lines.append([step.system, f'{step.seconds:.2f}', f'{BYTES * step.parameters / 1e6:.0f}', *shares])
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('--record', type=Path, default=sorted(RECORDS.glob('*-whole-steps.json'))[-1])
    parser.add_argument('--variant', default='fast', help='of the record')
    parser.add_argument('--system', help='this one alone')
    parser.add_argument('--seconds', type=float, help='of a step on your device, in place of the record\'s')
    args = parser.parse_args()
    steps = [step for step in recorded_steps(args.record, args.variant) if args.system in (None, step.system)]
    if args.seconds:
        steps = [step._replace(seconds=args.seconds) for step in steps]
    print(table(steps))


if __name__ == '__main__':
    main()
