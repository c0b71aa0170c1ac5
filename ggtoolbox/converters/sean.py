"""SEAN as released in ZPdesu/SEAN: ``latest_net_G.pth`` (with the style encoder inside) and
``_net_D.pth``."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import GENERATORS

from . import spade
from .conversion import Part, State

SYSTEM = 'SEAN'
SOURCE = 'ZPdesu/SEAN'

_NORMS = {'ace_0': 'norm_0', 'ace_1': 'norm_1', 'ace_s': 'norm_shortcut'}
_INSIDE_NORM = {'blending_gamma': 'mix_gamma', 'blending_beta': 'mix_beta', 'noise_var': 'noise.scale',
                'Spade.mlp_shared.0.': 'spade.shared.', 'Spade.mlp_gamma.': 'spade.gamma.',
                'Spade.mlp_beta.': 'spade.beta.', 'param_free_norm.': 'norm.', 'conv_gamma.': 'gamma.',
                'conv_beta.': 'beta.'}
_ENCODER = {'1': 'layers.0.0', '4': 'layers.1.0', '7': 'layers.2.0', '10': 'layers.3.0', '14': 'to_style'}
_UNUSED = re.compile(r'(.*\.)?Spade\.param_free_norm\.\w+')


def rename_norm(official: Iterable[str]) -> dict[str, str]:
    """Names inside of one ACE, the released code's SEAN normalisation."""
    names = {}
    for name in official:
        start = next((theirs for theirs in _INSIDE_NORM if name.startswith(theirs)), None)
        if style := re.fullmatch(r'fc_mu(\d+)\.(\w+)', name):
            names[name] = f'to_style.{style[1]}.{style[2]}'
        elif start is not None:
            names[name] = _INSIDE_NORM[start] + name.removeprefix(start)
    return names


def rename_block(official: Iterable[str]) -> dict[str, str]:
    names = {}
    for name in official:
        module, _, rest = name.partition('.')
        if module in _NORMS and (renamed := rename_norm([rest])):
            names[name] = f'{_NORMS[module]}.{renamed[rest]}'
        elif module in ('conv_0', 'conv_1', 'conv_s'):
            names[name] = f'{"conv_shortcut" if module == "conv_s" else module}.{rest}'
    return names


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    names = {name: ours for name, ours in spade.rename_generator(official).items()
             if name.startswith(('fc.', 'conv_img.'))}
    for name in official:
        head, _, rest = name.partition('.')
        if head in spade.BLOCKS and (renamed := rename_block([rest])):
            names[name] = f'blocks.{spade.BLOCKS[head]}.{renamed[rest]}'
        elif (layer := re.fullmatch(r'Zencoder\.model\.(\d+)\.(\w+)', name)) and layer[1] in _ENCODER:
            names[name] = f'encoder.{_ENCODER[layer[1]]}.{layer[2]}'
    return names


def drop_unused(official: State) -> State:
    """The state without norms that are never applied, styles of classes that the network does not have, and
    the scalars that would blend in the last block."""
    regions = next((value.shape[1] for name, value in official.items()
                    if name.endswith('mlp_shared.0.weight')), 0)

    def used(name: str) -> bool:
        style, (norm, blending, _) = re.search(r'fc_mu(\d+)\.', name), name.rpartition('blending_')
        return not (_UNUSED.fullmatch(name) or (style and int(style[1]) >= regions)
                    or (blending and f'{norm}conv_gamma.weight' not in official))

    return {name: value for name, value in official.items() if used(name)}


def infer_generator(official: State) -> dict:
    """All but the image size and whether there are 5 or 6 upsamplings, which no shape tells."""
    shared = official['head_0.ace_0.Spade.mlp_shared.0.weight']
    return dict(type='SEANGenerator', num_classes=shared.shape[1], norm_hidden_channels=shared.shape[0],
                channels=official['head_0.conv_0.bias'].numel() // 16,
                style_channels=official['Zencoder.model.14.bias'].numel(),
                spectral='head_0.conv_0.weight_orig' in official,
                out_channels=official['conv_img.bias'].numel())


def infer_discriminator(official: State) -> dict:
    """As GauGAN's, but all hidden layers have stride 2."""
    config = spade.infer_discriminator(official)
    return dict(config, discriminator=dict(config['discriminator'], last_stride=2))


PARTS = {
    'generator': Part(('Zencoder.model.1.weight', 'fc.weight', 'head_0.ace_0.'), rename_generator,
                      infer_generator, GENERATORS, prepare=drop_unused),
    'discriminator': spade.PARTS['discriminator']._replace(infer=infer_discriminator),
}
