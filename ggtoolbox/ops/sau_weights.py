"""Weights of semantic-aware upsampling: softmaxed logits, summed where the grid is the expanded one."""
from __future__ import annotations

import functools

import torch
from torch import Tensor


def accumulation_dtype(x: Tensor) -> torch.dtype:
    """float64 for float64, float32 for anything narrower."""
    return torch.float64 if x.dtype == torch.float64 else torch.float32


def split_logits(logits: Tensor, kernel_size: int, scale: int, groups: int) -> Tensor:
    """(B, G*k*k*s*s, H, W) as (B, G, k*k, s*s, H, W), a view."""
    return logits.unflatten(1, (groups, kernel_size ** 2, scale ** 2))


def softmax_backward_(grad: Tensor, weights: Tensor, dim: int) -> Tensor:
    """From the gradient of softmaxed ``weights`` to that of their logits, in place."""
    return grad.sub_((grad * weights).sum(dim, keepdim=True)).mul_(weights)


def fold_expanded(weights: Tensor, kernel_size: int, scale: int) -> tuple[Tensor, int]:
    """A k x k window of the nearest-expanded grid as a window of the source grid.

    Taps that meet the same source pixel are summed: offset m of the output pixel s*h + p meets row
    h + floor((p + m) / s).

    Args:
        weights: (B, G, k*k, s*s, H, W).

    Returns:
        (B, G, side*side, s*s, H, W), and side, which is 2 * ceil((k - 1) / 2 / s) + 1.
    """
    side, index = _fold_index(kernel_size, scale)
    batch, groups, _, subpixels, height, width = weights.shape
    folded = weights.new_zeros(batch, groups, side * side * subpixels, height, width)
    folded = folded.index_add(2, torch.tensor(index, device=weights.device), weights.flatten(2, 3))
    return folded.unflatten(2, (side * side, subpixels)), side


def unfold_expanded(grad_folded: Tensor, kernel_size: int, scale: int) -> Tensor:
    """The adjoint of :func:`fold_expanded`."""
    index = torch.tensor(_fold_index(kernel_size, scale)[1], device=grad_folded.device)
    grad = grad_folded.flatten(2, 3).index_select(2, index)
    return grad.unflatten(2, (kernel_size ** 2, scale ** 2))


@functools.cache
def _fold_index(k: int, s: int) -> tuple[int, list[int]]:
    """The side, and where each of the (k*k, s*s) weights goes among the (side*side, s*s)."""
    radius = k // 2
    reach = -(-radius // s)
    side = 2 * reach + 1
    row = [[(p + i - radius) // s + reach for p in range(s)] for i in range(k)]
    return side, [((row[i][p] * side + row[j][q]) * s + p) * s + q
                  for i in range(k) for j in range(k) for p in range(s) for q in range(s)]
