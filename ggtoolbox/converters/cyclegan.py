"""CycleGAN as released in junyanz/pytorch-CycleGAN-and-pix2pix: ``<epoch>_net_{G_A,G_B,D_A,D_B}.pth``.

Both generators have the same names inside, and so have both discriminators: say which part a file is. The
published single generators (``horse2zebra.pth``) are a ``generator``.
"""
from __future__ import annotations

from . import pix2pix

SYSTEM = 'CycleGAN'
SOURCE = pix2pix.SOURCE
PARTS = {
    'generator': pix2pix.PARTS['generator'],
    'inverse_generator': pix2pix.PARTS['generator'],
    'discriminator': pix2pix.PARTS['discriminator'],
    'source_discriminator': pix2pix.PARTS['discriminator'],
}
