"""Modulation by rows: y = activation(x * scale + shift), scale and shift looked up at each pixel in a table.

Park et al., CVPR 2019, equation 1, where few pairs (1 + gamma, beta) are distinct. The maps of scale and
shift never exist: rows of pixels are looked up some at a time, forward and again backward, and besides x only
the table and the result are kept, which the next convolution keeps anyway.
"""
from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from .neighbourhoods import Groups

_ROW_BYTES = 1 << 21  # of scales and shifts that exist at a time: they stay in the cache


def modulate_reference(x: Tensor, table: Tensor, ids: Tensor, slope: float | None = None) -> Tensor:
    """The plain formula; see :func:`modulate`."""
    scale, shift = table[ids].movedim(-1, 1).chunk(2, dim=1)
    y = x * scale + shift
    return y if slope is None else F.leaky_relu(y, slope)


def modulate(x: Tensor, table: Tensor, ids: Tensor, groups: Groups, slope: float | None = None) -> Tensor:
    """Equal to :func:`modulate_reference` to rounding, forward and backward.

    Args:
        x: (B, C, H, W), normalised.
        table: (U, 2 * C), scales and shifts.
        ids: (B, H, W) which row of the table a pixel reads.
        groups: the pixels, counted through, by the row that they read.
        slope: of a leaky ReLU that follows, positive; None: nothing follows.

    Returns:
        (B, C, H, W), channels last in memory; differentiable once.
    """
    dtype = torch.promote_types(x.dtype, table.dtype)
    return _Modulation.apply(x.to(dtype), table.to(dtype), ids.flatten(), groups, slope)


def look_up(table: Tensor, ids: Tensor, groups: Groups) -> Tensor:
    """The map (B, C, H, W), channels last in memory, that holds at each pixel its row of the table.

    Args:
        table: (U, C).
        ids, groups: as of :func:`modulate`.
    """
    return _LookUp.apply(table, ids, groups).movedim(-1, 1)


class _LookUp(torch.autograd.Function):

    @staticmethod
    def forward(ctx, table: Tensor, ids: Tensor, groups: Groups) -> Tensor:
        ctx.groups = groups
        return F.embedding(ids, table)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor):
        return ctx.groups.sum(grad.flatten(0, 2)), None, None


class _Modulation(torch.autograd.Function):

    @staticmethod
    def forward(ctx, x: Tensor, table: Tensor, ids: Tensor, groups: Groups, slope: float | None) -> Tensor:
        rows = _rows(x)
        y, channels = torch.empty_like(rows), x.shape[1]
        for some in _some_rows(table, len(rows)):
            scale, shift = table.index_select(0, ids[some]).split(channels, dim=1)
            torch.addcmul(shift, rows[some], scale, out=y[some])
            if slope is not None:
                F.leaky_relu_(y[some], slope)
        y = _image(y, x)
        ctx.save_for_backward(x, table, ids, y if slope is not None else None)
        ctx.groups, ctx.slope = groups, slope
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor):
        x, table, ids, y = ctx.saved_tensors
        grad, rows, channels = _rows(grad), _rows(x), x.shape[1]
        if y is not None:
            grad = torch.ops.aten.leaky_relu_backward(grad, _rows(y), ctx.slope, True)
        grad_table = torch.cat([ctx.groups.sum(grad * rows), ctx.groups.sum(grad)], dim=1)
        grad_x, scales = torch.empty_like(rows), table[:, :channels].contiguous()
        for some in _some_rows(table, len(rows)):
            torch.mul(grad[some], scales.index_select(0, ids[some]), out=grad_x[some])
        return _image(grad_x, x), grad_table, None, None, None


def _some_rows(table: Tensor, count: int) -> Iterator[slice]:
    """Pixels, as many at a time as keep what they look up small."""
    step = max(1, _ROW_BYTES // (table.shape[1] * table.element_size()))
    return (slice(start, start + step) for start in range(0, count, step))


def _rows(x: Tensor) -> Tensor:
    """(B, C, H, W) -> (B * H * W, C), contiguous."""
    return x.permute(0, 2, 3, 1).reshape(-1, x.shape[1]).contiguous()


def _image(rows: Tensor, like: Tensor) -> Tensor:
    batch, channels, height, width = like.shape
    return rows.view(batch, height, width, channels).permute(0, 3, 1, 2)
