"""PATN as released in tengteng95/Pose-Transfer: ``<epoch>_net_netG.pth``, ``_net_netD_PP.pth`` (appearance)
and ``_net_netD_PB.pth`` (shape). The discriminators' names are the same: say which one a file is by
``--part``."""
from __future__ import annotations

from ggtoolbox.registry import GENERATORS

from .conversion import Part
from .patn import infer_generator, rename_generator
from .xinggan import DISCRIMINATOR_PARTS

SYSTEM = 'PoseTransferGAN'
SOURCE = 'tengteng95/Pose-Transfer'
PARTS = {
    'generator': Part(('model.att.0.conv_block_stream1.', 'model.stream1_up.7.'), rename_generator,
                      infer_generator, GENERATORS),
    **DISCRIMINATOR_PARTS,
}
