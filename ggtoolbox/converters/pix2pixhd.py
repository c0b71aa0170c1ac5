"""pix2pixHD's generators: ``<epoch>_net_G.pth`` of NVlabs/SPADE (``--netG pix2pixhd``) and of the guided
variants in Ha0Tang/SelectionGAN; their discriminators are GauGAN's.

The layout of NVIDIA/pix2pixHD (``GlobalGenerator``, ``LocalEnhancer``) is understood as well. It is written
down from the paper's network and that code's structure, and has not been tried on a released file.
"""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import GENERATORS

from . import spade
from .conversion import Part, State

SYSTEM = 'Pix2pixHD'
SOURCE = 'NVlabs/SPADE'


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    """All layouts are sequences: first convolution, halvings, blocks, doublings, last convolution.

    They differ in whether a norm is numbered inside its convolution's place or after it. ``model`` is the
    global generator, ``model<n>_1`` and ``model<n>_2`` are the two halves of the n-th enhancer.
    """
    trunks: dict[int, list[str]] = {}
    official = list(official)
    for module in sorted({name.rpartition('.')[0] for name in official}, key=_numbers):
        if re.match(r'model(\d+_[12])?\.\d', module):
            trunks.setdefault(0 if module.startswith('model.') else _numbers(module)[0], []).append(module)
    norms = {name.rpartition('.')[0] for name in official if name.endswith('.running_mean')}
    modules = {}
    for number, members in trunks.items():
        prefix = f'enhancers.{number - 1}.' if number else 'global_generator.' if len(trunks) > 1 else ''
        modules.update({theirs: prefix * (not ours.startswith('head.')) + ours
                        for theirs, ours in _trunk(members, norms).items()})
    return {name: f'{modules[module]}.{leaf}' for name in official
            for module, _, leaf in [name.rpartition('.')] if module in modules}


def _numbers(module: str) -> list[int]:
    return [int(number) for number in re.findall(r'\d+', module)]


def _trunk(modules: list[str], norms: set[str]) -> dict[str, str]:
    """Official module -> ours, of one :class:`ResidualTrunk` and the head behind it, in order."""
    places = [index for index, module in enumerate(modules) if 'conv_block' in module]
    if not places:
        return {}
    before, blocks, after = modules[:places[0]], modules[places[0]:places[-1] + 1], modules[places[-1] + 1:]
    halvings = sum(module not in norms for module in before) - 1
    roles = {module: 'stem' if number == 0 else f'downs.{number - 1}'
             for number, module in _count(before, norms)}
    for number, module in _count(blocks, norms):
        roles[module] = f'blocks.{number // 2}.{("first", "second")[number % 2]}'
    ours = {module: f'{role}.{int(module in norms)}' for module, role in roles.items()}
    for number, module in _count(after, norms):
        doubling = f'norms.{number}' if module in norms else f'upsamplers.{number}.deconvolution'
        ours[module] = doubling if number < halvings else 'head.convolution'
    return ours


def _count(modules: list[str], norms: set[str]) -> list[tuple[int, str]]:
    """Each module with the number of its convolution; a norm has that of the one in front of it."""
    number, counted = -1, []
    for module in modules:
        number += module not in norms
        counted.append((number, module))
    return counted


def infer_generator(official: State) -> dict:
    """All but how many of the input's channels are classes: they are taken for classes."""
    names = rename_generator(official)
    ours = {name: official[theirs] for theirs, name in names.items()}
    enhanced = any(name.startswith('enhancers.') for name in ours)
    prefix = 'global_generator.' if enhanced else ''
    shapes = {name.removeprefix(prefix).removesuffix('_orig'): value.shape for name, value in ours.items()}
    stem, block = shapes['stem.0.weight'], shapes['blocks.0.first.0.weight']
    if 'stem.1.running_mean' in shapes:  # before PyTorch 0.4, instance norm had such statistics, too
        norm = 'batch' if 'stem.1.weight' in shapes else 'instance'
    else:  # NVlabs/SPADE numbers a convolution that has a norm inside its place, model.1.0
        bare = any(name.startswith('model.1.weight') for name in official)
        norm = None if bare and any('.conv_block.4.' in name for name in official) else 'instance'
    network = dict(
        type='Pix2pixHDGenerator', num_classes=stem[1], channels=stem[0], norm=norm,
        num_blocks=_length(shapes, 'blocks.'), num_downsamplings=_length(shapes, 'downs.'),
        bias_before_norm=norm is not None and 'stem.0.bias' in shapes,
        spectral=f'{prefix}stem.0.weight_orig' in ours, kernel_size=block[-1], stem_kernel_size=stem[-1])
    if not enhanced:
        return dict(network, out_channels=shapes['head.convolution.bias'][0])
    return dict(type='LocalEnhancer', global_generator=network, num_enhancers=_length(ours, 'enhancers.'),
                num_blocks=_length([name.removeprefix('enhancers.0.') for name in ours], 'blocks.'),
                out_channels=len(ours['head.convolution.bias']))


def _length(names: Iterable[str], room: str) -> int:
    return len({name.split('.')[1] for name in names if name.startswith(room)})


PARTS = {
    'generator': Part(('model.1.',), rename_generator, infer_generator, GENERATORS),
    'discriminator': spade.PARTS['discriminator'],
}
