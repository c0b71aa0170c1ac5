"""A convolution of a tiny map with many weights, as one matrix product.

On a CPU a convolution brings its weights into an order of the library's own at each call, and again for each
gradient. Where weights are millions and the map has a few positions this is most of its time. A product with
the unfolded map reads the weights once, as they lie; what it pays for that, the unfolding, grows with the
positions. Hence the rule of :func:`product_pays`, whose two numbers ``benchmarks/tiny_map_convolution.py``
measured; beyond them the product loses.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .joint_product import is_channels_last, joint_product
from .recording import is_recorded

MOST_POSITIONS = 64
LEAST_WEIGHTS_A_POSITION = 2 ** 16

Pair = tuple[int, int]


def product_pays(device: torch.device, weights: int, positions: int) -> bool:
    """Whether the product is faster: on a CPU, up to 64 positions with 65,536 weights or more each.

    Args:
        weights: of the convolution, how many.
        positions: of the smaller map, over the batch: B * h * w of the output of a convolution, B * H * W
            of the input of a transposed one.
    """
    if device.type != 'cpu' or is_recorded():  # first: comparing positions would write down their number
        return False
    return positions <= MOST_POSITIONS and weights >= LEAST_WEIGHTS_A_POSITION * positions


def map_size(size: Pair, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Pair:
    """Height and width of a convolution's output."""
    return tuple((n + 2 * p - d * (k - 1) - 1) // s + 1
                 for n, k, s, p, d in zip(size, kernel, stride, padding, dilation))


def convolution_as_product(x: Tensor, weight: Tensor, bias: Tensor | None, stride: Pair, padding: Pair,
                           dilation: Pair) -> Tensor:
    """``F.conv2d`` of one group, whatever pays.

    Args:
        x: (B, C, H, W).
        weight: (channels, C, k, k), contiguous or channels last: it is not copied, and y is as it is.

    Returns:
        y (B, channels, h, w).
    """
    kernel = weight.shape[2:]
    height, width = map_size(x.shape[2:], kernel, stride, padding, dilation)
    # (B, C, k*k, h*w)
    windows = F.unfold(x, kernel, dilation, padding, stride).unflatten(1, (x.shape[1], -1))
    last = is_channels_last(weight)
    windows = windows.permute(0, 3, 2, 1) if last else windows.permute(0, 3, 1, 2)
    rows = windows.contiguous().flatten(0, 1).flatten(1)  # a copy: products with far strides are slow
    y = joint_product(rows, weight)
    y = (y if bias is None else y + bias.to(y.dtype)).unflatten(0, (-1, height, width)).permute(0, 3, 1, 2)
    return y if last else y.contiguous()


def transposed_convolution_as_product(x: Tensor, weight: Tensor, bias: Tensor | None, stride: Pair,
                                      padding: Pair, output_padding: Pair, dilation: Pair) -> Tensor:
    """``F.conv_transpose2d`` of one group, whatever pays.

    Args:
        x: (B, C, H, W).
        weight: (C, channels, k, k), contiguous or channels last: it is not copied, and y is as it is.

    Returns:
        y (B, channels, h, w).
    """
    kernel, last = weight.shape[2:], is_channels_last(weight)
    rows = x.permute(0, 2, 3, 1).contiguous().flatten(0, 2)
    columns = joint_product(rows, weight, transposed=True).unflatten(0, (x.shape[0], -1))  # (B, H*W, .)
    if last:
        columns = columns.unflatten(2, (-1, weight.shape[1])).transpose(2, 3).flatten(2)
    size = tuple((n - 1) * s - 2 * p + d * (k - 1) + o + 1
                 for n, s, p, d, k, o in zip(x.shape[2:], stride, padding, dilation, kernel, output_padding))
    y = F.fold(columns.transpose(1, 2), size, kernel, dilation, padding, stride)
    if bias is not None:
        y = y + bias.to(y.dtype).view(1, -1, 1, 1)
    return y.contiguous(memory_format=torch.channels_last) if last else y
