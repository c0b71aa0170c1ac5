"""SelectionGAN for semantic image synthesis as released in Ha0Tang/SelectionGAN, ``semantic_synthesis``:
``<epoch>_net_G.pth`` and, as GauGAN's, D."""
from __future__ import annotations

from collections.abc import Iterable

from . import spade
from .conversion import State

SYSTEM = 'GauGAN'  # with another head
SOURCE = 'Ha0Tang/SelectionGAN (semantic_synthesis)'

_HEAD = {'conv_img': 'to_images', 'conv_att': 'to_attention'}


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    split = {name: name.partition('.') for name in official}
    return {**spade.rename_generator(official),
            **{name: f'head.{_HEAD[module]}.{leaf}' for name, (module, _, leaf) in split.items()
               if module in _HEAD}}


def infer_generator(official: State) -> dict:
    """As GauGAN's: all but the image size and the number of upsamplings."""
    intermediates = len(official['conv_att.bias'])
    config = spade.infer_generator(official)
    return {**config, 'out_channels': config['out_channels'] // intermediates,
            'head': dict(type='MultiChannelAttentionSelection', num_intermediates=intermediates)}


PARTS = {
    **spade.PARTS,
    'generator': spade.PARTS['generator']._replace(
        signature=(*spade.PARTS['generator'].signature, 'conv_att.weight'),
        rename=rename_generator, infer=infer_generator),
}
