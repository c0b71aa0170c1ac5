"""3 x 3 convolutions with less than half of the multiplications (Lavin and Gray, Fast Algorithms for
Convolutional Neural Networks, CVPR 2016, section 4.1: F(2x2, 3x3)).

A tile of 2 x 2 outputs, which reads the 4 x 4 inputs d, is by equation 8

    Y = A^T [sum over channels of (G g G^T) * (B^T d B)] A

with a kernel g and products by entry: 16 multiplications for each pair of channels where the plain formula
has 36. Over all tiles and channels the products of one entry are a matrix product, so that 16 of them do
the work. Its gradients are the transposed steps: with dM = A dY A^T,

    dL/dd = B (dM U^T) B^T,    dL/dg = G^T (V^T dM) G,    V = B^T d B,    U = G g G^T.

All constants of A and B are 0 and 1, of G also 1/2: rounding is that of the plain formula. What the steps
around the products cost grows with the channels, what they save with their square: hence
:func:`winograd_pays`, whose numbers ``benchmarks/winograd_convolution.py`` measured.
"""
from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from .recording import is_recorded

LEAST_CHANNELS = 192
LEAST_TILES = 128
TILES_AT_ONCE = 1024  # their transformed maps stay in a cache, and take no memory that counts

_G = torch.tensor([[1, 0, 0], [.5, .5, .5], [.5, -.5, .5], [0, 0, 1]], dtype=torch.float64)


def winograd_pays(x: Tensor, weight: Tensor, padding: int) -> bool:
    """Whether :func:`winograd_convolution` can compute this convolution and is faster.

    On a CPU in float32, outputs of even sides with 128 tiles or more, and a harmonic mean of the channels on
    both sides of 192 or more.

    Args:
        x: (B, C, H, W).
        weight: (channels, C, kh, kw) of a convolution of stride and dilation 1 and one group.
        padding: zeros on each side.
    """
    if x.device.type != 'cpu' or is_recorded() or torch.compiler.is_compiling():
        return False
    if x.dtype != torch.float32 or weight.dtype != x.dtype or torch.is_autocast_enabled('cpu'):
        return False
    (height, width), (after, before) = (tuple(n + 2 * padding - 2 for n in x.shape[2:]), weight.shape[:2])
    return (weight.shape[2:] == (3, 3) and 2 * before * after >= LEAST_CHANNELS * (before + after)
            and min(height, width) > 0 and height % 2 == width % 2 == 0
            and x.shape[0] * height * width >= 4 * LEAST_TILES)


def winograd_convolution(x: Tensor, weight: Tensor, bias: Tensor | None, padding: int) -> Tensor:
    """``F.conv2d(x, weight, bias, padding=padding)`` for 3 x 3 kernels, to rounding, whatever pays.

    A backward pass that is to be differentiated itself is the plain one.

    Args:
        x: (B, C, H, W), H + 2 padding and W + 2 padding even.
        weight: (channels, C, 3, 3).

    Returns:
        y (B, channels, h, w), in the layout of x.
    """
    return _Winograd.apply(x, weight, bias, padding)


