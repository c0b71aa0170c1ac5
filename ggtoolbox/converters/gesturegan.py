"""GestureGAN as released in Ha0Tang/GestureGAN: ``<epoch>_net_G.pth``, and of training ``_net_D1.pth``,
``_net_D2.pth``. Their names are those of pix2pix's code."""
from __future__ import annotations

from . import pix2pix
from .conversion import State

SYSTEM = 'GestureGAN'
SOURCE = 'Ha0Tang/GestureGAN'


def infer_generator(official: State) -> dict:
    """An image of three channels comes first, then the guide."""
    config = pix2pix.infer_generator(official)
    return dict(config, source_channels=3, guide_channels=config['source_channels'] - 3)


def judges_two(official: State) -> bool:
    """The traditional discriminator sees two pictures, the guided one a guide between them."""
    return pix2pix.infer_discriminator(official)['in_channels'] == 3 + 3


_DISCRIMINATOR = pix2pix.PARTS['discriminator']
PARTS = {
    'generator': pix2pix.PARTS['generator']._replace(infer=infer_generator),
    'discriminator': _DISCRIMINATOR._replace(accepts=judges_two),
    'guided_discriminator': _DISCRIMINATOR._replace(accepts=lambda official: not judges_two(official)),
}
