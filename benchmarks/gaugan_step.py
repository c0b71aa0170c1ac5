"""Times a whole training iteration of GauGAN: fakes drawn again for the discriminator, as the released
code does, against fakes reused.

    python benchmarks/gaugan_step.py --threads 2

Cityscapes options at a quarter of the size and half the generator's width (256 x 128, 32 channels; batch
1, VGG19 of random weights), with nearest upsampling and with SAU.
"""
from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from _common import compare, parser, print_row, write_rows

from ggtoolbox.engine.optimisers import PlayerOptimWrapperConstructor
from ggtoolbox.registry import MODELS

HEIGHT, WIDTH, CLASSES = 128, 256, 35


def make_step(upsampler: str, reuse_fakes: bool, device: str) -> Callable[[], object]:
    """One iteration of both players on one picture."""
    torch.manual_seed(0)
    model = MODELS.build(dict(
        type='GauGAN', options=dict(reuse_fakes=reuse_fakes),
        generator=dict(type='SPADEGenerator', num_classes=CLASSES, edge=True, image_size=(HEIGHT, WIDTH),
                       channels=32, num_upsamplings=6, upsampler=dict(type=upsampler)),
        discriminator=dict(type='MultiScaleDiscriminator'),
        losses=dict(adversarial=dict(type='GANLoss'), feature_matching=dict(type='FeatureMatchingLoss'),
                    perceptual=dict(type='PerceptualLoss', network=dict(type='VGG19', allow_random=True)))))
    model.to(device)
    adam = dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.0, 0.9)))
    optimisers = PlayerOptimWrapperConstructor(dict(generator=adam, discriminator=adam))(model)
    batch = dict(label=torch.randint(0, CLASSES, (1, HEIGHT, WIDTH)),
                 edge=torch.randint(0, 2, (1, 1, HEIGHT, WIDTH)).float(),
                 target_image=torch.rand(1, 3, HEIGHT, WIDTH) * 2 - 1)
    return functools.partial(model.train_step, batch, optimisers)


def main() -> None:
    args = parser(__doc__).parse_args()
    torch.set_num_threads(args.threads)
    rows = []
    for upsampler in ('NearestUpsampler', 'SAU'):
        again, reused = (functools.partial(make_step, upsampler, reuse, args.device)
                         for reuse in (False, True))
        rows.append(compare('gaugan_step', upsampler, again, reused, args.device, args.threads,
                            args.seconds))
        print_row(rows[-1])
    write_rows(rows, args.json)


if __name__ == '__main__':
    main()
