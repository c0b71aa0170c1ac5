"""C2GAN as released in Ha0Tang/C2GAN: ``<epoch>_net_G.pth``, ``_net_G_L.pth`` (the guidance generator),
``_net_D.pth``, ``_net_D_L.pth``. Their names are those of pix2pix's code, their guides pictures."""
from __future__ import annotations

from . import gesturegan, pix2pix
from .conversion import State

SYSTEM = 'C2GAN'
SOURCE = 'Ha0Tang/C2GAN'


def reads_an_image(official: State) -> bool:
    """G_L reads an image, G an image and a guide."""
    return pix2pix.infer_generator(official)['source_channels'] == 3


def judges_three(official: State) -> bool:
    """D sees two images and a guide, D_L an image and a guide."""
    return not gesturegan.judges_two(official)


_GENERATOR, _DISCRIMINATOR = pix2pix.PARTS['generator'], pix2pix.PARTS['discriminator']
PARTS = {
    'generator': _GENERATOR._replace(infer=gesturegan.infer_generator,
                                     accepts=lambda official: not reads_an_image(official)),
    'guidance_generator': _GENERATOR._replace(accepts=reads_an_image),
    'discriminator': _DISCRIMINATOR._replace(accepts=judges_three),
    'guidance_discriminator': _DISCRIMINATOR._replace(accepts=gesturegan.judges_two),
}
