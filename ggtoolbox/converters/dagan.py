"""DAGAN as released in Ha0Tang/DAGAN, ``DAGAN_v1``: ``<epoch>_net_G.pth`` and, as GauGAN's, D and E."""
from __future__ import annotations

from collections.abc import Iterable

from . import spade
from .conversion import State

SYSTEM = 'GauGAN'  # DAGAN is GauGAN with another generator
SOURCE = 'Ha0Tang/DAGAN'

_MODULES = {'conv_64': 'narrow', 'cab': 'channel_attention', 'spatialAtt': 'spatial_attention'}
_LAYERS = {'conv1.': 'squeeze.', 'conv2.': 'excite.', 'conv.': 'convolution.'}


def rename_attention(official: Iterable[str]) -> dict[str, str]:
    names = {}
    for name in official:
        module, _, rest = name.partition('.')
        if module in _MODULES:
            for theirs, ours in _LAYERS.items():
                rest = rest.replace(theirs, ours)
            names[name] = f'{_MODULES[module]}.{rest}'
    return names


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    return {**spade.rename_generator(official), **rename_attention(official)}


def infer_generator(official: State) -> dict:
    """As GauGAN's: all but the image size and the number of upsamplings."""
    return {**spade.infer_generator(official), 'type': 'DAGANGenerator',
            'spatial_kernel_size': official['spatialAtt.conv.weight'].shape[-1]}


PARTS = {
    **spade.PARTS,
    'generator': spade.PARTS['generator']._replace(
        signature=(*spade.PARTS['generator'].signature, 'conv_64.', 'cab.', 'spatialAtt.'),
        rename=rename_generator, infer=infer_generator),
}
