"""StarGAN as released in yunjey/stargan: ``<iteration>-G.ckpt``, ``<iteration>-D.ckpt``."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'StarGAN'
SOURCE = 'yunjey/stargan'


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    """``main.9.main.3.weight`` -> ``blocks.0.second.0.weight``."""
    official = list(official)
    blocks = sorted({int(found[1]) for name in official if (found := re.match(r'main\.(\d+)\.main\.', name))})
    count, names = len(blocks), {}
    places = {0: 'stem.0', 1: 'stem.1', 3: 'downs.0.0', 4: 'downs.0.1', 6: 'downs.1.0', 7: 'downs.1.1',
              15 + count: 'head.convolution'}
    for step in range(2):
        places[9 + count + 3 * step] = f'upsamplers.{step}.deconvolution'
        places[10 + count + 3 * step] = f'norms.{step}'
    inside = {0: 'first.0', 1: 'first.1', 3: 'second.0', 4: 'second.1'}
    for name in official:
        block = re.fullmatch(r'main\.(\d+)\.main\.(\d+)\.(\w+)', name)
        outer = re.fullmatch(r'main\.(\d+)\.(\w+)', name)
        if block and int(block[2]) in inside:
            names[name] = f'blocks.{int(block[1]) - 9}.{inside[int(block[2])]}.{block[3]}'
        elif outer and int(outer[1]) in places:
            names[name] = f'{places[int(outer[1])]}.{outer[2]}'
    return names


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    names = {}
    for name in official:
        layer = re.fullmatch(r'main\.(\d+)\.(\w+)', name)
        if layer:
            names[name] = f'layers.{int(layer[1]) // 2}.{layer[2]}'
        elif name in ('conv1.weight', 'conv2.weight'):
            names[name] = dict(conv1='to_logits', conv2='to_attributes')[name[:5]] + '.weight'
    return names


def infer_generator(official: State) -> dict:
    """All label planes are taken for attributes."""
    first = official['main.0.weight']
    blocks = {found[1] for name in official if (found := re.match(r'main\.(\d+)\.main\.', name))}
    return dict(type='StarGANGenerator', num_attributes=first.shape[1] - 3, channels=first.shape[0],
                num_blocks=len(blocks), track_running_stats='main.1.running_mean' in official)


def infer_discriminator(official: State) -> dict:
    layers = sum(bool(re.fullmatch(r'main\.\d+\.weight', name)) for name in official)
    classifier = official['conv2.weight']
    return dict(type='AttributeDiscriminator', num_attributes=classifier.shape[0], leaky_slope=0.01,
                image_size=tuple(side * 2 ** layers for side in classifier.shape[2:]), num_layers=layers,
                channels=official['main.0.weight'].shape[0])


PARTS = {
    'generator': Part(('main.1.weight', 'main.9.main.'), rename_generator, infer_generator, GENERATORS),
    'discriminator': Part(('conv1.weight', 'conv2.weight'), rename_discriminator, infer_discriminator,
                          DISCRIMINATORS),
}
