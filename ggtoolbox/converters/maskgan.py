"""MaskGAN as released in switchablenorms/CelebAMask-HQ: ``latest_net_G.pth``; and, whose weights never were,
its discriminator, blender and MaskVAE."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

from . import pix2pixhd
from .conversion import Part, State

SYSTEM = 'MaskGAN'
SOURCE = 'switchablenorms/CelebAMask-HQ'

_STYLE = {'model': 'first', 'model_middle': 'second', 'model_last': 'to_values'}
_LABEL = {'model': 'first', 'model_last': 'second'}


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    trunk = pix2pixhd.rename_generator(name for name in official if '.norm.' not in name)
    names = {}
    for theirs, ours in trunk.items():
        block = re.fullmatch(r'blocks\.(\d+)\.(first|second)\.0\.(\w+)', ours)
        names[theirs] = ours if block is None else \
            f'style_blocks.{block[1]}.convolutions.{int(block[2] == "second")}.{block[3]}'
    for name in official:
        if unit := re.fullmatch(r'enc_style\.(model(?:_middle)?)\.(\d)\.conv\.(\w+)', name):
            names[name] = f'style_encoder.{_STYLE[unit[1]]}.{unit[2]}.{unit[3]}'
        elif last := re.fullmatch(r'enc_style\.model_last\.1\.(\w+)', name):
            names[name] = f'style_encoder.to_values.{last[1]}'
        elif sft := re.fullmatch(r'enc_style\.sft([12])\.SFT_(scale|shift)_conv([12])\.(\w+)', name):
            names[name] = f'style_encoder.transform_{sft[1]}.{sft[2]}.{2 * int(sft[3]) - 2}.{sft[4]}'
        elif unit := re.fullmatch(r'enc_label\.(model(?:_last)?)\.(\d)\.conv\.(\w+)', name):
            number = int(unit[2]) - (unit[1] == 'model_last')
            names[name] = f'label_encoder.{_LABEL[unit[1]]}.{number}.{unit[3]}'
    return names


def rename_blender(official: Iterable[str]) -> dict[str, str]:
    names = pix2pixhd.rename_generator(official)
    return {theirs: ours.replace('head.convolution', 'to_alpha') if ours.startswith('head.')
            else f'trunk.{ours}' for theirs, ours in names.items()}


def rename_mask_vae(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    halvings = max((int(found[1]) for name in official if (found := re.match(r'e(\d+)\.', name))), default=0)
    heads = dict(fc1='mean', fc2='log_variance', d1='from_latent')
    names = {}
    for name in official:
        module, _, leaf = name.partition('.')
        kind, number = re.fullmatch(r'([a-z]+)(\d+)', module).groups()
        number = int(number)
        if module in heads:
            names[name] = f'{heads[module]}.{leaf}'
        elif kind == 'e':
            names[name] = f'downs.{number - 1}.0.{leaf}'
        elif kind == 'd':
            names[name] = f'ups.{number - 2}.1.{leaf}'
        elif kind == 'bn':
            place = f'downs.{number - 1}.1' if number <= halvings else f'ups.{number - halvings - 1}.2'
            names[name] = f'{place}.{leaf}'
    return names


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    """The released code numbers the scales from the coarsest on, ours from the finest."""
    pattern = re.compile(r'scale(\d+)_layer(\d+)\.0\.(\w+)')
    found = {name: match.groups() for name in official if (match := pattern.fullmatch(name))}
    scales, layers = (max((int(place[i]) for place in found.values()), default=0) for i in (0, 1))
    return {name: f'scales.{scales - int(scale)}.' + (
        f'to_logits.{leaf}' if int(layer) == layers else f'layers.{layer}.0.{leaf}')
        for name, (scale, layer, leaf) in found.items()}


def drop_dummies(official: State) -> State:
    """The state without the running buffers of adaptive norms, which nothing reads or changes."""
    return {name: value for name, value in official.items()
            if not re.search(r'(^|\.norm\.)running_(mean|var)$', name)}


def infer_generator(official: State) -> dict:
    ours = rename_generator(official).values()

    def count(room: str) -> int:
        return len({name.split('.')[1] for name in ours if name.startswith(room)})

    stem = official['model.1.weight']
    return dict(type='MaskGANGenerator', num_classes=stem.shape[1], channels=stem.shape[0],
                num_blocks=count('style_blocks.'), num_downsamplings=count('downs.'))


def infer_discriminator(official: State) -> dict:
    names = rename_discriminator(official).values()
    first = official['scale0_layer0.0.weight']
    layers = {name.split('.')[3] for name in names if name.startswith('scales.0.layers.')}
    return dict(type='MultiScaleDiscriminator', in_channels=first.shape[1],
                num_scales=len({name.split('.')[1] for name in names}),
                discriminator=dict(type='PatchDiscriminator', channels=first.shape[0], num_layers=len(layers),
                                   spectral=False, bias_before_norm=True))


PARTS = {
    'generator': Part(('model.1.weight', 'enc_style.', 'enc_label.'), rename_generator, infer_generator,
                      GENERATORS, prepare=drop_dummies),
    'discriminator': Part(('scale0_layer0.',), rename_discriminator, infer_discriminator, DISCRIMINATORS),
}
