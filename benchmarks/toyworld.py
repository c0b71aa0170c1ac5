"""Samples a second that one core draws of each ToyWorld data set.

    python benchmarks/toyworld.py [--size 64] [--samples 300] [--repeats 5] [--json PATH]
"""
from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from _records import write_record

from ggtoolbox.datasets.procedural import ProceduralDataset
from ggtoolbox.registry import DATASETS


def samples_per_second(dataset: ProceduralDataset, samples: int, repeats: int) -> list[float]:
    """Processor seconds, not wall seconds: another program on the machine does not count."""
    rates = []
    for repeat in range(repeats):
        start = time.process_time()
        for i in range(samples):
            dataset[repeat * samples + i]
        rates.append(samples / (time.process_time() - start))
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--size', type=int, default=64)
    parser.add_argument('--samples', type=int, default=300)
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--json', type=Path, metavar='PATH', help='write the rows to this file')
    args = parser.parse_args()
    rows = []
    pack = dict(type='PackTensors')
    for name, packing in (('ToyWorldStreet', [dict(type='InstanceEdge'), pack]),
                          ('ToyWorldCrossView', [pack]), ('ToyWorldFigure', [pack]),
                          ('ToyWorldHand', [pack]), ('ToyWorldFace', [pack])):
        for what, pipeline in (('drawn', []), ('drawn and packed', packing)):
            dataset = DATASETS.build(dict(type=name, size=args.size, length=args.samples * args.repeats,
                                          pipeline=pipeline))
            rates = samples_per_second(dataset, args.samples, args.repeats)
            rows.append(dict(dataset=name, size=args.size, what=what, median=statistics.median(rates),
                             best=max(rates)))
            print('{dataset} {size} px, {what}: median {median:.0f}, best {best:.0f} samples/s a core'.format(
                **rows[-1]), flush=True)
    write_record(rows, args.json)


if __name__ == '__main__':
    main()
