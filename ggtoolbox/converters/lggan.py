"""LGGAN as released in Ha0Tang/LGGAN: ``200_net_G.pth`` for semantic synthesis (Cityscapes, ADE20K) and
``latest_net_G.pth`` for cross-view translation; discriminators as GauGAN's and pix2pix's.

Both generators hold a layer that they never compute with: ``fc`` (GauGAN's first, whose place the shared
encoder takes) and, across views, the last class's ``deconv5_7``. They have no place in ours.
"""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

from . import pix2pix, spade
from .conversion import Part, State

SYSTEM = 'LGGAN'
SOURCE = 'Ha0Tang/LGGAN'
NEVER_USED = ('fc.', 'deconv5_7.')

_MODULES = {
    'conv1': 'stem.0', 'conv2': 'downs.0.0', 'conv3': 'downs.1.0', 'conv4': 'deep_downs.0.0',
    'conv5': 'deep_downs.1.0', 'deconv9': 'local_generator.fusion', 'fc2': 'local_generator.classifier',
    'deconv5_attention': 'to_weights', 'deconv5_global': 'global_head.convolution',
    **{f'deconv{i + 3}_{theirs}': f'{ours}_decoder.upsamplers.{i}.deconvolution' for i in range(2)
       for theirs, ours in (('local', 'local'), ('global', 'global'), ('attention', 'weight'))}}


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    """Sub-generators count from 0 in semantic synthesis, from 1 across views."""
    official = list(official)
    across_views = _is_across_views(official)
    names = {theirs: f'global_generator.{ours}' for theirs, ours in spade.rename_generator(official).items()
             if not theirs.startswith('fc.')}
    for name in official:
        module, _, leaf = name.rpartition('.')
        block = re.fullmatch(r'resnet_blocks(\d+)\.conv([12])', module)
        local = re.fullmatch(r'deconv5_(\d+)', module)
        if module in _MODULES:
            names[name] = f'{_MODULES[module]}.{leaf}'
        elif block:
            names[name] = f'blocks.{int(block[1]) - 1}.{("first", "second")[int(block[2]) - 1]}.0.{leaf}'
        elif local and not (across_views and module == _last_local(official)):
            names[name] = f'local_generator.convolutions.{int(local[1]) - across_views}.{leaf}'
    return names


def infer_generator(official: State) -> dict:
    """What the shapes tell; the size is the label's, and classes that share the last sub-generator are taken
    for the last ones."""
    inputs, channels = official['conv1.weight'].shape[1], official['conv1.weight'].shape[0]
    local = len(_locals(official))
    config = dict(type='LGGANGenerator', channels=channels,
                  num_blocks=len({name.split('.')[0] for name in official if name.startswith('resnet_')}))
    if _is_across_views(official):
        return dict(config, num_classes=local - 1, source_channels=3, guide_channels=inputs - 3,
                    reads_label=False, share_blocks=True, fusion='addition', classifier=False)
    has_edge = inputs == local + 1
    classes = inputs - has_edge
    spade_config = spade.infer_generator({**official, 'fc.weight': official['head_0.conv_0.weight_orig']})
    for inferred in ('num_classes', 'channels', 'latent_dim', 'out_channels'):
        del spade_config[inferred]
    spade_config['image_size'] = None
    groups = None if local == classes else [min(kind, local - 1) for kind in range(classes)]
    return dict(config, num_classes=classes, edge=has_edge, local_groups=groups,
                num_classified=official['fc2.weight'].shape[0], global_generator=spade_config)


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    return (pix2pix if 'model.0.weight' in official else spade).rename_discriminator(official)


def infer_discriminator(official: State) -> dict:
    return (pix2pix if 'model.0.weight' in official else spade).infer_discriminator(official)


def _locals(official: Iterable[str]) -> list[int]:
    return sorted({int(match[1]) for name in official if (match := re.match(r'deconv5_(\d+)\.', name))})


def _last_local(official: Iterable[str]) -> str:
    return f'deconv5_{_locals(official)[-1]}'


def _is_across_views(official: Iterable[str]) -> bool:
    return any(name.startswith('deconv3_global.') for name in official)


PARTS = {
    'generator': Part(('conv1.weight', 'resnet_blocks1.', 'deconv3_local.', 'deconv5_attention.'),
                      rename_generator, infer_generator, GENERATORS),
    'discriminator': Part((('discriminator_0.model0.0.weight', 'model.0.weight'),), rename_discriminator,
                          infer_discriminator, DISCRIMINATORS),
    'image_discriminator': Part(('model.0.weight',), pix2pix.rename_discriminator,
                                pix2pix.infer_discriminator, DISCRIMINATORS),
}
