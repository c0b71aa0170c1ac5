"""Which optimiser moves which parameters, and how."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import torch
from mmengine.model import is_model_wrapper
from mmengine.optim import DefaultOptimWrapperConstructor, OptimWrapper, OptimWrapperDict
from torch import nn

from ggtoolbox.engine.wrapped import unwrapped
from ggtoolbox.errors import InputError
from ggtoolbox.registry import OPTIM_WRAPPER_CONSTRUCTORS, OPTIM_WRAPPERS, OPTIMIZERS, nearest


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Forward passes in bfloat16 where PyTorch's autocast holds that safe; weights stay in float32.

    bfloat16 has float32's range, so that no loss is scaled, and it runs on a CPU as well (mmengine's
    ``AmpOptimWrapper``, which float16 needs, does not).
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        device = next(model.parameters()).device.type
        with super().optim_context(model), torch.autocast(device, torch.bfloat16):
            yield


def more_than_steps(model: nn.Module, wrappers: Sequence[OptimWrapper]) -> str | None:
    """What a training does between backward passes and optimisers' steps; None where nothing lies between."""
    reasons = {
        'gradients are exchanged between processes': any(map(is_model_wrapper, model.children())),
        'an optimiser wrapper does more than to step': not all(
            type(wrapper) in (OptimWrapper, BFloat16OptimWrapper) for wrapper in wrappers),
        'gradients are accumulated': any(wrapper._accumulative_counts > 1 for wrapper in wrappers),
        'gradients are clipped': any(wrapper.clip_grad_kwargs for wrapper in wrappers)}
    return next((reason for reason, holds in reasons.items() if holds), None)


@OPTIMIZERS.register_module()
class TensorFlowRMSprop(torch.optim.Optimizer):
    """RMSProp as TensorFlow 1 has it: s <- d s + (1 - d) g^2 from s = ``start``, w <- w - lr g / sqrt(s +
    eps).

    PyTorch's begins with 0 and adds epsilon to the root.
    """

    def __init__(self, params: Iterable, lr: float = 2e-4, decay: float = 0.9, eps: float = 1e-10,
                 start: float = 1.0) -> None:
        super().__init__(params, dict(lr=lr, decay=decay, eps=eps, start=start))

    @torch.no_grad()
    def step(self, closure: Callable[[], torch.Tensor] | None = None) -> torch.Tensor | None:
        """Move all parameters that have a gradient."""
        with torch.enable_grad():
            loss = None if closure is None else closure()
        for group in self.param_groups:
            for parameter in group['params']:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state['square'] = torch.full_like(parameter, group['start'])
                square = state['square'].mul_(group['decay'])
                square.addcmul_(parameter.grad, parameter.grad, value=1 - group['decay'])
                parameter.addcdiv_(parameter.grad, (square + group['eps']).sqrt(), value=-group['lr'])
        return loss


def fused(settings: dict, network: nn.Module) -> dict:
    """The settings of an optimiser, with PyTorch's fused form of it where there is one, all parameters lie on
    a device that has it, and the settings name no form (``fused``, ``foreach``, ``capturable``,
    ``differentiable``) themselves.

    The fused form updates each parameter in one pass instead of one for each term of the formula; results are
    equal to rounding. A resumed run keeps the form of its checkpoint.
    """
    kind = settings['type']
    cls = OPTIMIZERS.get(kind) if isinstance(kind, str) else kind
    forms = {'fused', 'foreach', 'capturable', 'differentiable'} & {*settings}
    able = all(p.device.type in ('cpu', 'cuda') and p.is_floating_point() for p in network.parameters())
    if forms or not able or 'fused' not in inspect.signature(cls).parameters:
        return settings
    return dict(settings, fused=True)


def lay_alike(optimiser: torch.optim.Optimizer, *_: object) -> None:
    """Give gradients and states the memory format of their parameters, before a step.

    Fused optimisers go through memory in order, whatever the strides: after a change to channels-last (a run
    that goes on with ``--fast``) each weight would otherwise meet another one's moments, without an error.
    """
    for group in optimiser.param_groups:
        for parameter in group['params']:
            if parameter.grad is not None and not _lie_alike(parameter.grad, parameter):
                parameter.grad = torch.empty_like(parameter).copy_(parameter.grad)
            state = optimiser.state.get(parameter, {})
            for name, value in state.items():
                if isinstance(value, torch.Tensor) and value.shape == parameter.shape and \
                        not _lie_alike(value, parameter):
                    state[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


def _lie_alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether the elements come in one order; the stride of a dimension of size 1 means nothing."""
    return one.stride() == other.stride() or all(
        size == 1 or a == b for size, a, b in zip(other.shape, one.stride(), other.stride()))


@OPTIM_WRAPPER_CONSTRUCTORS.register_module()
class PlayerOptimWrapperConstructor:
    """One optimiser wrapper for each player of a :class:`BaseGAN`.

    ``optim_wrapper = dict(constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=1e-4)), discriminator=...)``; an entry may hold a
    ``paramwise_cfg`` of its own, as mmengine reads it; a key of ``custom_keys`` may be a network's name.
    Optimisers are :func:`fused` where that is possible.

    Raises:
        InputError: an entry names no player of the model, or a player has no entry.
    """

    def __init__(self, optim_wrapper_cfg: dict, paramwise_cfg: dict | None = None) -> None:
        self.entries = {k: v for k, v in optim_wrapper_cfg.items() if k != 'type'}
        self.paramwise_cfg = paramwise_cfg

    def __call__(self, model: nn.Module) -> OptimWrapperDict:
        model = unwrapped(model)
        players = model.players()
        for name in self.entries:
            if name not in players:
                raise InputError(f'optim_wrapper: {type(model).__name__} has no player {name!r}'
                                 f'{nearest(name, players)} (its players: {", ".join(players)})')
        for name in players:
            if name not in self.entries:
                raise InputError(f'optim_wrapper: no entry for the player {name!r}')
        wrappers, names = {}, {id(network): name for name, network in model.named_children()}
        for name, entry in self.entries.items():
            entry = dict(entry, type=entry.get('type', 'OptimWrapper'))
            paramwise = entry.pop('paramwise_cfg', self.paramwise_cfg)
            network = nn.ModuleDict({names[id(network)]: network for network in players[name]})
            entry['optimizer'] = fused(entry['optimizer'], network)
            wrappers[name] = DefaultOptimWrapperConstructor(entry, paramwise)(network)
            if wrappers[name].optimizer.defaults.get('fused'):
                wrappers[name].optimizer.register_step_pre_hook(lay_alike)
        return OptimWrapperDict(**wrappers)
