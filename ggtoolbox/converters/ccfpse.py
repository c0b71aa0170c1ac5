"""CC-FPSE as released in xh-liu/CC-FPSE: ``<epoch>_net_G.pth``, ``_net_D.pth`` and, as
GauGAN's, ``_net_E.pth``."""
from __future__ import annotations

import re
from collections.abc import Iterable

import torch

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

from . import spade
from .conversion import Part, State

SYSTEM = 'GauGAN'  # CC-FPSE is GauGAN with another generator and another discriminator
SOURCE = 'xh-liu/CC-FPSE'

_BLOCK = {'gen_weights1': 'kernels_1', 'gen_weights2': 'kernels_2', 'gen_se_weights1': 'gates_1',
          'gen_se_weights2': 'gates_2', 'conv_1': 'mix_1', 'conv_3': 'mix_2', 'norm_1': 'norm_1',
          'norm_2': 'norm_2', 'conv_s': 'conv_shortcut'}
_PYRAMID = {'enc': 'downs', 'lat': 'laterals', 'dec': 'ups'}
# Norms that the released code builds and never applies: they keep what they are built with.
_UNUSED = re.compile(r'(\w+\.)?(norm_0|conv_[02]\.norm_layer)\.(\w+)')


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    names = {name: ours for name, ours in spade.rename_generator(official).items()
             if name.startswith(('fc.', 'conv_img.')) or '.norm_s.' in name}
    for name in official:
        block, _, rest = name.partition('.')
        module, _, leaf = rest.partition('.')
        if block in spade.BLOCKS and module in _BLOCK:
            ours = _BLOCK[module]
            if module.startswith('gen_'):
                layer, _, leaf = leaf.partition('.')
                ours = f'predict.{"first" if layer == "0" else "second"}.{ours}'
            names[name] = f'blocks.{spade.BLOCKS[block]}.{ours}.{leaf}'
        elif unit := re.fullmatch(r'label(enc|lat|dec)(\d+)\.0\.([01])\.(\w+)', name):
            part, number, layer, leaf = unit.groups()
            names[name] = f'pyramid.{_PYRAMID[part]}.{int(number) - 1}.{layer}.{leaf}'
    return names


def drop_unused(official: State) -> State:
    """The state without what the released generator holds and never uses."""
    return {name: value for name, value in official.items() if not _UNUSED.fullmatch(name)}


def unused(official: State) -> State:
    """What :func:`drop_unused` leaves out, as the released code builds it, to be written back."""
    initial = dict(weight=torch.ones, bias=torch.zeros, running_mean=torch.zeros, running_var=torch.ones,
                   num_batches_tracked=torch.zeros)
    found = {name: _UNUSED.fullmatch(name) for name in official}
    return {name: initial[match[3]](official[name].shape).to(official[name].dtype)
            for name, match in found.items() if match}


def infer_generator(official: State) -> dict:
    """All but the image size."""
    stem, pyramid = official['fc.weight'], official['labelenc1.0.0.weight_orig']
    channels, classes = pyramid.shape[:2]
    upsamplings = max(int(match[1]) for name in official
                      if (match := re.match(r'labelenc(\d+)\.', name))) - 1
    variational = stem.dim() == 2
    pixels = stem.shape[0] // (16 * channels) if variational else 4
    return dict(type='CCFPSEGenerator', num_classes=classes, channels=channels,
                image_size=(2 ** upsamplings * pixels, 2 ** upsamplings), num_upsamplings=upsamplings,
                latent_dim=stem.shape[1] if variational else None,
                hidden_channels=official['head_0.gen_weights1.0.bias'].numel(),
                out_channels=official['conv_img.bias'].numel())


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    names, folders = {}, dict(enc=('downs', 1), lat=('laterals', 2), final=('finals', 2))
    layers = dict(tf='to_logits', seg='to_semantics', embedding='embedding')
    for name in official:
        head, _, rest = name.partition('.')
        if head in layers:
            names[name] = f'{layers[head]}.{rest}'
        elif unit := re.fullmatch(r'(enc|lat|final)(\d)\.0\.0\.(\w+)', name):
            folder, first = folders[unit[1]]
            names[name] = f'{folder}.{int(unit[2]) - first}.0.{unit[3]}'
    return names


def infer_discriminator(official: State) -> dict:
    first, embedding = official['enc1.0.0.weight_orig'], official['embedding.weight']
    return dict(type='FeaturePyramidDiscriminator', channels=first.shape[0], image_channels=first.shape[1],
                in_channels=embedding.shape[1] + first.shape[1])


PARTS = {
    'generator': Part(('fc.weight', 'labelenc1.', 'head_0.gen_weights1.'), rename_generator, infer_generator,
                      GENERATORS, prepare=drop_unused),
    'discriminator': Part(('enc1.0.0.weight_orig', 'tf.weight', 'seg.weight', 'embedding.weight'),
                          rename_discriminator, infer_discriminator, DISCRIMINATORS),
    'encoder': spade.PARTS['encoder'],
}
