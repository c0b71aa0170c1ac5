"""Numbers that are not finite are stopped before they reach the weights."""
from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from mmengine.logging import print_log
from mmengine.optim import OptimWrapper
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.finite import all_finite, listed, not_finite

if TYPE_CHECKING:
    from .base import BaseGAN


class StepWatch:
    """Looks at a player's losses, gradients and parameters before each of its steps.

    A number that is not finite ends the run with the names of what holds it, or, with ``skip_steps``, leaves
    the step out: weights, optimiser and buffers (running statistics, spectral vectors) are as they were
    before the turn. Processes agree, because gradients are exchanged before they are looked at. An optimiser
    wrapper that scales losses (``AmpOptimWrapper``) leaves out steps by itself while it looks for its scale;
    they count only where a scale of 1 or less, or one that never changes, shows that it is not to blame.

    Args:
        skip_steps: how many steps in a row a player may leave out; the next one ends the run.
    """

    def __init__(self, skip_steps: int = 0) -> None:
        if not isinstance(skip_steps, int) or isinstance(skip_steps, bool) or skip_steps < 0:
            raise InputError(f'skip_steps: expected a number of steps, 0 or more, found {skip_steps!r}')
        self.skip_steps = skip_steps
        self.skipped: dict[str, int] = {}  # player -> steps left out since its last one
        self._bad_losses: list[str] = []
        self._buffers: dict[str, Tensor] = {}
        self._scale_to_blame = False

    def begin(self, model: BaseGAN) -> None:
        """Before a turn: keep what a step that is left out must not change."""
        self._bad_losses = []
        if self.skip_steps:
            self._buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}

    def check_losses(self, model: BaseGAN, turn: str, losses: dict[str, Tensor]) -> None:
        """Raise :class:`FloatingPointError` with the names of terms that are not finite, or remember them."""
        if not losses:
            raise InputError(f'losses: the {turn} has no term to learn from in iteration {model.iteration}; '
                             'expected one that is neither None nor still to come (LateLossHook)')
        finite = torch.isfinite(torch.stack([term.detach().float() for term in losses.values()]))
        if finite.all():
            return
        names = [name for name, good in zip(losses, finite.tolist()) if not good]
        if not self.skip_steps:
            raise FloatingPointError(f'iteration {model.iteration}: {bad_loss(names, turn)}')
        self._bad_losses += [name for name in names if name not in self._bad_losses]

    def update(self, model: BaseGAN, turn: str, wrapper: OptimWrapper, total: Tensor) -> bool:
        """As ``wrapper.update_params(total)``, but for a step that would not be finite.

        Returns:
            False if the step was left out.

        Raises:
            FloatingPointError: it may not be left out.
        """
        if self._bad_losses:
            total = total * float('nan')  # so that all processes see it in their gradients
        wrapper.backward(wrapper.scale_loss(total))
        if not wrapper.should_update():
            return True
        fault = self._fault(model, turn, wrapper)
        if fault is None or getattr(wrapper, 'loss_scaler', None) is not None:
            wrapper.step()  # a scaler leaves out by itself what is not finite, and lowers its scale
        wrapper.zero_grad()
        if fault is None or self._scale_to_blame:
            return True
        self._leave_out(model, model.extra_turns.get(turn, turn), f'iteration {model.iteration}: {fault}')
        return False

    def _fault(self, model: BaseGAN, turn: str, wrapper: OptimWrapper) -> str | None:
        """What is not finite; None where all is."""
        parameters = [p for group in wrapper.optimizer.param_groups for p in group['params']]
        self._scale_to_blame = False
        if not self._bad_losses and all_finite([*parameters, *(p.grad for p in parameters)]):
            self.skipped[model.extra_turns.get(turn, turn)] = 0
            return None
        names = {id(p): name.replace('.module.', '.') for name, p in model.named_parameters()}
        named = {names.get(id(p), f'parameter {i} of its optimiser'): p for i, p in enumerate(parameters)}
        if bad := not_finite(named):
            raise FloatingPointError(f'iteration {model.iteration}: {bad_parameter(bad, turn)}')
        if self._bad_losses:
            return bad_loss(self._bad_losses, turn)
        bad = not_finite({name: p.grad for name, p in named.items()})
        self._scale_to_blame = _smaller_scale_comes(wrapper)
        return bad_gradient(bad, turn)

    def _leave_out(self, model: BaseGAN, player: str, fault: str) -> None:
        count = self.skipped[player] = self.skipped.get(player, 0) + 1
        if count > self.skip_steps:
            after = f', after {self.skip_steps} steps in a row that were left out' if self.skip_steps else ''
            raise FloatingPointError(fault + after)
        for name, buffer in model.named_buffers():
            if name in self._buffers:
                buffer.data.copy_(self._buffers[name])
        print_log(f'{fault}; this step is left out, {count} of at most {self.skip_steps} in a row', 'current')


def bad_loss(names: list[str], turn: str) -> str:
    """What is said of terms that are not finite."""
    return f'the loss {", ".join(names)} of the {turn} is not finite'


def bad_parameter(names: list[str], turn: str) -> str:
    """What is said of parameters that are not finite."""
    return (f'{listed(names)} of the {turn} is not finite after the step before; a lower learning rate may '
            'help')


def bad_gradient(names: list[str], turn: str) -> str:
    """What is said of gradients that are not finite."""
    return f'the gradient of {listed(names)} in the turn of the {turn} is not finite, though its losses are'


def _smaller_scale_comes(wrapper: OptimWrapper) -> bool:
    """Whether a smaller scale of the losses may make the gradient finite, and is tried next."""
    scaler = getattr(wrapper, 'loss_scaler', None)
    return scaler is not None and wrapper._scale_update_param is None and scaler.get_scale() > 1
