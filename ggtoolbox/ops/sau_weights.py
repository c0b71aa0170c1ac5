"""Weights of semantic-aware upsampling: softmaxed logits, summed where the grid is the expanded one."""
from __future__ import annotations

import functools

import torch
from torch import Tensor


def accumulation_dtype(x: Tensor) -> torch.dtype:
    """float64 for float64, float32 for anything narrower."""
    return torch.float64 if x.dtype == torch.float64 else torch.float32


def kernel_weights(x: Tensor, logits: Tensor, k: int, s: int, groups: int, normalise: bool) -> Tensor:
    """(B, G, k*k, s*s, H, W) in the accumulation type."""
    weights = logits.to(accumulation_dtype(x)).unflatten(1, (groups, k * k, s * s))
    return weights.softmax(2) if normalise else weights


@functools.cache
def _fold_index(k: int, s: int) -> tuple[int, list[int]]:
    """Side of the source window under a k x k window of the expanded grid, and where each of the
    (k*k, s*s) weights goes among its (side*side, s*s)."""
    radius = k // 2
    reach = -(-radius // s)
    side = 2 * reach + 1
    goes = [[(p + i - radius) // s + reach for p in range(s)] for i in range(k)]
    return side, [((goes[i][p] * side + goes[j][q]) * s + p) * s + q
                  for i in range(k) for j in range(k) for p in range(s) for q in range(s)]


def fold_expanded(weights: Tensor, k: int, s: int) -> tuple[Tensor, int]:
    """Weights of the expanded grid, summed where they meet the same source pixel; and the side."""
    side, index = _fold_index(k, s)
    batch, groups, _, _, height, width = weights.shape
    folded = weights.new_zeros(batch, groups, side * side * s * s, height, width)
    folded = folded.index_add(2, torch.tensor(index, device=weights.device), weights.flatten(2, 3))
    return folded.unflatten(2, (side * side, s * s)), side


def unfold_expanded(grad_folded: Tensor, k: int, s: int) -> Tensor:
    """The adjoint of :func:`fold_expanded`."""
    index = torch.tensor(_fold_index(k, s)[1], device=grad_folded.device)
    return grad_folded.flatten(2, 3).index_select(2, index).unflatten(2, (k * k, s * s))