class _Winograd(torch.autograd.Function):

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor | None, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.padding = padding
        padded, kernels = _padded(x, padding), _transformed_kernels(weight)
        batch, height, width, _ = padded.shape
        y = padded.new_empty(batch, height - 2, width - 2, len(weight))
        for pictures, rows in _blocks(batch, height // 2 - 1, width // 2 - 1):
            tiles = _transform_inputs(padded[pictures, 2 * rows.start:2 * rows.stop + 2])
            products = torch.bmm(_by_entry(tiles), kernels.transpose(1, 2))
            _sum_outputs(products.view(*tiles.shape[:-1], -1), y[pictures, 2 * rows.start:2 * rows.stop])
        if bias is not None:
            y += bias
        return _in_layout_of(x, y)

    @staticmethod
    def backward(ctx, grad: Tensor):
        x, weight = ctx.saved_tensors
        need_x, need_weight, need_bias, _ = ctx.needs_input_grad
        if torch.is_grad_enabled():
            return *torch.ops.aten.convolution_backward(
                grad, x, weight, [len(weight)], [1, 1], [ctx.padding] * 2, [1, 1], False, [0, 0], 1,
                [need_x, need_weight, need_bias]), None
        grad_bias = grad.sum((0, 2, 3)) if need_bias else None
        grad = grad.permute(0, 2, 3, 1).contiguous()
        padded = _padded(x, ctx.padding) if need_weight else None
        kernels = _transformed_kernels(weight) if need_x else None
        batch, height, width, _ = grad.shape
        grad_padded = grad.new_zeros(batch, height + 2, width + 2, x.shape[1]) if need_x else None
        grad_kernels = None
        for pictures, rows in _blocks(batch, height // 2, width // 2):
            grad_products = _spread_outputs(grad[pictures, 2 * rows.start:2 * rows.stop])
            flat, block = _by_entry(grad_products), slice(2 * rows.start, 2 * rows.stop + 2)
            if need_weight:
                tiles = _by_entry(_transform_inputs(padded[pictures, block]))
                grad_kernels = torch.bmm(flat.transpose(1, 2), tiles) if grad_kernels is None else \
                    grad_kernels.baddbmm_(flat.transpose(1, 2), tiles)
            if need_x:
                grad_tiles = torch.bmm(flat, kernels).view(*grad_products.shape[:-1], -1)
                _add_inputs(grad_tiles, grad_padded[pictures, block])
        return (_in_layout_of(x, _cropped(grad_padded, ctx.padding)) if need_x else None,
                _gradient_of_weights(grad_kernels, weight) if need_weight else None, grad_bias, None)


def _padded(x: Tensor, padding: int) -> Tensor:
    """(B, C, H, W) -> (B, H + 2 padding, W + 2 padding, C), contiguous."""
    x = x.permute(0, 2, 3, 1)
    return F.pad(x, (0, 0) + 4 * (padding,)).contiguous() if padding else x.contiguous()


def _cropped(padded: Tensor, padding: int) -> Tensor:
    return padded[:, padding:-padding, padding:-padding] if padding else padded


def _in_layout_of(x: Tensor, y: Tensor) -> Tensor:
    """(B, h, w, C) -> (B, C, h, w), as x lies."""
    last = not x.is_contiguous() and x.is_contiguous(memory_format=torch.channels_last)
    return y.permute(0, 3, 1, 2).contiguous(
        memory_format=torch.channels_last if last else torch.contiguous_format)


def _blocks(batch: int, height: int, width: int) -> Iterator[tuple[slice, slice]]:
    """Pictures, and rows of tiles, that are computed at once: all, whole pictures, or parts of one."""
    tiles = height * width
    pictures, rows = (max(1, TILES_AT_ONCE // tiles), height) if tiles <= TILES_AT_ONCE else \
        (1, max(1, TILES_AT_ONCE // width))
    for first in range(0, batch, pictures):
        for row in range(0, height, rows):
            yield slice(first, min(first + pictures, batch)), slice(row, min(row + rows, height))


def _transform_inputs(padded: Tensor) -> Tensor:
    """V = B^T d B of each tile: (B, 2 h + 2, 2 w + 2, C) -> (4, 4, B, h, w, C)."""
    batch, height, width, channels = padded.shape
    height, width = height // 2 - 1, width // 2 - 1
    rows = padded.new_empty(4, batch, height, 2 * width + 2, channels)
    _times_b([padded[:, i:i + 2 * height:2] for i in range(4)], rows.unbind(0))
    tiles = padded.new_empty(4, 4, batch, height, width, channels)
    _times_b([rows[:, :, :, i:i + 2 * width:2] for i in range(4)], tiles.unbind(1))
    return tiles


def _times_b(d: list[Tensor], out: list[Tensor]) -> None:
    torch.sub(d[0], d[2], out=out[0])
    torch.add(d[1], d[2], out=out[1])
    torch.sub(d[2], d[1], out=out[2])
    torch.sub(d[1], d[3], out=out[3])


def _add_inputs(tiles: Tensor, padded: Tensor) -> None:
    """The transposed step: add B V B^T of each tile to what it was taken from."""
    batch, height, width, channels = tiles.shape[2:]
    rows = tiles.new_zeros(4, batch, height, 2 * width + 2, channels)
    _add_times_b_transposed(tiles.unbind(1), [rows[:, :, :, i:i + 2 * width:2] for i in range(4)])
    _add_times_b_transposed(rows.unbind(0), [padded[:, i:i + 2 * height:2] for i in range(4)])


def _add_times_b_transposed(v: list[Tensor], d: list[Tensor]) -> None:
    d[0].add_(v[0])
    d[1].add_(v[1]).sub_(v[2]).add_(v[3])
    d[2].sub_(v[0]).add_(v[1]).add_(v[2])
    d[3].sub_(v[3])


def _sum_outputs(products: Tensor, y: Tensor) -> None:
    """Y = A^T M A of each tile: (4, 4, B, h, w, C) into (B, 2 h, 2 w, C)."""
    rows = products.new_empty(2, *products.shape[1:])
    _times_a(products.unbind(0), rows.unbind(0))
    y = y.unflatten(1, (-1, 2)).unflatten(3, (-1, 2)).movedim(2, 0)  # (2, B, h, w, 2, C)
    _times_a(rows.unbind(1), y.unbind(4))


def _times_a(m: list[Tensor], out: list[Tensor]) -> None:
    torch.add(m[0], m[1], out=out[0]).add_(m[2])
    torch.sub(m[1], m[2], out=out[1]).sub_(m[3])


def _spread_outputs(y: Tensor) -> Tensor:
    """The transposed step, A dY A^T: (B, 2 h, 2 w, C) -> (4, 4, B, h, w, C)."""
    y = y.unflatten(1, (-1, 2)).unflatten(3, (-1, 2)).movedim(2, 0)
    batch, height, width, _, channels = y.shape[1:]
    columns = y.new_empty(2, 4, batch, height, width, channels)
    _times_a_transposed(y.unbind(4), columns.unbind(1))
    products = y.new_empty(4, 4, batch, height, width, channels)
    _times_a_transposed(columns.unbind(0), products.unbind(0))
    return products


def _times_a_transposed(y: list[Tensor], out: list[Tensor]) -> None:
    out[0].copy_(y[0])
    torch.add(y[0], y[1], out=out[1])
    torch.sub(y[0], y[1], out=out[2])
    torch.neg(y[1], out=out[3])


def _by_entry(tiles: Tensor) -> Tensor:
    """(4, 4, B, h, w, C) -> (16, tiles, C)."""
    return tiles.flatten(2, 4).flatten(0, 1)


def _transformed_kernels(weight: Tensor) -> Tensor:
    """U = G g G^T: (channels, C, 3, 3) -> (16, channels, C)."""
    return (_both_sides(weight) @ weight.permute(2, 3, 0, 1).reshape(9, -1)).view(16, *weight.shape[:2])


def _gradient_of_weights(grad_kernels: Tensor, weight: Tensor) -> Tensor:
    """G^T dU G: (16, channels, C) -> the shape and layout of ``weight``."""
    found = _both_sides(weight).t() @ grad_kernels.flatten(1)
    return torch.empty_like(weight).copy_(found.view(3, 3, *weight.shape[:2]).permute(2, 3, 0, 1))


def _both_sides(weight: Tensor) -> Tensor:
    """g -> G g G^T as a matrix (16, 9)."""
    return torch.kron(_G, _G).to(weight)
