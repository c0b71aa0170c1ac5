"""Optimisers that move each parameter as soon as its gradient is complete, and let the gradient go.

So the gradients of a network never exist all at once, which is as much memory as the network takes. Where a
gradient is complete nothing else in the backward pass reads its parameter, and Adam and its like move each
parameter by its own gradient alone: the numbers are those of a step at the end.
"""
from __future__ import annotations

from functools import partial

from mmengine.logging import print_log
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn

from ggtoolbox.finite import all_finite
from ggtoolbox.models.gans.base import BaseGAN

from .optimisers import more_than_steps


def step_in_backward(model: BaseGAN, wrappers: OptimWrapperDict | OptimWrapper) -> bool:
    """Let the optimisers step inside of backward passes, where each gradient is used as it is.

    A gradient that is not finite stays for :class:`~ggtoolbox.models.gans.watch.StepWatch` to find: the run
    ends with the same sentence, but other parameters have been moved. On a GPU each gradient is waited for.
    Where steps may be left out, all gradients stay.

    Returns:
        Whether it can be done; if not, the log says why.
    """
    wrappers = list(wrappers.values()) if isinstance(wrappers, OptimWrapperDict) else [wrappers]
    if reason := more_than_steps(model, wrappers):
        print_log(f'step_in_backward: left out, since {reason}', 'current')
        return False
    for wrapper in wrappers:
        for number, group in enumerate(wrapper.optimizer.param_groups):
            for parameter in group['params']:
                parameter.register_post_accumulate_grad_hook(partial(_step, model, wrapper, number))
    return True


def _step(model: BaseGAN, wrapper: OptimWrapper, number: int, parameter: nn.Parameter) -> None:
    optimiser = wrapper.optimizer
    if model.watch.skip_steps or not all_finite([parameter.grad]):
        return
    groups = optimiser.param_groups
    optimiser.param_groups = [dict(groups[number], params=[parameter])]
    try:
        optimiser.step()
    finally:
        optimiser.param_groups = groups
    parameter.grad = None
