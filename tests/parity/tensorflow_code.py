"""What the transcribed cases of Torch7's and TensorFlow's code bases have in common."""
from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from golden import Golden
from torch import Tensor, nn

from ggtoolbox.converters.conversion import Conversion, convert


def state_of(case: Golden, prefix: str) -> dict[str, Tensor]:
    """The part of a case's state that begins with ``prefix``, without it."""
    return {name.removeprefix(prefix): value for name, value in case.official_state.items()
            if name.startswith(prefix)}


def fill(case: Golden, network: nn.Module, family: str, part: str, prefix: str = '') -> Conversion:
    """Fill ``network`` strictly; gives the mapping of names."""
    conversion = convert(family, state_of(case, prefix), part, network)
    conversion.check(case.name)
    network.load_state_dict(conversion.state)
    return conversion


def first_adam(parameters: Iterable[nn.Parameter], options: dict) -> torch.optim.Adam:
    """Adam as Torch7 and TensorFlow have it, in its first step: epsilon joins the uncorrected root."""
    beta1, beta2 = options.get('betas') or (options['beta1'], options['beta2'])
    return torch.optim.Adam(parameters, lr=options['lr'], betas=(beta1, beta2),
                            eps=options['epsilon'] / math.sqrt(1 - beta2))


def after_step(moved: dict[str, Tensor], before: dict[str, Tensor], gradients: dict[str, Tensor],
               rate: float) -> dict[str, Tensor]:
    """``gradnorm``, ``sumsq`` and ``delta`` of the watched tensors, by official names."""
    results = {}
    for name, value in moved.items():
        new = value.detach().double()
        results[f'sumsq.{name}'] = new.square().sum()
        results[f'delta.{name}'] = (new - before[name].double()).abs().mean() / rate
        if name in gradients:
            results[f'gradnorm.{name}'] = gradients[name].double().norm()
    return results
