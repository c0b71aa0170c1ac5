"""Semantic-aware upsampling as a registered operator: opaque to ``torch.compile``, and keeping for
backward its two inputs alone."""
from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .sau_pytorch import pytorch_upsample, pytorch_upsample_backward
from .sau_weights import (
    accumulation_dtype,
    fold_expanded,
    softmax_backward_,
    split_logits,
    unfold_expanded,
)


@torch.library.custom_op('ggtoolbox::semantic_aware_upsample', mutates_args=())
def sau_operator(x: Tensor, logits: Tensor, kernel_size: int, scale: int, window: str, groups: int,
                 normalise: bool, implementation: str) -> Tensor:
    """``semantic_aware_upsample`` by the implementation ``'pytorch'`` or ``'triton'``."""
    upsample, _ = _kernels_of(implementation)
    y = _empty_output(x, scale)
    kernels, side = split_logits(logits, kernel_size, scale, groups), kernel_size
    with torch.autocast(x.device.type, enabled=False):
        if window == 'expanded':
            kernels = kernels.to(accumulation_dtype(x))
            kernels = kernels.softmax(2) if normalise else kernels
            kernels, side = fold_expanded(kernels, kernel_size, scale)
            normalise = False
        upsample(_grouped(x, groups), kernels, side, scale, normalise, _grouped(y, groups))
    return y


@torch.library.custom_op('ggtoolbox::semantic_aware_upsample_backward', mutates_args=())
def sau_operator_backward(
    grad_y: Tensor, x: Tensor, logits: Tensor, kernel_size: int, scale: int, window: str,
    groups: int, normalise: bool, implementation: str, need_x: bool, need_logits: bool,
) -> tuple[Tensor, Tensor]:
    """Gradients of x and logits; one that is not needed comes back empty."""
    _, backward = _kernels_of(implementation)
    grad_x, grad_logits = _empty_gradients(x, logits, need_x, need_logits)
    inputs = _grouped(grad_y, groups), _grouped(x, groups)
    into_x = _grouped(grad_x, groups) if need_x else None
    kernels = split_logits(logits, kernel_size, scale, groups)
    with torch.autocast(x.device.type, enabled=False):
        if window == 'source':
            into_logits = split_logits(grad_logits, kernel_size, scale, groups) if need_logits else None
            backward(*inputs, kernels, kernel_size, scale, normalise, into_x, into_logits)
            return grad_x, grad_logits
        weights = kernels.to(accumulation_dtype(x))
        weights = weights.softmax(2) if normalise else weights
        folded, side = fold_expanded(weights, kernel_size, scale)
        grad_folded = torch.empty_like(folded) if need_logits else None
        backward(*inputs, folded, side, scale, False, into_x, grad_folded)
        if need_logits:
            grad = unfold_expanded(grad_folded, kernel_size, scale)
            grad = softmax_backward_(grad, weights, 2) if normalise else grad
            grad_logits.copy_(grad.flatten(1, 3))
    return grad_x, grad_logits


@sau_operator.register_fake
def _(x, logits, kernel_size, scale, window, groups, normalise, implementation):
    return _empty_output(x, scale)


@sau_operator_backward.register_fake
def _(grad_y, x, logits, kernel_size, scale, window, groups, normalise, implementation, need_x,
      need_logits):
    return _empty_gradients(x, logits, need_x, need_logits)


def _kernels_of(implementation: str) -> tuple[Callable, Callable]:
    if implementation == 'pytorch':
        return pytorch_upsample, pytorch_upsample_backward
    from .sau_triton import triton_upsample, triton_upsample_backward  # an optional package
    return triton_upsample, triton_upsample_backward


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
