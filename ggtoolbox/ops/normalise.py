"""Batch normalisation without scale and shift that keeps its result for backward instead of its input.

y = (x - mean) / s with s = sqrt(variance + eps), over the batch and all places (Ioffe and Szegedy, ICML
2015). With m(.) the mean over batch and places,

    dL/dx = (g - m(g) - y * m(g * y)) / s    for g = dL/dy

reads y alone. What follows a normalisation mostly keeps y, so that x need not be kept beside it.
"""
from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def normalise_reference(x: Tensor, eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """The plain formula; see :func:`normalise`."""
    over, count = (0, 2, 3), x.numel() // x.shape[1]
    mean, variance = x.mean(over), x.var(over, unbiased=False)
    y = (x - mean.view(1, -1, 1, 1)) / (variance.view(1, -1, 1, 1) + eps).sqrt()
    return y, mean.detach(), variance.detach() * count / (count - 1)


def normalise(x: Tensor, eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """Equal to :func:`normalise_reference` to rounding, forward and backward; layout and type are those of x.

    Args:
        x: (B, C, H, W), at least two values a channel.

    Returns:
        y; and, without a graph, mean and unbiased variance (C,), as running statistics take them.
    """
    return _Normalise.apply(x, eps)


class _Normalise(torch.autograd.Function):

    @staticmethod
    def forward(ctx, x: Tensor, eps: float):
        y, mean, scale = torch.native_batch_norm(x, None, None, None, None, True, 0.0, eps)
        ctx.save_for_backward(y, scale)
        count = x.numel() // x.shape[1]
        variance = (scale.pow(-2) - eps).clamp_(min=0) * (count / (count - 1))
        ctx.mark_non_differentiable(mean, variance)
        return y, mean, variance

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor, *_):
        y, scale = ctx.saved_tensors
        # The backward of batch norm for an input y, of which mean and deviation are 0 and 1, scaled.
        grad_x, *_ = torch.ops.aten.native_batch_norm_backward(
            grad, y, scale, None, None, torch.zeros_like(scale), torch.ones_like(scale), True, 0.0,
            (True, False, False))
        return grad_x, None
