"""Convolution of a map with few distinct pixels, once for each distinct neighbourhood.

A map that holds one of N rows at each pixel (a one-hot layout; what a convolution makes of one) has few
distinct k x k neighbourhoods. Each of the k * k taps multiplies one of the N rows: all products are made once
((N, C) x (C, k*k*O)), and a neighbourhood adds up k * k of them. The result is a row for each distinct
neighbourhood, so that the next convolution goes on from there.

    backward   the gradients of the neighbourhoods that read a product are added up to the product's own, then
               (N, k*k*O) x (k*k*O, C) for the rows and (C, N) x (N, k*k*O) for the weights

Some output channels are taken at a time, so that products stay in the cache; none are kept for backward.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from .neighbourhoods import Neighbourhoods

# A look-up and addition costs as much as so many multiplications and additions of a convolution.
_LOOK_UP_COST = 6
_LEAST_GAIN = 1.15  # of what the rule counts, for what it does not
_FEWEST_PIXELS = 512

_PRODUCT_BYTES = 4 << 20  # of the products that exist at a time
_CHANNELS_AT_ONCE = 32  # or a multiple of it: products of a ragged width run at two thirds of the rate


def neighbourhood_convolution_reference(rows: Tensor, ids: Tensor, weight: Tensor,
                                        bias: Tensor | None = None) -> Tensor:
    """The plain formula: lay the map out (B, H, W), convolve it; zero padding k // 2 -> (B, O, H, W)."""
    return F.conv2d(rows[ids].movedim(-1, 1), weight, bias, padding=weight.shape[-1] // 2)


def neighbourhood_convolution(rows: Tensor, neighbourhoods: Neighbourhoods, weight: Tensor,
                              bias: Tensor | None = None) -> Tensor:
    """At a pixel with neighbourhood u, row u equals :func:`neighbourhood_convolution_reference` to rounding,
    forward and backward.

    Args:
        rows: (N, C), what a pixel of each integer holds.
        neighbourhoods: of the map of integers.
        weight: (O, C, k, k).
        bias: (O,).

    Returns:
        (U, O), differentiable once. Under autocast products are of its type.
    """
    kind = rows.device.type
    if not torch.is_autocast_enabled(kind):
        return _NeighbourhoodConvolution.apply(rows, weight, bias, neighbourhoods)
    dtype = torch.get_autocast_dtype(kind)
    with torch.autocast(kind, enabled=False):
        bias = None if bias is None else bias.to(dtype)
        return _NeighbourhoodConvolution.apply(rows.to(dtype), weight.to(dtype), bias, neighbourhoods)


def neighbourhoods_pay(pixels: int, below: int, distinct: int, channels: int) -> bool:
    """Whether :func:`neighbourhood_convolution` is faster than the convolution of the map, by
    ``benchmarks/spade_neighbourhoods.py``.

    Args:
        pixels: of the map, B * H * W.
        below: N, distinct pixels, of each of which all products are made.
        distinct: U, distinct neighbourhoods, each of which adds some up.
        channels: C, multiplications a product.
    """
    work = below * channels + _LOOK_UP_COST * (distinct + pixels / 9)
    return pixels >= _FEWEST_PIXELS and _LEAST_GAIN * work < pixels * channels


class _NeighbourhoodConvolution(torch.autograd.Function):

    @staticmethod
    def forward(ctx, rows: Tensor, weight: Tensor, bias: Tensor | None,
                neighbourhoods: Neighbourhoods) -> Tensor:
        ctx.save_for_backward(rows, weight)
        ctx.neighbourhoods, ctx.has_bias = neighbourhoods, bias is not None
        result = rows.new_empty(neighbourhoods.count, len(weight))
        for some in _some_channels(rows, weight):
            kernel = _kernel(weight[some])
            taps = kernel.shape[1] // len(weight[some])
            products = rows.new_empty(len(rows) * taps + 1, len(weight[some]))
            products[-1] = 0
            torch.mm(rows, kernel, out=products[:-1].view(len(rows), -1))
            result[:, some] = F.embedding_bag(neighbourhoods.look_ups, products, mode='sum')
        return result if bias is None else result.add_(bias)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor):
        rows, weight = ctx.saved_tensors
        grad_rows = torch.zeros_like(rows) if ctx.needs_input_grad[0] else None
        grad_weight = torch.empty_like(weight)
        for some in _some_channels(rows, weight):
            products = ctx.neighbourhoods.groups.sum(grad[:, some].contiguous()).view(len(rows), -1)
            if grad_rows is not None:
                grad_rows.addmm_(products, _kernel(weight[some]).t())
            of_kernel = torch.mm(rows.t(), products).view(rows.shape[1], *weight.shape[2:], -1)
            grad_weight[some] = of_kernel.permute(3, 0, 1, 2)
        return grad_rows, grad_weight, grad.sum(0) if ctx.has_bias else None, None


def _some_channels(rows: Tensor, weight: Tensor) -> list[slice]:
    """Output channels, as many at a time as keep their products small."""
    bytes_a_channel = len(rows) * weight[0, 0].numel() * rows.element_size()
    count = max(1, _PRODUCT_BYTES // bytes_a_channel // _CHANNELS_AT_ONCE) * _CHANNELS_AT_ONCE
    return [slice(start, start + count) for start in range(0, len(weight), count)]


def _kernel(weight: Tensor) -> Tensor:
    """(O, C, k, k) -> (C, k * k * O)."""
    return weight.permute(1, 2, 3, 0).reshape(weight.shape[1], -1)
