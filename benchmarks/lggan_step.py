"""Times a whole training iteration of LGGAN, its local branch by the plain formula and by sorted products.

    python benchmarks/lggan_step.py --threads 2

Cityscapes options at a quarter of the size and half the generator's width (256 x 128, 32 channels; batch 1,
VGG19 of random weights, regions of 34 classes), with transposed convolutions and with SAU.
"""
from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from _common import compare, parser, print_row, write_rows
from lggan_local import regions

from ggtoolbox.engine.optimisers import PlayerOptimWrapperConstructor
from ggtoolbox.registry import MODELS

HEIGHT, WIDTH, CLASSES = 128, 256, 35


def make_step(upsampler: str | None, implementation: str, device: str) -> Callable[[], object]:
    """One iteration of both players on one picture."""
    torch.manual_seed(0)
    model = MODELS.build(dict(
        type='LGGAN',
        generator=dict(
            type='LGGANGenerator', num_classes=CLASSES, edge=True, channels=32, implementation=implementation,
            upsampler=dict(type=upsampler) if upsampler else None, global_generator=dict(
                type='SPADEGenerator', image_size=(HEIGHT, WIDTH), num_upsamplings=6)),
        discriminator=dict(type='MultiScaleDiscriminator'),
        losses=dict(
            class_pixel=dict(type='ClassL1Loss'), classification=dict(type='ClassificationLoss'),
            adversarial=dict(type='GANLoss'), feature_matching=dict(type='FeatureMatchingLoss'),
            perceptual=dict(type='PerceptualLoss', network=dict(type='VGG19', allow_random=True)))))
    model.to(device)
    adam = dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.0, 0.9)))
    optimisers = PlayerOptimWrapperConstructor(dict(generator=adam, discriminator=adam))(model)
    batch = dict(label=regions(1, HEIGHT, WIDTH, CLASSES - 1),
                 edge=torch.randint(0, 2, (1, 1, HEIGHT, WIDTH)).float(),
                 target_image=torch.rand(1, 3, HEIGHT, WIDTH) * 2 - 1)
    return functools.partial(model.train_step, batch, optimisers)


def main() -> None:
    args = parser(__doc__.splitlines()[0]).parse_args()
    torch.set_num_threads(args.threads)
    rows = []
    for upsampler in (None, 'SAU'):
        plain, fast = (functools.partial(make_step, upsampler, implementation, args.device)
                       for implementation in ('reference', 'auto'))
        rows.append(compare('lggan_step', upsampler or 'transposed convolutions', plain, fast, args.device,
                            args.threads, args.seconds))
        print_row(rows[-1])
    write_rows(rows, args.json)


if __name__ == '__main__':
    main()
