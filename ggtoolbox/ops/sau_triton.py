"""Triton kernels of semantic-aware upsampling: forward, and backward without atomics.

Tensors arrive as views in groups, of any strides: x (B, G, C, H, W), logits (B, G, k*k, s*s, H, W), y
(B, G, C, s*H, s*W). The softmax is computed on the fly from the logits and their log-sum-exp, the only
thing stored besides a result; sums are in float32 (float64 for float64).

    forward          a tile of output pixels x a block of channels adds up its k*k taps
    backward of x    a tile of source pixels x a block of channels gathers from the s*s outputs of each
                     of its k*k neighbours
    of the logits    a tile of output pixels holds its k*k dot products over all channels, then takes
                     the softmax's backward of them

Offsets of pixels are 64-bit, those of the channels of one block 32-bit. ``TRITON_INTERPRET=1``, set
before Triton is imported, runs the kernels on a CPU.
"""
from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from .sau_weights import accumulation_dtype

# pixels of a tile, and channels (last: channels times taps) of a block: 16 to 32 numbers a thread
FORWARD_TILE, BACKWARD_X_TILE, BACKWARD_LOGITS_TILE = (128, 16), (64, 32), (16, 256)


@triton.jit
def _tile(height, width, TILE_HEIGHT: tl.constexpr, TILE_WIDTH: tl.constexpr):
    """Rows and columns of the pixels of this program's tile, flattened, and which of them exist."""
    across = tl.cdiv(width, TILE_WIDTH)
    pixel = tl.arange(0, TILE_HEIGHT * TILE_WIDTH)
    row = (tl.program_id(0) // across) * TILE_HEIGHT + pixel // TILE_WIDTH
    column = (tl.program_id(0) % across) * TILE_WIDTH + pixel % TILE_WIDTH
    return row, column, (row < height) & (column < width)


@triton.jit
def _plane(pointer, plane, groups, stride_batch, stride_group):
    """The pointer moved to an image and group."""
    batch = (plane // groups).to(tl.int64)
    group = (plane % groups).to(tl.int64)
    return pointer + batch * stride_batch + group * stride_group


@triton.jit
def _at(row, column, stride_row, stride_column):
    return row.to(tl.int64) * stride_row + column.to(tl.int64) * stride_column


@triton.jit
def _log_sum_exp(logits, lse, lb, lg, lt, ls, lh, lw, groups, height, width,
                 TAPS: tl.constexpr, PADDED_TAPS: tl.constexpr, SUBPIXELS: tl.constexpr,
                 TILE: tl.constexpr, ACCUMULATE: tl.constexpr):
    plane, subpixel = tl.program_id(1) // SUBPIXELS, tl.program_id(1) % SUBPIXELS
    pixel = tl.program_id(0) * TILE + tl.arange(0, TILE)
    inside = pixel < height * width
    tap = tl.arange(0, PADDED_TAPS)
    here = _plane(logits, plane, groups, lb, lg) + subpixel.to(tl.int64) * ls
    here += _at(pixel // width, pixel % width, lh, lw)
    values = tl.load(here[None, :] + (tap.to(tl.int64) * lt)[:, None],
                     mask=(tap < TAPS)[:, None] & inside[None, :], other=float('-inf')).to(ACCUMULATE)
    values = tl.where(inside[None, :], values, 0.0)
    largest = tl.max(values, 0)
    total = tl.sum(tl.exp(values - largest[None, :]), 0)
    target = lse + tl.program_id(1).to(tl.int64) * (height * width) + pixel
    tl.store(target, largest + tl.log(total), mask=inside)


@triton.jit
def _forward(x, logits, lse, y, xb, xg, xc, xh, xw, lb, lg, lt, ls, lh, lw, yb, yg, yc, yh, yw,
             groups, channels, height, width, K: tl.constexpr, S: tl.constexpr,
             NORMALISE: tl.constexpr, TILE_HEIGHT: tl.constexpr, TILE_WIDTH: tl.constexpr,
             BLOCK: tl.constexpr, ACCUMULATE: tl.constexpr):
    plane, first_channel = tl.program_id(2), tl.program_id(1) * BLOCK
    out_row, out_column, inside = _tile(height * S, width * S, TILE_HEIGHT, TILE_WIDTH)
    row, column = out_row // S, out_column // S
    subpixel = out_row % S * S + out_column % S
    channel = tl.arange(0, BLOCK)
    exists = (first_channel + channel < channels)[:, None]
    x = _plane(x, plane, groups, xb, xg) + first_channel.to(tl.int64) * xc
    y = _plane(y, plane, groups, yb, yg) + first_channel.to(tl.int64) * yc
    weights = _plane(logits, plane, groups, lb, lg) + subpixel.to(tl.int64) * ls
    weights += _at(row, column, lh, lw)
    if NORMALISE:
        lse += plane.to(tl.int64) * (S * S * height * width)
        normaliser = tl.load(lse + (subpixel * height + row) * width + column, mask=inside, other=0.0)
    total = tl.zeros((BLOCK, TILE_HEIGHT * TILE_WIDTH), ACCUMULATE)
    for i in range(K):
        from_row = row + (i - K // 2)
        in_rows = inside & (from_row >= 0) & (from_row < height)
        for j in tl.static_range(K):
            from_column = column + (j - K // 2)
            valid = in_rows & (from_column >= 0) & (from_column < width)
            weight = tl.load(weights, mask=inside, other=0.0).to(ACCUMULATE)
            if NORMALISE:
                weight = tl.exp(weight - normaliser)
            source = x + _at(from_row, from_column, xh, xw)
            value = tl.load(source[None, :] + (channel * xc)[:, None], mask=exists & valid[None, :],
                            other=0.0)
            total += weight[None, :] * value.to(ACCUMULATE)
            weights += lt
    target = y + _at(out_row, out_column, yh, yw)
    tl.store(target[None, :] + (channel * yc)[:, None], total, mask=exists & inside[None, :])


@triton.jit
def _backward_x(grad_y, logits, lse, grad_x, yb, yg, yc, yh, yw, lb, lg, lt, ls, lh, lw,
                xb, xg, xc, xh, xw, groups, channels, height, width, K: tl.constexpr,
                S: tl.constexpr, NORMALISE: tl.constexpr, TILE_HEIGHT: tl.constexpr,
                TILE_WIDTH: tl.constexpr, BLOCK: tl.constexpr, ACCUMULATE: tl.constexpr):
    plane, first_channel = tl.program_id(2), tl.program_id(1) * BLOCK
    row, column, inside = _tile(height, width, TILE_HEIGHT, TILE_WIDTH)
    channel = tl.arange(0, BLOCK)
    exists = (first_channel + channel < channels)[:, None]
    grad_x = _plane(grad_x, plane, groups, xb, xg) + first_channel.to(tl.int64) * xc
    grad_y = _plane(grad_y, plane, groups, yb, yg) + first_channel.to(tl.int64) * yc
    logits = _plane(logits, plane, groups, lb, lg)
    if NORMALISE:
        lse += plane.to(tl.int64) * (S * S * height * width)
    total = tl.zeros((BLOCK, TILE_HEIGHT * TILE_WIDTH), ACCUMULATE)
    for tap in range(K * K):
        from_row, from_column = row - (tap // K - K // 2), column - (tap % K - K // 2)
        valid = inside & (from_row >= 0) & (from_row < height)
        valid &= (from_column >= 0) & (from_column < width)
        weights = logits + _at(from_row, from_column, lh, lw)
        for subpixel in tl.static_range(S * S):
            weight = tl.load(weights, mask=valid, other=0.0).to(ACCUMULATE)
            if NORMALISE:
                normaliser = tl.load(lse + (subpixel * height + from_row) * width + from_column,
                                     mask=valid, other=0.0)
                weight = tl.exp(weight - normaliser)
            source = grad_y + _at(from_row * S + subpixel // S, from_column * S + subpixel % S, yh, yw)
            grad = tl.load(source[None, :] + (channel * yc)[:, None], mask=exists & valid[None, :],
                           other=0.0)
            total += weight[None, :] * grad.to(ACCUMULATE)
            weights += ls
        logits += lt
    target = grad_x + _at(row, column, xh, xw)
    tl.store(target[None, :] + (channel * xc)[:, None], total, mask=exists & inside[None, :])


@triton.jit
def _backward_logits(grad_y, x, logits, lse, grad_logits, yb, yg, yc, yh, yw, xb, xg, xc, xh, xw,
                     lb, lg, lt, ls, lh, lw, gb, gg, gt, gs, gh, gw, groups, channels, height, width,
                     K: tl.constexpr, S: tl.constexpr, NORMALISE: tl.constexpr,
                     PADDED_TAPS: tl.constexpr, TILE_HEIGHT: tl.constexpr,
                     TILE_WIDTH: tl.constexpr, BLOCK: tl.constexpr, ACCUMULATE: tl.constexpr):
    plane = tl.program_id(1)
    out_row, out_column, inside = _tile(height * S, width * S, TILE_HEIGHT, TILE_WIDTH)
    row, column = out_row // S, out_column // S
    subpixel = out_row % S * S + out_column % S
    tap = tl.arange(0, PADDED_TAPS)
    channel = tl.arange(0, BLOCK)
    from_row = row[None, :] + (tap // K - K // 2)[:, None]
    from_column = column[None, :] + (tap % K - K // 2)[:, None]
    real = (tap < K * K)[:, None] & inside[None, :]
    valid = real & (from_row >= 0) & (from_row < height) & (from_column >= 0) & (from_column < width)
    outputs = _plane(grad_y, plane, groups, yb, yg) + _at(out_row, out_column, yh, yw)
    windows = _plane(x, plane, groups, xb, xg) + _at(from_row, from_column, xh, xw)
    products = tl.zeros((PADDED_TAPS, BLOCK, TILE_HEIGHT * TILE_WIDTH), ACCUMULATE)
    for first_channel in range(0, channels, BLOCK):
        exists = first_channel + channel < channels
        grad = tl.load(outputs[None, :] + (channel * yc)[:, None],
                       mask=exists[:, None] & inside[None, :], other=0.0)
        value = tl.load(windows[:, None, :] + (channel * xc)[None, :, None],
                        mask=exists[None, :, None] & valid[:, None, :], other=0.0)
        products += grad.to(ACCUMULATE)[None, :, :] * value.to(ACCUMULATE)
        outputs += BLOCK * yc
        windows += BLOCK * xc
    grad_weight = tl.sum(products, 1)
    if NORMALISE:
        here = _plane(logits, plane, groups, lb, lg) + subpixel.to(tl.int64) * ls
        here += _at(row, column, lh, lw)
        logit = tl.load(here[None, :] + (tap.to(tl.int64) * lt)[:, None], mask=real,
                        other=float('-inf')).to(ACCUMULATE)
        lse += plane.to(tl.int64) * (S * S * height * width)
        normaliser = tl.load(lse + (subpixel * height + row) * width + column, mask=inside, other=0.0)
        weight = tl.exp(logit - normaliser[None, :])
        grad_weight = weight * (grad_weight - tl.sum(weight * grad_weight, 0)[None, :])
    target = _plane(grad_logits, plane, groups, gb, gg) + subpixel.to(tl.int64) * gs
    target += _at(row, column, gh, gw)
    tl.store(target[None, :] + (tap.to(tl.int64) * gt)[:, None], grad_weight, mask=real)


def triton_upsample(x: Tensor, logits: Tensor, kernel_size: int, scale: int, normalise: bool,
                    y: Tensor) -> None:
    """Fill ``y``; without ``normalise`` the logits are the weights themselves."""
    groups, channels, height, width = x.shape[1:]
    if not x.numel():
        return
    with torch.cuda.device_of(x):
        lse = _log_normalisers(x, logits) if normalise else logits
        tiles, *tile = _tiling(FORWARD_TILE[0], height * scale, width * scale)
        block = _block(channels, FORWARD_TILE[1])
        _forward[(tiles, triton.cdiv(channels, block), x.shape[0] * groups)](
            x, logits, lse, y, *x.stride(), *logits.stride(), *y.stride(), *x.shape[1:],
            kernel_size, scale, normalise, *tile, block, _accumulator(x))


def triton_upsample_backward(
    grad_y: Tensor, x: Tensor, logits: Tensor, kernel_size: int, scale: int, normalise: bool,
    grad_x: Tensor | None, grad_logits: Tensor | None,
) -> None:
    """Fill ``grad_x`` (as x) and ``grad_logits`` (as logits), each unless it is None."""
    groups, channels, height, width = x.shape[1:]
    if not x.numel():
        return
    with torch.cuda.device_of(x):
        lse = _log_normalisers(x, logits) if normalise else logits
        if grad_x is not None:
            tiles, *tile = _tiling(BACKWARD_X_TILE[0], height, width)
            block = _block(channels, BACKWARD_X_TILE[1])
            _backward_x[(tiles, triton.cdiv(channels, block), x.shape[0] * groups)](
                grad_y, logits, lse, grad_x, *grad_y.stride(), *logits.stride(), *grad_x.stride(),
                *x.shape[1:], kernel_size, scale, normalise, *tile, block, _accumulator(x))
        if grad_logits is not None:
            tiles, *tile = _tiling(BACKWARD_LOGITS_TILE[0], height * scale, width * scale)
            padded_taps = triton.next_power_of_2(kernel_size ** 2)
            block = _block(channels, max(1, BACKWARD_LOGITS_TILE[1] // padded_taps))
            _backward_logits[(tiles, x.shape[0] * groups)](
                grad_y, x, logits, lse, grad_logits, *grad_y.stride(), *x.stride(),
                *logits.stride(), *grad_logits.stride(), *x.shape[1:], kernel_size, scale, normalise,
                padded_taps, *tile, block, _accumulator(x))


def _log_normalisers(x: Tensor, logits: Tensor) -> Tensor:
    """(B, G, s*s, H, W): the log-sum-exp over the taps."""
    batch, groups, taps, subpixels, height, width = logits.shape
    lse = torch.empty(batch, groups, subpixels, height, width, dtype=accumulation_dtype(x),
                      device=x.device)
    tile = 64
    _log_sum_exp[(triton.cdiv(height * width, tile), batch * groups * subpixels)](
        logits, lse, *logits.stride(), groups, height, width, taps, triton.next_power_of_2(taps),
        subpixels, tile, _accumulator(x))
    return lse


def _accumulator(x: Tensor) -> tl.dtype:
    return tl.float64 if accumulation_dtype(x) == torch.float64 else tl.float32


def _tiling(pixels: int, height: int, width: int) -> tuple[int, int, int]:
    """How many tiles of ``pixels`` pixels, their height and width; wide rather than high."""
    tile_width = min(32, pixels, triton.next_power_of_2(width))
    tile_height = pixels // tile_width
    return triton.cdiv(height, tile_height) * triton.cdiv(width, tile_width), tile_height, tile_width


def _block(channels: int, most: int) -> int:
    return min(most, triton.next_power_of_2(channels))
