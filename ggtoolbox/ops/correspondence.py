"""Warping by correspondence (Zhang et al., Cross-domain Correspondence Learning for Exemplar-based Image
Translation, CVPR 2020, equations 3 and 4), without a places x places matrix in memory.

Two places correspond as their features, or the 3 x 3 patches around them, are alike: by the cosine after a
mean has been taken away. The inner product of two patches is the sum of nine inner products of features,
along the diagonal of both places, so that features as wide as they are make it, and none nine times as wide.
A few rows of queries are looked at at a time, each against all keys, and again in backward.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from .precision import full_precision
from .recording import is_recorded

NUMBERS_AT_ONCE = 2 ** 22  # of a block of similarities
TINY = 2.2e-16  # beside a length


def correlation_reference(query: Tensor, key: Tensor, patch: int = 3, centre_channels: bool = True) -> Tensor:
    """The plain formula: the cosines of all pairs of patches.

    Args:
        query: (B, C, H, W).
        key: (B, C, h, w).
        patch: rows and columns of a patch, 1 or 3; zeros lie around the map.
        centre_channels: take each patch's own mean away (released: ``PONO_C``); False: each number's mean
            over all places.

    Returns:
        (B, H * W, h * w) in [-1, 1].
    """
    patches = [F.unfold(x, patch, padding=patch // 2) for x in (query, key)]
    patches = [x - x.mean(dim=1 if centre_channels else 2, keepdim=True) for x in patches]
    one, other = (x / (x.norm(dim=1, keepdim=True) + TINY) for x in patches)
    return one.transpose(1, 2) @ other


def warp_reference(query: Tensor, key: Tensor, value: Tensor, temperature: float = 0.01, patch: int = 3,
                   centre_channels: bool = True) -> Tensor:
    """The plain formula of :func:`warp`."""
    weights = (correlation_reference(query, key, patch, centre_channels) / temperature).softmax(dim=-1)
    return (value.flatten(2) @ weights.transpose(1, 2)).unflatten(2, query.shape[2:])


def warp(query: Tensor, key: Tensor, value: Tensor, temperature: float = 0.01, patch: int = 3,
         centre_channels: bool = True) -> Tensor:
    """out[:, i] = sum over j of softmax_j(cosine(query patch i, key patch j) / temperature) * value[:, j].

    Args:
        query, key, patch, centre_channels: as of :func:`correlation_reference`.
        value: (B, V, h, w).

    Returns:
        (B, V, H, W). Memory grows with the number of places, not with its square.
    """
    kind = torch.promote_types(query.dtype, torch.float32)
    query, key, value = (x.to(kind) for x in (query, key, value))
    with full_precision(query.device):  # a temperature of 0.01 magnifies rounding a hundred times
        if is_recorded():
            return warp_reference(query, key, value, temperature, patch, centre_channels)
        (left, query_scale), (right, key_scale) = _centring(query, key, patch, centre_channels)
        return _Warp.apply(query, key, value, left, right, query_scale / temperature, key_scale, patch)


def _centring(query: Tensor, key: Tensor, patch: int, centre_channels: bool
              ) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """What centring adds to the inner products, as left @ right^T, and one by the lengths.

    Returns:
        Of query and of key: (B, places, K) and (B, places).
    """
    count = query.shape[1] * patch ** 2
    squares = [_box(x.square().sum(1, keepdim=True), patch).flatten(1) for x in (query, key)]
    if centre_channels:
        means = [_box(x.sum(1, keepdim=True), patch).flatten(1) / count for x in (query, key)]
        left, right = -count * means[0].unsqueeze(2), means[1].unsqueeze(2)
        lengths = [square - count * mean.square() for square, mean in zip(squares, means)]
    else:
        means = [F.unfold(x, patch, padding=patch // 2).mean(2) if patch > 1 else x.flatten(2).mean(2)
                 for x in (query, key)]
        own, across = ([_with_patch(x, mean, patch) for x, mean in zip((query, key), order)]
                       for order in (means, means[::-1]))
        both = (means[0] * means[1]).sum(1, keepdim=True)
        left = torch.stack([both - across[0], torch.ones_like(across[0])], dim=2)
        right = torch.stack([torch.ones_like(across[1]), -across[1]], dim=2)
        lengths = [square - 2 * dot + mean.square().sum(1, keepdim=True)
                   for square, dot, mean in zip(squares, own, means)]
    scales = [1 / (length.clamp(min=1e-30).sqrt() + TINY) for length in lengths]
    return (left, scales[0]), (right, scales[1])


def _box(x: Tensor, patch: int) -> Tensor:
    """(B, 1, H, W): sums over patches."""
    return x if patch == 1 else F.avg_pool2d(x, patch, 1, patch // 2, divisor_override=1)


def _with_patch(x: Tensor, mean: Tensor, patch: int) -> Tensor:
    """(B, places): the inner product of each patch with ``mean`` (B, C * patch^2)."""
    joined = F.conv2d(x.flatten(0, 1)[None], mean.view(len(x), x.shape[1], patch, patch), padding=patch // 2,
                      groups=len(x))
    return joined[0].flatten(1)


class _Warp(torch.autograd.Function):
    """out = softmax((P + left @ right^T) * query_scale * key_scale) @ value, P of patches, in blocks of
    rows."""

    @staticmethod
    def forward(ctx, query, key, value, left, right, query_scale, key_scale, patch) -> Tensor:
        out = query.new_empty(len(query), value.shape[1], *query.shape[2:])
        flat = value.flatten(2).transpose(1, 2)
        for rows in _blocks(query, key):
            products, factors = _products(query, key, left, right, query_scale, key_scale, patch, rows)
            weights = products.mul_(factors).softmax(dim=-1)
            out[:, :, rows] = (weights @ flat).transpose(1, 2).unflatten(2, (-1, query.shape[3]))
        ctx.save_for_backward(query, key, value, left, right, query_scale, key_scale, out)
        ctx.patch = patch
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> tuple[Tensor | None, ...]:
        query, key, value, left, right, query_scale, key_scale, out = ctx.saved_tensors
        width, patch = query.shape[3], ctx.patch
        grads = [torch.zeros_like(x) for x in (query, key, left, right, query_scale, key_scale)]
        query_grad, key_grad, left_grad, right_grad, query_scale_grad, key_scale_grad = grads
        flat, flat_grad = value.flatten(2), torch.zeros_like(value.flatten(2))
        keys = key.flatten(2)
        keys_grad = key_grad.view_as(keys)
        # softmax's backward takes from each row its mean under the weights, which is <grad, out>.
        means = (grad * out).sum(1).flatten(1)
        with full_precision(query.device):
            for rows in _blocks(query, key):
                places = slice(rows.start * width, rows.stop * width)
                products, factors = _products(query, key, left, right, query_scale, key_scale, patch, rows)
                weights = (products * factors).softmax(dim=-1)
                some = grad[:, :, rows].flatten(2).transpose(1, 2)
                flat_grad += some.transpose(1, 2) @ weights
                scores = (some @ flat).sub_(means[:, places].unsqueeze(2)).mul_(weights)
                of_scales = products.mul_(scores)
                query_scale_grad[:, places] += (of_scales @ key_scale.unsqueeze(2)).squeeze(2)
                key_scale_grad += (query_scale[:, places].unsqueeze(1) @ of_scales).squeeze(1)
                scores.mul_(factors)
                left_grad[:, places] += scores @ right
                right_grad += scores.transpose(1, 2) @ left[:, places]
                spread, reach = _spread(scores, query.shape, key.shape, patch, rows)
                query_grad[:, :, reach] += (keys @ spread.transpose(1, 2)).unflatten(2, (-1, width))
                keys_grad += query[:, :, reach].flatten(2) @ spread
        value_grad = flat_grad.view_as(value)
        return query_grad, key_grad, value_grad, left_grad, right_grad, query_scale_grad, key_scale_grad, None


def _blocks(query: Tensor, key: Tensor) -> list[slice]:
    """Rows of queries that are looked at together."""
    row = len(query) * query.shape[3] * key.shape[2] * key.shape[3]
    count = max(1, NUMBERS_AT_ONCE // row - 2)
    return [slice(start, min(start + count, query.shape[2])) for start in range(0, query.shape[2], count)]


def _reach(rows: slice, height: int, patch: int) -> slice:
    """The rows that patches of ``rows`` touch."""
    return slice(max(0, rows.start - patch // 2), min(height, rows.stop + patch // 2))


def _products(query: Tensor, key: Tensor, left: Tensor, right: Tensor, query_scale: Tensor, key_scale: Tensor,
              patch: int, rows: slice) -> tuple[Tensor, Tensor]:
    """Inner products of centred patches of some rows with all keys (B, places, keys), and what scales
    them."""
    (height, width), (key_height, key_width) = query.shape[2:], key.shape[2:]
    places, reach = slice(rows.start * width, rows.stop * width), _reach(rows, height, patch)
    products = query[:, :, reach].flatten(2).transpose(1, 2) @ key.flatten(2)
    if patch == 3:
        grid = products.view(-1, reach.stop - reach.start, width, key_height, key_width)
        across = grid.clone()
        across[:, :, 1:, :, 1:] += grid[:, :, :-1, :, :-1]
        across[:, :, :-1, :, :-1] += grid[:, :, 1:, :, 1:]
        first, count = rows.start - reach.start, rows.stop - rows.start
        products = across[:, first:first + count].clone()
        above = 1 - first  # a first row of the map has none above it
        products[:, above:, :, 1:] += across[:, first - 1 + above:first + count - 1, :, :-1]
        below = min(count, across.shape[1] - first - 1)
        products[:, :below, :, :-1] += across[:, first + 1:first + 1 + below, :, 1:]
        products = products.view(len(query), -1, key_height * key_width)
    products = products.baddbmm_(left[:, places], right.transpose(1, 2))
    return products, query_scale[:, places].unsqueeze(2) * key_scale.unsqueeze(1)


def _spread(scores: Tensor, query_shape: torch.Size, key_shape: torch.Size, patch: int, rows: slice
            ) -> tuple[Tensor, slice]:
    """The adjoint of the sum over patches in :func:`_products`: (B, places that are reached, keys)."""
    reach = _reach(rows, query_shape[2], patch)
    if patch == 1:
        return scores, reach
    count, first = rows.stop - rows.start, rows.start - reach.start
    scores = scores.view(-1, count, query_shape[3], *key_shape[2:])
    across = scores.new_zeros(len(scores), reach.stop - reach.start, *scores.shape[2:])
    across[:, first:first + count] = scores
    above = 1 - first
    across[:, first - 1 + above:first + count - 1, :, :-1] += scores[:, above:, :, 1:]
    below = min(count, across.shape[1] - first - 1)
    across[:, first + 1:first + 1 + below, :, 1:] += scores[:, :below, :, :-1]
    spread = across.clone()
    spread[:, :, :-1, :, :-1] += across[:, :, 1:, :, 1:]
    spread[:, :, 1:, :, 1:] += across[:, :, :-1, :, :-1]
    return spread.view(len(scores), -1, key_shape[2] * key_shape[3]), reach
