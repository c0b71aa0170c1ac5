"""Semantic-aware upsampling as a registered operator: opaque to ``torch.compile``, and keeping for
backward its two inputs alone."""
from __future__ import annotations

import torch
from torch import Tensor

from .sau_weights import fold_expanded, kernel_weights, unfold_expanded
from .window_sum import window_sum, window_sum_backward


@torch.library.custom_op('ggtoolbox::semantic_aware_upsample', mutates_args=())
def sau_operator(x: Tensor, logits: Tensor, kernel_size: int, scale: int, window: str, groups: int,
                 normalise: bool, implementation: str) -> Tensor:
    """``semantic_aware_upsample`` by the named implementation."""
    y = _empty_output(x, scale)
    with torch.autocast(x.device.type, enabled=False):
        weights, side = kernel_weights(x, logits, kernel_size, scale, groups, normalise), kernel_size
        if window == 'expanded':
            weights, side = fold_expanded(weights, kernel_size, scale)
        window_sum(_grouped(x, groups), weights, side, scale, _grouped(y, groups))
    return y


@torch.library.custom_op('ggtoolbox::semantic_aware_upsample_backward', mutates_args=())
def sau_operator_backward(
    grad_y: Tensor, x: Tensor, logits: Tensor, kernel_size: int, scale: int, window: str,
    groups: int, normalise: bool, implementation: str, need_x: bool, need_logits: bool,
) -> tuple[Tensor, Tensor]:
    """Gradients of x and logits; one that is not needed comes back empty."""
    grad_x, grad_logits = _empty_gradients(x, logits, need_x, need_logits)
    with torch.autocast(x.device.type, enabled=False):
        weights = kernel_weights(x, logits, kernel_size, scale, groups, normalise)
        folded, side = weights, kernel_size
        if window == 'expanded':
            folded, side = fold_expanded(weights, kernel_size, scale)
        grad_weights = torch.empty_like(folded) if need_logits else None
        window_sum_backward(_grouped(grad_y, groups), _grouped(x, groups), folded, side, scale,
                            _grouped(grad_x, groups) if need_x else None, grad_weights)
        if need_logits:
            if window == 'expanded':
                grad_weights = unfold_expanded(grad_weights, kernel_size, scale)
            if normalise:
                mean = (grad_weights * weights).sum(2, keepdim=True)
                grad_weights.sub_(mean).mul_(weights)
            grad_logits.copy_(grad_weights.flatten(1, 3))
    return grad_x, grad_logits


@sau_operator.register_fake
def _(x, logits, kernel_size, scale, window, groups, normalise, implementation):
    return _empty_output(x, scale)


@sau_operator_backward.register_fake
def _(grad_y, x, logits, kernel_size, scale, window, groups, normalise, implementation, need_x,
      need_logits):
    return _empty_gradients(x, logits, need_x, need_logits)


def _empty_output(x: Tensor, scale: int) -> Tensor:
    batch, channels, height, width = x.shape
    channels_last = x.is_contiguous(memory_format=torch.channels_last) and not x.is_contiguous()
    return torch.empty(
        (batch, channels, scale * height, scale * width), dtype=x.dtype, device=x.device,
        memory_format=torch.channels_last if channels_last else torch.contiguous_format)


def _empty_gradients(x: Tensor, logits: Tensor, need_x: bool,
                     need_logits: bool) -> tuple[Tensor, Tensor]:
    return (torch.empty_like(x) if need_x else x.new_empty(0),
            torch.empty_like(logits) if need_logits else logits.new_empty(0))


def _grouped(x: Tensor, groups: int) -> Tensor:
    return x.unflatten(1, (groups, -1))


def _setup_context(ctx, inputs, output) -> None:
    x, logits, *ctx.options = inputs
    ctx.save_for_backward(x, logits)


def _backward(ctx, grad_y: Tensor) -> tuple[Tensor | None, ...]:
    need_x, need_logits = ctx.needs_input_grad[:2]
    grad_x, grad_logits = sau_operator_backward(
        grad_y, *ctx.saved_tensors, *ctx.options, need_x, need_logits)
    return (grad_x if need_x else None, grad_logits if need_logits else None,
            *[None] * len(ctx.options))


sau_operator.register_autograd(_backward, setup_context=_setup_context)
