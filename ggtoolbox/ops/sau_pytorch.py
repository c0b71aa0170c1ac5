"""Semantic-aware upsampling in plain PyTorch calls: forward and backward, without autograd.

Channels last, one row of a pixel's k x k window is k*C numbers that already lie side by side. So an
*overlapping view* of the padded features is a batch of (k, C) matrices, and row i of all windows is one
batched product (s*s, k) x (k, C) -> (s*s, C). Neither windows nor an enlarged grid are laid out.

Rows of the image are taken a few at a time ("a chunk"), so that what a product writes is still in the
cache when it is copied to where it belongs. A view counts through the padding at the ends of the rows
as well: results of these pixels are never read forward, and their gradients are zero backward.

Tensors arrive as views in groups, of any strides and float types: x (B, G, C, H, W), logits
(B, G, k*k, s*s, H, W), y (B, G, C, s*H, s*W).
"""
from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from .sau_weights import accumulation_dtype, softmax_backward_

CHUNK_BYTES = {'cpu': 2 << 20, 'cuda': 256 << 20}  # about one core's cache; worth a launch


def pytorch_upsample(x: Tensor, logits: Tensor, kernel_size: int, scale: int, normalise: bool,
                     y: Tensor) -> None:
    """Fill ``y``; without ``normalise`` the logits are the weights themselves."""
    k, s = kernel_size, scale
    channels, height, width = x.shape[2:]
    padded_width = width + k - 1
    rows_at_once = _rows_at_once(x, k, s)
    sums = x.new_empty(rows_at_once * padded_width, s * s, channels, dtype=accumulation_dtype(x))
    kernels = sums.new_zeros(len(sums), s * s, k * k)
    for image, group, features in _images(x, k):
        y_split = y[image, group].unflatten(2, (width, s)).unflatten(1, (height, s))
        for top, rows, pixels in _chunks(height, padded_width, k, rows_at_once):
            weights = _load(kernels, logits[image, group, :, :, top:top + rows], padded_width, normalise)
            for i in range(k):
                windows = _window_row(features, (top + i) * padded_width, pixels, k)
                if i == 0:
                    torch.bmm(weights[:pixels, :, i], windows, out=sums[:pixels])
                else:
                    sums[:pixels].baddbmm_(weights[:pixels, :, i], windows)
            found = _pixels(sums, padded_width, rows, width).unflatten(2, (s, s))
            y_split[:, top:top + rows].copy_(found.permute(4, 0, 2, 1, 3))


def pytorch_upsample_backward(
    grad_y: Tensor, x: Tensor, logits: Tensor, kernel_size: int, scale: int, normalise: bool,
    grad_x: Tensor | None, grad_logits: Tensor | None,
) -> None:
    """Fill ``grad_x`` (as x) and ``grad_logits`` (as logits), each unless it is None."""
    k, s = kernel_size, scale
    channels, height, width = x.shape[2:]
    padded_width = width + k - 1
    rows_at_once = _rows_at_once(x, k, s)
    grads = x.new_zeros(rows_at_once * padded_width, s * s, channels, dtype=accumulation_dtype(x))
    kernels = grads.new_zeros(len(grads), s * s, k * k)
    grad_weights = grads.new_empty(len(grads), s * s, k, k)
    products = grads.new_empty(len(grads), s * s, k)
    spread = grads.new_empty(len(grads), k, channels)
    for image, group, features in _images(x, k):
        grad_features = torch.zeros_like(features)
        grad_split = grad_y[image, group].unflatten(2, (width, s)).unflatten(1, (height, s))
        for top, rows, pixels in _chunks(height, padded_width, k, rows_at_once):
            chunk = slice(top, top + rows)
            weights = _load(kernels, logits[image, group, :, :, chunk], padded_width, normalise)
            _pixels(grads, padded_width, rows, width).unflatten(2, (s, s)).copy_(
                grad_split[:, chunk].permute(1, 3, 2, 4, 0))
            for i in range(k):
                start = (top + i) * padded_width
                if grad_logits is not None:
                    windows = _window_row(features, start, pixels, k)
                    torch.bmm(grads[:pixels], windows.transpose(1, 2), out=products[:pixels])
                    grad_weights[:pixels, :, i] = products[:pixels]
                if grad_x is not None:
                    torch.bmm(weights[:pixels, :, i].transpose(1, 2), grads[:pixels],
                              out=spread[:pixels])
                    for j in range(k):
                        grad_features[start + j:start + j + pixels] += spread[:pixels, j]
            if grad_logits is not None:
                found = grad_weights[:rows * padded_width].flatten(2)
                if normalise:
                    found = softmax_backward_(found, weights.flatten(2), 2)
                grad_logits[image, group, :, :, chunk].copy_(
                    _pixels(found, padded_width, rows, width).permute(3, 2, 0, 1))
        if grad_x is not None:
            inner = _pixels(grad_features, padded_width, height + k // 2, width + k // 2)
            grad_x[image, group].copy_(inner[k // 2:, k // 2:].permute(2, 0, 1))


def _rows_at_once(x: Tensor, k: int, s: int) -> int:
    channels, height, width = x.shape[2:]
    row_bytes = (width + k - 1) * s * s * channels * 4
    budget = CHUNK_BYTES.get(x.device.type, CHUNK_BYTES['cpu'])
    return min(height, max(1, budget // max(1, row_bytes)))


def _images(x: Tensor, k: int) -> Iterator[tuple[int, int, Tensor]]:
    """Each image and group with its padded features, channels last: (pixels, C), in one buffer."""
    batch, groups, channels, height, width = x.shape
    r = k // 2
    padded = x.new_zeros(height + 2 * r, width + 2 * r, channels, dtype=accumulation_dtype(x))
    for image in range(batch):
        for group in range(groups):
            padded[r:r + height, r:r + width].copy_(x[image, group].permute(1, 2, 0))
            yield image, group, padded.flatten(0, 1)


def _chunks(height: int, padded_width: int, k: int,
            rows_at_once: int) -> Iterator[tuple[int, int, int]]:
    """First row, number of rows, and number of pixels up to the last that is not padding."""
    for top in range(0, height, rows_at_once):
        rows = min(rows_at_once, height - top)
        yield top, rows, rows * padded_width - (k - 1)


def _window_row(features: Tensor, start: int, pixels: int, k: int) -> Tensor:
    """(pixels, k, C) view: k neighbours from each pixel on. The matrices overlap."""
    channels = features.shape[1]
    return features.as_strided((pixels, k, channels), (channels, channels, 1), start * channels)


def _pixels(buffer: Tensor, padded_width: int, rows: int, width: int) -> Tensor:
    """The (rows, width, ...) pixels of a buffer that counts through the padding."""
    return buffer.unflatten(0, (-1, padded_width))[:rows, :width]


def _load(buffer: Tensor, logits: Tensor, padded_width: int, normalise: bool) -> Tensor:
    """The weights (pixels, s*s, k, k) of the chunk's logits (k*k, s*s, rows, W)."""
    taps, _, rows, width = logits.shape
    k = int(taps ** 0.5)
    _pixels(buffer, padded_width, rows, width).copy_(logits.permute(2, 3, 1, 0))
    weights = buffer[:rows * padded_width]
    return (weights.softmax(2) if normalise else weights).unflatten(2, (k, k))
