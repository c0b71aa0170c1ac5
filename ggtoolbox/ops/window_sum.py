"""Sums over k x k windows of a source grid, s*s of them at each source pixel: forward and backward.

The core of semantic-aware upsampling without its softmax, in plain PyTorch calls and without
autograd. With x the features, w the weights and r = (k - 1) / 2,

    y[c, s*h + p, s*w + q] = sum over i, j of  w[(i, j), (p, q), h, w] * x[c, h + i - r, w + j - r]

with zeros outside the grid. Neither the windows nor the enlarged grid are ever laid out. Channels
last, one row of a pixel's window is k*C numbers that already lie side by side, so an
*overlapping view* of the padded features is a batch of (k, C) matrices, and row i of all windows
is one batched product (s*s, k) x (k, C) -> (s*s, C). Rows of the image are taken a few at a time so
that what a product writes is still in the cache when it is copied to where it belongs.

A view counts through the padding at the ends of the rows as well ("junk" pixels): their results
are never read forward, and their weights and gradients are zero backward.
"""
from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

CHUNK_BYTES = {'cpu': 2 << 20, 'cuda': 256 << 20}  # about one core's cache; enough for a launch


def window_sum(x: Tensor, weights: Tensor, kernel_size: int, scale: int, y: Tensor) -> Tensor:
    """Fill ``y`` with the sums.

    Args:
        x: (B, G, C, H, W) features in G groups of C channels; any float type, any strides.
        weights: (B, G, k*k, s*s, H, W) in the accumulation type of x.
        y: (B, G, C, s*H, s*W), any float type; its two last dimensions must allow to be split.
    """
    k, s = kernel_size, scale
    channels, height, width = x.shape[2:]
    padded_width = width + k - 1
    sums = weights.new_empty(_rows_at_once(x, weights, k, s) * padded_width, s * s, channels)
    kernels = sums.new_empty(len(sums), s * s, k, k)
    for image, group, features in _images(x, weights.dtype, k):
        y_split = y[image, group].unflatten(2, (width, s)).unflatten(1, (height, s))
        for top, rows, pixels in _chunks(height, width, k, len(sums) // padded_width):
            _pixels_first(kernels, padded_width, rows, width).copy_(
                weights[image, group, :, :, top:top + rows].permute(2, 3, 1, 0).unflatten(3, (k, k)))
            for i in range(k):
                windows = _window_row(features, (top + i) * padded_width, pixels, k)
                if i == 0:
                    torch.bmm(kernels[:pixels, :, i], windows, out=sums[:pixels])
                else:
                    sums[:pixels].baddbmm_(kernels[:pixels, :, i], windows)
            found = _pixels_first(sums, padded_width, rows, width).unflatten(2, (s, s))
            y_split[:, top:top + rows].copy_(found.permute(4, 0, 2, 1, 3))
    return y


def window_sum_backward(
    grad_y: Tensor, x: Tensor, weights: Tensor, kernel_size: int, scale: int,
    grad_x: Tensor | None, grad_weights: Tensor | None,
) -> None:
    """Fill ``grad_x`` (as x) and ``grad_weights`` (as weights), each unless it is None.

    Shapes as in :func:`window_sum`; ``grad_y`` is shaped as its ``y``.
    """
    k, s = kernel_size, scale
    channels, height, width = x.shape[2:]
    padded_width = width + k - 1
    grads = weights.new_zeros(_rows_at_once(x, weights, k, s) * padded_width, s * s, channels)
    kernels = grads.new_zeros(len(grads), s * s, k, k)
    grad_kernels = grads.new_empty(k, len(grads), s * s, k)
    spread = grads.new_empty(len(grads), k, channels)
    for image, group, features in _images(x, weights.dtype, k):
        grad_features = torch.zeros_like(features)
        grad_split = grad_y[image, group].unflatten(2, (width, s)).unflatten(1, (height, s))
        for top, rows, pixels in _chunks(height, width, k, len(grads) // padded_width):
            chunk = slice(top, top + rows)
            _pixels_first(grads, padded_width, rows, width).unflatten(2, (s, s)).copy_(
                grad_split[:, chunk].permute(1, 3, 2, 4, 0))
            _pixels_first(kernels, padded_width, rows, width).copy_(
                weights[image, group, :, :, chunk].permute(2, 3, 1, 0).unflatten(3, (k, k)))
            for i in range(k):
                start = (top + i) * padded_width
                if grad_weights is not None:
                    windows = _window_row(features, start, pixels, k)
                    torch.bmm(grads[:pixels], windows.transpose(1, 2), out=grad_kernels[i, :pixels])
                if grad_x is not None:
                    torch.bmm(kernels[:pixels, :, i].transpose(1, 2), grads[:pixels],
                              out=spread[:pixels])
                    for j in range(k):
                        grad_features[start + j:start + j + pixels] += spread[:pixels, j]
            if grad_weights is not None:
                found = grad_kernels.unflatten(1, (-1, padded_width))[:, :rows, :width]
                grad_weights[image, group, :, :, chunk].unflatten(0, (k, k)).copy_(
                    found.permute(0, 4, 3, 1, 2))
        if grad_x is not None:
            inner = grad_features.view(-1, padded_width, channels)[k // 2:k // 2 + height,
                                                                   k // 2:k // 2 + width]
            grad_x[image, group].copy_(inner.permute(2, 0, 1))


def _rows_at_once(x: Tensor, weights: Tensor, k: int, s: int) -> int:
    row_bytes = (x.shape[4] + k - 1) * s * s * x.shape[2] * weights.element_size()
    budget = CHUNK_BYTES.get(x.device.type, CHUNK_BYTES['cpu'])
    return min(x.shape[3], max(1, budget // max(1, row_bytes)))


def _images(x: Tensor, dtype: torch.dtype, k: int) -> Iterator[tuple[int, int, Tensor]]:
    """Each image and group with its padded features, channels last: (pixels, C)."""
    border = (0, 0) + (k // 2,) * 4
    for image in range(x.shape[0]):
        for group in range(x.shape[1]):
            features = x[image, group].permute(1, 2, 0).to(dtype).contiguous()
            yield image, group, F.pad(features, border).flatten(0, 1)


def _chunks(height: int, width: int, k: int, rows_at_once: int) -> Iterator[tuple[int, int, int]]:
    """First row, number of rows, and pixels from the first to the last that is not junk."""
    for top in range(0, height, rows_at_once):
        rows = min(rows_at_once, height - top)
        yield top, rows, rows * (width + k - 1) - (k - 1)


def _window_row(features: Tensor, start: int, pixels: int, k: int) -> Tensor:
    """(pixels, k, C) view of k neighbours from each pixel on; the matrices overlap."""
    channels = features.shape[1]
    return features.as_strided((pixels, k, channels), (channels, channels, 1), start * channels)


def _pixels_first(buffer: Tensor, padded_width: int, rows: int, width: int) -> Tensor:
    """The (rows, width, ...) pixels of a buffer that counts through the padding."""
    return buffer.unflatten(0, (-1, padded_width))[:rows, :width]
