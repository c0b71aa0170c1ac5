"""X-Pix2pix, X-Fork and X-Seq as released in kregmi/cross-view-image-synthesis: Torch7 files
(``<epoch>_net_G.t7``, ``_net_D.t7``, of X-Seq also ``_net_G2``, ``_net_D2``), brought into a state dict with
the names of the papers' figures: ``e1`` .. ``e8``, ``d1`` .. ``d8``, ``c0`` ...

Their networks read and draw BGR: :func:`swap_colours` makes RGB of it.
"""
from __future__ import annotations

import re
from collections.abc import Iterable

import torch

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'XFork'
SOURCE = 'kregmi/cross-view-image-synthesis'


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    """``e2_norm.bias`` -> ``downs.1.1.bias``, ``d7_1.weight`` ->
    ``head.image_branch.0.0.deconvolution.weight``."""
    official = list(official)
    depth = max((int(found[1]) for name in official if (found := re.match(r'e(\d+)\.', name))), default=0)
    names = {}
    for name in official:
        module, _, leaf = name.rpartition('.')
        found = re.fullmatch(r'([ed])(\d+)(?:_([12]))?(_norm)?', module)
        if not found:
            continue
        number, branch, norm = int(found[2]), found[3], bool(found[4])
        if found[1] == 'e':
            place = f'downs.{number - 1}.{int(norm)}'
        elif branch:
            room = f'head.{dict(zip("12", ("image", "guide")))[branch]}_branch.{number - depth + 1}'
            place = f'{room}.deconvolution' if number == depth else \
                f'{room}.1' if norm else f'{room}.0.deconvolution'
        elif number == depth:
            place = 'to_image.deconvolution'
        else:
            place = f'ups.{number - 1}.{"norm" if norm else "upsampler.deconvolution"}'
        names[name] = f'{place}.{leaf}'
    return names


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    """``c1_norm.weight`` -> ``layers.1.1.weight``; the last convolution gives the logits."""
    found = {name: match for name in official if (match := re.fullmatch(r'c(\d+)(_norm)?\.(\w+)', name))}
    last = max((int(match[1]) for match in found.values()), default=0)
    return {name: f'to_logits.{match[3]}' if int(match[1]) == last else
            f'layers.{match[1]}.{int(bool(match[2]))}.{match[3]}' for name, match in found.items()}


def infer_generator(official: State) -> dict:
    """All inputs are taken for a source image."""
    first = official['e1.weight']
    forked = 'd7_1.weight' in official
    head = dict(head=dict(type='ForkHead', num_upsamplings=2,
                          guide_channels=official['d8_2.weight'].shape[1])) if forked else {}
    return dict(type='EncoderDecoderGenerator', source_channels=first.shape[1], channels=first.shape[0],
                num_downsamplings=sum(bool(re.fullmatch(r'e\d+\.weight', name)) for name in official),
                out_channels=official['d8_1.weight' if forked else 'd8.weight'].shape[1], **head)


def infer_discriminator(official: State) -> dict:
    first = official['c0.weight']
    layers = sum(bool(re.fullmatch(r'c\d+\.weight', name)) for name in official) - 1
    return dict(type='PatchDiscriminator', in_channels=first.shape[1], channels=first.shape[0],
                num_layers=layers, max_channels=8 * first.shape[0], padding=1, norm='batch',
                bias_before_norm=True, spectral=False)


def add_statistics(official: State) -> State:
    """Running statistics as they begin, where a norm has none: the released test never reads them."""
    norms = {name.removesuffix('weight'): value for name, value in official.items()
             if name.endswith('_norm.weight')}
    begun = {f'{norm}running_mean': torch.zeros_like(value) for norm, value in norms.items()}
    begun |= {f'{norm}running_var': torch.ones_like(value) for norm, value in norms.items()}
    return begun | official


def swap_colours(official: State) -> State:
    """RGB for BGR, at both ends: three input channels at a time of the first convolution, the output's."""
    swapped = dict(official)
    for name in ('e1.weight', 'c0.weight'):
        if name in swapped:
            swapped[name] = swapped[name].unflatten(1, (-1, 3)).flip(2).flatten(1, 2)
    for name, value in official.items():
        if re.fullmatch(r'd8(_[12])?\.(weight|bias)', name):
            swapped[name] = value.flip(1 if value.dim() == 4 else 0)
    return swapped


_GENERATOR = Part(('e1.', ('d8.', 'd8_1.')), rename_generator, infer_generator, GENERATORS,
                  prepare=add_statistics)
_DISCRIMINATOR = Part(('c0.', 'c1_norm.'), rename_discriminator, infer_discriminator, DISCRIMINATORS,
                      prepare=add_statistics)
PARTS = {'generator': _GENERATOR, 'guide_generator': _GENERATOR, 'discriminator': _DISCRIMINATOR,
         'guide_discriminator': _DISCRIMINATOR}
