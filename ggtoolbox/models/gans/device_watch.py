"""Numbers that are not finite are kept from the weights by the device itself, which nobody waits for."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
from mmengine.optim import OptimWrapper
from torch import Tensor

from ggtoolbox.errors import InputError

from .watch import StepWatch, bad_gradient, bad_loss, bad_parameter

if TYPE_CHECKING:
    from .base import BaseGAN


class _Look(NamedTuple):
    """What was looked at in one turn: the largest magnitude of each term, parameter and gradient."""

    turn: str
    terms: list[str]
    parameters: list[str]  # that have a gradient
    sizes: Tensor


class DeviceWatch(StepWatch):
    """A :class:`StepWatch` for turns that are recorded once and replayed: what it finds is read afterwards.

    Fused optimisers leave a step out by themselves where ``found_inf`` is not 0; it is set, on the device, as
    soon as a term, a parameter or a gradient of the turn is not finite, and stays so for the turns after it.
    So :meth:`check` ends the run as a :class:`StepWatch` would have done, with the same weights.
    """

    def __init__(self) -> None:
        super().__init__()
        self.looks: list[_Look] = []
        self._found: Tensor | None = None
        self._terms: dict[str, Tensor] = {}

    def begin(self, model: BaseGAN) -> None:
        """Nothing: no step is left out and gone on from."""

    def check_losses(self, model: BaseGAN, turn: str, losses: dict[str, Tensor]) -> None:
        """Keep the terms for :meth:`update`."""
        if not losses:
            raise InputError(f'losses: the {turn} has no term to learn from; expected one')
        self._terms = {name: term.detach().float() for name, term in losses.items()}

    def update(self, model: BaseGAN, turn: str, wrapper: OptimWrapper, total: Tensor) -> bool:
        """As ``wrapper.update_params(total)``; on the device nothing moves where a number is not finite."""
        wrapper.backward(wrapper.scale_loss(total))
        names = {id(p): name for name, p in model.named_parameters()}
        moved = [p for group in wrapper.optimizer.param_groups for p in group['params'] if p.grad is not None]
        named = [names.get(id(p), f'parameter {i} of its optimiser') for i, p in enumerate(moved)]
        sizes = torch._foreach_norm([*moved, *(p.grad for p in moved)], math.inf)
        look = torch.cat([torch.stack(list(self._terms.values())).flatten(), torch.stack(sizes).float()])
        found = (~torch.isfinite(look).all()).float()
        self._found = found if self._found is None else torch.maximum(self._found, found)
        self.looks.append(_Look(turn, list(self._terms), named, look))
        wrapper.optimizer.found_inf = self._found
        try:
            wrapper.step()
        finally:
            del wrapper.optimizer.found_inf
        wrapper.zero_grad()
        return True

    def check(self, iteration: int) -> None:
        """Wait for the device and read what it found.

        Raises:
            FloatingPointError: with the names of what is not finite, as of a :class:`StepWatch`.
        """
        if not self._found.item():
            return
        for look in self.looks:
            names = (look.parameters, look.terms, look.parameters)
            terms, parameters, gradients = torch.isfinite(look.sizes).split(
                [len(look.terms), len(look.parameters), len(look.parameters)])
            for said, named, finite in zip((bad_parameter, bad_loss, bad_gradient), names,
                                           (parameters, terms, gradients)):
                if bad := [name for name, good in zip(named, finite.tolist()) if not good]:
                    raise FloatingPointError(f'iteration {iteration}: {said(bad, look.turn)}')
