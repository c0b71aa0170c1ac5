"""Times how a trained GauGAN draws a street: by convolutions of the whole layout, spectral normalisation in
place; as an Inferencer does (folded, by distinct neighbourhood); as ``Inferencer(fast=True)`` does.

    python benchmarks/fast_inference.py --threads 2

Random weights, which have been run in train mode a few times, so that running statistics fit. What is drawn
fast is within one of 255 levels of the exact; a line says what was found.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from unittest import mock

import torch
from _common import compare, parser, print_row, write_rows
from spade_neighbourhoods import CLASSES, street
from torch import Tensor

from ggtoolbox.apis.fast_generation import FastGeneration
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.layers.spectral_norm import fold_spectral_norm
from ggtoolbox.registry import MODELS


def build(size: tuple[int, int], channels: int, upsampler: str, batch: dict[str, Tensor]) -> BaseGAN:
    torch.manual_seed(0)
    generator = dict(type='SPADEGenerator', num_classes=CLASSES, edge=True, image_size=size,
                     channels=channels, upsampler=dict(type=upsampler))
    model = MODELS.build(dict(type='GauGAN', generator=generator,
                              options=dict(init=dict(method='xavier', gain=1.0))))
    model.to(batch['label'].device)
    with torch.no_grad():
        for _ in range(3):
            model.generate(batch)
    return model.eval()


def make_run(form: str, size: tuple[int, int], channels: int, upsampler: str, device: str
             ) -> Callable[[], list[dict]]:
    """Drawing one picture: ``'whole'``, ``'exact'`` or ``'fast'``."""
    batch = {name: value.to(device) for name, value in street(*size).items()}
    model = build(size, channels, upsampler, batch)
    if form == 'whole':
        def draw() -> list[dict]:
            with mock.patch('ggtoolbox.models.layers.layout.codes_of', return_value=None):
                return model.test_step(batch)
        return draw
    fold_spectral_norm(model.generator)
    if form == 'exact':
        return functools.partial(model.test_step, batch)
    fast = FastGeneration(model, torch.device(device))
    fast(batch)
    print(f'{upsampler}: {fast}', flush=True)
    return functools.partial(fast, batch)


def main() -> None:
    options = parser(__doc__.splitlines()[0])
    options.add_argument('--size', type=int, nargs=2, default=(256, 512), metavar=('HEIGHT', 'WIDTH'))
    options.add_argument('--channels', type=int, default=64)
    options.add_argument('--upsamplers', nargs='+', default=('NearestUpsampler', 'SAU'))
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    rows, size = [], tuple(args.size)
    for upsampler in args.upsamplers:
        makers = {form: functools.partial(make_run, form, size, args.channels, upsampler, args.device)
                  for form in ('whole', 'exact', 'fast')}
        for form in ('exact', 'fast'):
            rows.append(compare(f'inference, {form}', f'{upsampler}, {size[1]}x{size[0]}', makers['whole'],
                                makers[form], args.device, args.threads, args.seconds))
            print_row(rows[-1])
    write_rows(rows, args.json)


if __name__ == '__main__':
    main()
