"""Several images judged as in one forward of the discriminator, so that all see the same spectral norm."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.instancenorm import _InstanceNorm

from ggtoolbox.structures import DiscriminatorOutput, parted

from ..layers.spectral_norm import iterations_done

Judgement = list[DiscriminatorOutput]


def judge_side_by_side(discriminator: nn.Module, images: Sequence[Tensor], condition: Tensor | None = None
                       ) -> list[Judgement]:
    """D(x) or D(x, s) of each image x (B, 3, H, W).

    In a turn in which the discriminator is frozen, images that want no gradient (the real ones) are judged
    without a graph, which spares half of its backward pass and of what that keeps. Numbers and gradients are
    those of one forward. Where images see each other in the discriminator (batch norm, running statistics),
    or it draws (dropout), it is one forward.
    """
    given = [image.requires_grad for image in images]
    frozen = not any(parameter.requires_grad for parameter in discriminator.parameters())
    apart = torch.is_grad_enabled() and any(given) and not all(given) and frozen and \
        not (condition is not None and condition.requires_grad) and _judges_each_alone(discriminator)
    if not apart:
        return _in_one(discriminator, images, condition)
    with torch.no_grad():
        constant = iter(_in_one(discriminator, [x for x in images if not x.requires_grad], condition))
    with iterations_done(discriminator):
        others = iter(_in_one(discriminator, [x for x in images if x.requires_grad], condition))
    return [next(others if wanted else constant) for wanted in given]


def _judges_each_alone(discriminator: nn.Module) -> bool:
    return not any(isinstance(module, _BatchNorm) or
                   (isinstance(module, _InstanceNorm) and module.track_running_stats) or
                   (isinstance(module, nn.modules.dropout._DropoutNd) and module.p > 0)
                   for module in discriminator.modules())


def _in_one(discriminator: nn.Module, images: Sequence[Tensor], condition: Tensor | None) -> list[Judgement]:
    conditions = () if condition is None else (torch.cat([condition] * len(images)),)
    return parted(discriminator(torch.cat(list(images)), *conditions), len(images))
