"""Pix2pix as released in junyanz/pytorch-CycleGAN-and-pix2pix: ``<epoch>_net_G.pth``, ``_net_D.pth``.

The same networks lie in the code of many papers that grew from it. Its state dicts tell U-Net from ResNet,
PatchGAN from PixelGAN, dropout or none and the kind of normalisation by their names alone.
"""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'Pix2pix'
SOURCE = 'junyanz/pytorch-CycleGAN-and-pix2pix'

_OUTERMOST = {'0': 'down', '3': 'up'}
_MIDDLE = {'1': 'down', '2': 'down norm', '5': 'up', '6': 'up norm'}
_INNERMOST = {'1': 'down', '3': 'up', '4': 'up norm'}


def rename_unet(official: Iterable[str]) -> dict[str, str]:
    """``model.model.1.model.3.model.1.weight`` -> ``downs.2.0.weight``: a block in a block in a block."""
    pattern = re.compile(r'model((?:\.model\.\d+)+)\.(\w+)')
    places = {name: (match[1].split('.model.')[1:], match[2])
              for name in official if (match := pattern.fullmatch(name))}
    last = max((len(path) for path, _ in places.values()), default=0) - 1
    names = {}
    for name, (path, leaf) in places.items():
        depth = len(path) - 1
        roles = _OUTERMOST if depth == 0 else _INNERMOST if depth == last else _MIDDLE
        modules = {'down': f'downs.{depth}.0', 'down norm': f'downs.{depth}.1',
                   'up': f'ups.{last - depth}.upsampler.deconvolution' if depth else 'to_image.deconvolution',
                   'up norm': f'ups.{last - depth}.norm'}
        if path[-1] in roles:
            names[name] = f'{modules[roles[path[-1]]]}.{leaf}'
    return names


def rename_resnet(official: Iterable[str]) -> dict[str, str]:
    """``model.10.conv_block.6.weight`` -> ``blocks.0.second.0.weight``: the second convolution has number 6
    behind dropout, 5 without, 4 and 3 where there is no padding layer."""
    official = list(official)
    blocks = _block_layout(official)
    first, count = min(blocks, default=10), len(blocks)
    halvings = (first - 4) // 3
    modules = {1: 'stem.0', 2: 'stem.1', first + count + 3 * halvings + 1: 'head.convolution'}
    for i in range(halvings):
        modules.update({4 + 3 * i: f'downs.{i}.0', 5 + 3 * i: f'downs.{i}.1',
                        first + count + 3 * i: f'upsamplers.{i}.deconvolution',
                        first + count + 3 * i + 1: f'norms.{i}'})
    names = {}
    for name in official:
        inner = re.fullmatch(r'model\.(\d+)\.conv_block\.(\d+)\.(\w+)', name)
        outer = re.fullmatch(r'model\.(\d+)\.(\w+)', name)
        if inner:
            layers = blocks[int(inner[1])]
            layer = layers.index(int(inner[2]))
            norms_too = len(layers) > 2
            place = ('first.0', 'first.1', 'second.0', 'second.1')[layer if norms_too else 2 * layer]
            names[name] = f'blocks.{int(inner[1]) - first}.{place}.{inner[3]}'
        elif outer and int(outer[1]) in modules:
            names[name] = f'{modules[int(outer[1])]}.{outer[2]}'
    return names


def rename_patch(official: Iterable[str]) -> dict[str, str]:
    """``model.2`` and ``model.3``, ``model.5`` and ``model.6``, ... are convolutions and norms."""
    places = {name: (int(match[1]), match[2]) for name in official
              if (match := re.fullmatch(r'model\.(\d+)\.(\w+)', name))}
    last = max((index for index, _ in places.values()), default=0)
    names = {}
    for name, (index, leaf) in places.items():
        layer, inner = divmod(index + 1, 3)
        if index in (0, last):
            names[name] = f'{"to_logits" if index else "layers.0.0"}.{leaf}'
        elif inner < 2:
            names[name] = f'layers.{layer}.{inner}.{leaf}'
    return names


