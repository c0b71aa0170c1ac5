"""DAGAN (Ha0Tang/DAGAN)."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial

import nvlabs_training
import torch
from adapters import spade
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.converters.dagan import rename_attention
from ggtoolbox.models.generators.dagan import DAGANGenerator
from ggtoolbox.models.layers.pretrained import load_strictly

PREFIXES = ('dagan',)


def attention(case: Golden) -> dict[str, Tensor]:
    """The generator's own attentions, with the case's weights."""
    arguments, _ = DAGANGenerator.example()
    kernel_size = case.official_state['spatialAtt.conv.weight'].shape[-1]
    width = case.config['channels'][-1]
    network = DAGANGenerator(**{**arguments, 'channels': width}, spatial_kernel_size=kernel_size)
    modules = {name: getattr(network, name) for name in ('channel_attention', 'spatial_attention')}
    names = rename_attention(case.official_state)
    state = {names[theirs]: value for theirs, value in case.official_state.items()}
    load_strictly(torch.nn.ModuleDict(modules), state, case.name)
    with torch.no_grad():
        channel = network.channel_attention(case.inputs['x_tmp'], case.inputs['x'])
        spatial = network.spatial_attention(case.inputs['x'])
    return dict(channel=channel, spatial=spatial, sum=channel + spatial)


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor]]] = {
    'dagan_attention': attention,
    'generator': partial(spade.generator, family='dagan', kind='DAGANGenerator'),
    'losses': partial(nvlabs_training.losses, family='dagan', generator='DAGANGenerator'),
    'step': partial(nvlabs_training.step, family='dagan', generator='DAGANGenerator'),
}


def run(case: Golden) -> dict[str, Tensor]:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
