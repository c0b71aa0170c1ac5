"""SelectionGAN and SelectionGAN++ as released in Ha0Tang/SelectionGAN, ``selectiongan_v1`` and ``_v2``:
``<epoch>_net_Gi.pth``, ``_net_Gs.pth``, ``_net_Ga.pth`` and ``_net_D.pth``.

Gi and Gs hold each tensor of their inner blocks twice. Ga holds ``conv330``, which nothing uses: our
network has no place for it, so that its 326,810 parameters are missing from what the papers count.
"""
from __future__ import annotations

from collections.abc import Iterable

import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators.selectiongan import SelectionStage
from ggtoolbox.registry import GENERATORS, Registry

from . import pix2pix
from .conversion import Part, State

SYSTEM = 'SelectionGAN'
SOURCE = 'Ha0Tang/SelectionGAN'
STAGES = Registry('selection stage', "SelectionGAN's second stage, the official Ga.", ())
STAGES.register_module(module=SelectionStage)

_FIRST_COPY, _SECOND_COPY = 'model.submodule.', 'model.model.0.'
_NESTED = {'model.down.0.': 'model.model.0.', _FIRST_COPY: 'model.model.1.', 'model.up.0.': 'model.model.3.'}
_STAGE = {'deconvolution_1': 'upsampler.deconvolution', 'conv440': 'head.multi_scale.convolution',
          'model_image': 'head.to_images', 'model_attention': 'head.to_attention',
          'convolution_for_attention': 'head.to_uncertainty', 'sc': 'head.multi_scale.channel_selection'}
_SCALES = {4: (1, 4, 9)}  # by how many times wider the wide convolution's input is


def drop_second_copies(official: State) -> State:
    """The U-Net's inner blocks once; which copy there is does not matter.

    Raises:
        InputError: two copies differ.
    """
    once = {}
    for name, value in official.items():
        first = _FIRST_COPY + name.removeprefix(_SECOND_COPY) if name.startswith(_SECOND_COPY) else name
        if first in once and not torch.equal(once[first], value):
            raise InputError(f'{name!r} must equal {first!r}, of which it is the second copy in released '
                             'files, found other values')
        once[first] = value
    return once


def nested(official: Iterable[str]) -> dict[str, str]:
    """Names of this U-Net -> those of pix2pix's, whose outermost block is nested like all others."""
    return {name: theirs + name.removeprefix(ours) for name in official for ours, theirs in _NESTED.items()
            if name.startswith(ours)}


def rename_unet(official: Iterable[str]) -> dict[str, str]:
    outer = nested(official)
    inner = pix2pix.rename_unet(outer.values())
    return {name: inner[theirs] for name, theirs in outer.items() if theirs in inner}


def rename_stage(official: Iterable[str]) -> dict[str, str]:
    split = {name: name.rpartition('.') for name in official}
    return {name: f'{_STAGE[module]}.{leaf}' for name, (module, _, leaf) in split.items()
            if module in _STAGE}


def infer_unet(official: State) -> dict:
    names = nested(official)
    return pix2pix.infer_unet({names[name]: value for name, value in official.items() if name in names})


def infer_stage(official: State) -> dict:
    """All but the scales of the pooling, of which only the number shows."""
    features, channels, scale, _ = official['deconvolution_1.weight'].shape
    width, wide = official['conv440.weight'].shape[:2]
    intermediates, images = (len(official[f'model_{kind}.bias']) for kind in ('attention', 'image'))
    maps = len(official['convolution_for_attention.bias'])
    return dict(
        type='SelectionStage', in_channels=features, image_channels=width - channels, scale=scale,
        channels=channels, out_channels=images // intermediates,
        head=dict(type='MultiChannelAttentionSelection', num_intermediates=intermediates,
                  uncertainty='shared' if maps == 1 else maps,
                  pooling_scales=_SCALES.get(wide // width, (1,) * (wide // width - 1)),
                  channel_selection='sc.gamma' in official, pre_activation=None))


def reads_an_image(official: State) -> bool:
    """Gs reads an image; Gi, of the same names, an image and a guide."""
    return official['model.down.0.weight'].shape[1] == 3


_UNET = Part(('model.down.0.weight', 'model.up.0.weight'), rename_unet, infer_unet, GENERATORS,
             prepare=drop_second_copies)
PARTS = {
    'generator.image_generator': _UNET._replace(accepts=lambda official: not reads_an_image(official)),
    'generator.semantic_generator': _UNET._replace(accepts=reads_an_image),
    'generator.selection_stage': Part(('deconvolution_1.weight', 'conv440.weight', 'model_attention.weight'),
                                      rename_stage, infer_stage, STAGES),
    'discriminator': pix2pix.PARTS['discriminator'],
}
