"""Estimates the largest picture that trains in a given memory, from steps at two sizes.

    python benchmarks/largest_image.py --json records/DATE-largest-image.json
    python benchmarks/largest_image.py --config lggan/lggan_cityscapes-512x256 --memory 24 80

One picture a step, twice as wide as high. The peak (weights, gradients and optimisers' states included,
libraries not) grows by the pixels: a line through the measured peaks is solved for the memory. Both sizes are
large enough for features to make the peak; of smaller ones gradients do, and the line would be too flat.
"""
from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from _contender import Contest, contender
from _records import write_record

CONFIGS = ('gaugan/gaugan_cityscapes-512x256', 'gaugan/gaugan_sau_cityscapes-512x256',
           'lggan/lggan_cityscapes-512x256')
SIZES = ((256, 512), (384, 768))


def measure(config: str, variant: str, sizes: Sequence[tuple[int, int]], memory: Sequence[int],
            multiple: int) -> dict:
    """One row: the peaks, the line through them, and what fits."""
    peaks = []
    for size in sizes:
        with contender(Contest(config, size=size, batch=1), variant, exact=True) as found:
            found.step()  # the optimisers' states
            peaks.append(found.memory()['peak_mb'])
    slope, standing = np.polyfit([height * width / 2 ** 20 for height, width in sizes], peaks, 1)
    largest = {limit: largest_size(limit * 1000 ** 3 / 2 ** 20, standing, slope, multiple)
               for limit in memory}
    return dict(system=config.split('/')[-1], variant=variant, sizes=sizes, peak_mb=peaks,
                standing_mb=float(standing), mb_per_megapixel=float(slope), largest=largest)


def largest_size(megabytes: float, standing: float, slope: float, multiple: int) -> tuple[int, int]:
    """(height, width), width twice the height, both multiples of ``multiple``, that stays within."""
    pixels = max(megabytes - standing, 0) / slope * 2 ** 20
    height = int(math.sqrt(pixels / 2)) // multiple * multiple
    return height, 2 * height


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument('--config', nargs='+', default=CONFIGS, help='paths below configs/')
    options.add_argument('--variant', nargs='+', default=['default', 'fast', 'fast+checkpoint'])
    options.add_argument('--memory', nargs='+', type=int, default=[8, 16, 24], help='GB')
    options.add_argument('--multiple', type=int, default=64, help='of which sides are multiples')
    options.add_argument('--json', type=Path, metavar='PATH', help='write the rows to this file')
    args = options.parse_args(arguments)
    rows = []
    for config in args.config:
        for variant in args.variant:
            rows.append(measure(config, variant, SIZES, args.memory, args.multiple))
            print(rows[-1], flush=True)
            write_record(rows, args.json)


if __name__ == '__main__':
    main()
