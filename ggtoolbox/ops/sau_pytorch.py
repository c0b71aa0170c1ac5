"""Semantic-aware upsampling in plain PyTorch calls: forward and backward, without autograd.

Channels last, let each source pixel carry the column of k pixels around it: (k, C) numbers. Then the k x k
window of a pixel is k such columns, k*k*C numbers that already lie side by side, and the windows of all
pixels are an *overlapping view* of the columns. The sums are one batched product of small matrices,
(s*s, k*k) x (k*k, C) -> (s*s, C) for each pixel; neither windows nor an enlarged grid are laid out.

    gradient of the weights   (s*s, C) x (C, k*k), with the same view
    gradient of the features  the k pixels to whose windows a pixel belongs by column follow each other
                              too: (k, k*s*s) x (k*s*s, C) of their outputs' gradients gives what they
                              say to it by each of their k rows, and k shifted additions finish

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
    length = _rows_at_once(x, k, s) * padded_width
    columns = x.new_zeros(length, k, channels, dtype=accumulation_dtype(x))
    kernels = columns.new_zeros(length, s * s, k * k)
    sums = columns.new_empty(length, s * s, channels)
    for image, group, features in _images(x, k):
        y_split = y[image, group].unflatten(2, (width, s)).unflatten(1, (height, s))
        for top, rows in _chunks(height, padded_width, length):
            pixels = rows * padded_width - (k - 1)
            _fill_columns(columns, features, top, rows, padded_width)
            weights = _fill_kernels(kernels, logits[image, group, :, :, top:top + rows], normalise,
                                    padded_width)
            torch.bmm(weights[:pixels], _windows(columns, pixels, k), out=sums[:pixels])
            found = _pixels(sums, padded_width, rows, width).unflatten(2, (s, s))
            y_split[:, top:top + rows].copy_(found.permute(4, 0, 2, 1, 3))


def pytorch_upsample_backward(
    grad_y: Tensor, x: Tensor, logits: Tensor, kernel_size: int, scale: int, normalise: bool,
    grad_x: Tensor | None, grad_logits: Tensor | None,
) -> None:
    """Fill ``grad_x`` (as x) and ``grad_logits`` (as logits), each unless it is None."""
    k, s = kernel_size, scale
    channels, height, width = x.shape[2:]
    padded_width, margin = width + k - 1, k - 1
    length = _rows_at_once(x, k, s) * padded_width
    columns = x.new_zeros(length, k, channels, dtype=accumulation_dtype(x))
    grads = columns.new_zeros(margin + length, s * s, channels)
    kernels = columns.new_zeros(margin + length, s * s, k * k)
    grad_kernels = columns.new_zeros(length, s * s, k * k)
    by_row = columns.new_empty(length, k, channels)
    for image, group, features in _images(x, k):
        grad_features = torch.zeros_like(features)
        grad_split = grad_y[image, group].unflatten(2, (width, s)).unflatten(1, (height, s))
        for top, rows in _chunks(height, padded_width, length):
            chunk, end = slice(top, top + rows), rows * padded_width
            pixels = end - margin
            weights = _fill_kernels(kernels, logits[image, group, :, :, chunk], normalise,
                                    padded_width, margin)
            _pixels(grads[margin:], padded_width, rows, width).unflatten(2, (s, s)).copy_(
                grad_split[:, chunk].permute(1, 3, 2, 4, 0))
            if grad_logits is not None:
                _fill_columns(columns, features, top, rows, padded_width)
                torch.bmm(grads[margin:margin + pixels], _windows(columns, pixels, k).transpose(1, 2),
                          out=grad_kernels[:pixels])
                found = grad_kernels[:end]
                if normalise:
                    found = softmax_backward_(found, weights[margin:], 2)
                grad_logits[image, group, :, :, chunk].unflatten(0, (k, k)).copy_(
                    _pixels(found, padded_width, rows, width).unflatten(3, (k, k)).permute(4, 3, 2, 0, 1))
            if grad_x is not None:
                torch.bmm(_weights_by_row(weights, end, k), _windows(grads, end, k), out=by_row[:end])
                for i in range(k):
                    start = (top + i) * padded_width
                    grad_features[start:start + end] += by_row[:end, i]
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


def _chunks(height: int, padded_width: int, length: int) -> Iterator[tuple[int, int]]:
    """First row and number of rows of each chunk of at most ``length`` pixels."""
    rows_at_once = length // padded_width
    for top in range(0, height, rows_at_once):
        yield top, min(rows_at_once, height - top)


def _pixels(buffer: Tensor, padded_width: int, rows: int, width: int) -> Tensor:
    """The (rows, width, ...) pixels of a buffer that counts through the padding."""
    return buffer.unflatten(0, (-1, padded_width))[:rows, :width]


def _windows(buffer: Tensor, pixels: int, k: int) -> Tensor:
    """(pixels, k*N, C) view of a (., N, C) buffer: k neighbours from each pixel on. They overlap."""
    _, each, channels = buffer.shape
    return buffer.as_strided((pixels, k * each, channels), (each * channels, channels, 1))


def _fill_columns(columns: Tensor, features: Tensor, top: int, rows: int, padded_width: int) -> None:
    """Give each pixel of a chunk the column of k padded pixels that starts at it."""
    _, k, channels = columns.shape
    pixels, row = rows * padded_width, padded_width * channels
    columns[:pixels].copy_(features.as_strided((pixels, k, channels), (channels, row, 1), top * row))


def _fill_kernels(kernels: Tensor, logits: Tensor, normalise: bool, padded_width: int,
                  margin: int = 0) -> Tensor:
    """The weights (margin + pixels, s*s, k*k) of a chunk's logits (k*k, s*s, rows, W).

    Taps are turned to the windows' order, column of the window before row.
    """
    taps, _, rows, width = logits.shape
    k = int(taps ** 0.5)
    _pixels(kernels[margin:], padded_width, rows, width).unflatten(3, (k, k)).copy_(
        logits.unflatten(0, (k, k)).permute(3, 4, 2, 1, 0))
    weights = kernels[:margin + rows * padded_width]
    return weights.softmax(2) if normalise else weights


def _weights_by_row(weights: Tensor, pixels: int, k: int) -> Tensor:
    """(pixels, k, k*s*s): the weights with which a padded source pixel, as row i of a window, entered
    the outputs of the k pixels that end at it. ``weights`` start k - 1 pixels earlier."""
    _, subpixels, taps = weights.shape
    size = subpixels * taps
    by_row = weights.as_strided((pixels, k, k, subpixels), (size, 1, size - k, taps),
                                weights.storage_offset() + (k - 1) * k)
    return by_row.reshape(pixels, k, k * subpixels)