def rename_pixel(official: Iterable[str]) -> dict[str, str]:
    modules = {'net.0': 'layers.0.0', 'net.2': 'layers.1.0', 'net.3': 'layers.1.1', 'net.5': 'to_logits'}
    split = {name: name.rpartition('.') for name in official}
    return {name: f'{modules[module]}.{leaf}' for name, (module, _, leaf) in split.items()
            if module in modules}


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    return (rename_unet if _is_unet(official) else rename_resnet)(official)


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    return (rename_pixel if 'net.0.weight' in official else rename_patch)(official)


def infer_generator(official: State) -> dict:
    return infer_unet(official) if _is_unet(official) else infer_resnet(official)


def infer_unet(official: State) -> dict:
    """All inputs are taken for a source image. Dropout leaves no trace: it is the released default."""
    first, last = official['model.model.0.weight'], official['model.model.3.weight']
    depth = max(name.count('model.') for name in official) - 1
    return dict(type='UNetGenerator', source_channels=first.shape[1], channels=first.shape[0],
                num_downsamplings=depth, out_channels=last.shape[1],
                **_norm_of(official, 'model.model.1.model.2'))


def infer_resnet(official: State) -> dict:
    """All inputs are taken for a source image, and padding layers for reflecting ones."""
    blocks = _block_layout(official)
    layers = next(iter(blocks.values()))
    padded, second = layers[0] == 1, layers[len(layers) // 2]
    first = official['model.1.weight']
    theirs = {ours: name for name, ours in rename_resnet(official).items()}
    return dict(type='ResNetGenerator', source_channels=first.shape[1], channels=first.shape[0],
                num_blocks=len(blocks), num_downsamplings=(min(blocks) - 4) // 3,
                dropout=0.5 if second == (6 if padded else 4) else 0.0,
                padding_mode='reflect' if padded else 'zeros',
                out_channels=len(official[theirs['head.convolution.bias']]),
                **_norm_of(official, 'model.2'))


def infer_discriminator(official: State) -> dict:
    """A vanilla discriminator's sigmoid has no weights; ours ends in front of it."""
    if 'net.0.weight' in official:
        first = official['net.0.weight']
        return dict(type='PixelDiscriminator', in_channels=first.shape[1], channels=first.shape[0],
                    **_norm_of(official, 'net.3'))
    first = official['model.0.weight']
    layers = sum(name.startswith('model.') and official[name].dim() == 4 for name in official)
    return dict(type='PatchDiscriminator', in_channels=first.shape[1], channels=first.shape[0],
                num_layers=layers - 1, max_channels=8 * first.shape[0], padding=1, spectral=False,
                bias_before_norm='model.2.bias' in official, **_norm_of(official, 'model.3'))


def _is_unet(official: Iterable[str]) -> bool:
    return 'model.model.0.weight' in official


def _block_layout(official: Iterable[str]) -> dict[int, list[int]]:
    """Number of each residual block -> numbers of its layers that hold tensors."""
    blocks: dict[int, set[int]] = {}
    for name in official:
        match = re.match(r'model\.(\d+)\.conv_block\.(\d+)\.', name)
        if match:
            blocks.setdefault(int(match[1]), set()).add(int(match[2]))
    return {block: sorted(layers) for block, layers in sorted(blocks.items())}


def _norm_of(official: State, layer: str) -> dict:
    """Batch norm has weights; instance norm has running statistics (2018) or nothing (2017)."""
    if f'{layer}.weight' in official:
        return dict(norm='batch')
    return dict(norm='instance', track_running_stats=f'{layer}.running_mean' in official)


PARTS = {
    'generator': Part((('model.model.0.weight', 'model.10.conv_block.'),), rename_generator, infer_generator,
                      GENERATORS),
    'discriminator': Part((('model.0.weight', 'net.0.weight'),), rename_discriminator, infer_discriminator,
                          DISCRIMINATORS),
}
