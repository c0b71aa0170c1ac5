"""Convolution over a one-hot map as look-ups: a pixel is 1 in one channel, so each of the k * k taps
adds one column of the weights and multiplies by nothing."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .recording import is_recorded


def one_hot_convolution_reference(label: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """The plain formula: one-hot map, zero padding k // 2, convolution."""
    classes = weight.shape[1]
    known = (label >= 0) & (label < classes)
    one_hot = F.one_hot(torch.where(known, label, 0), classes) * known.unsqueeze(-1)
    return F.conv2d(one_hot.permute(0, 3, 1, 2).to(weight.dtype), weight, bias,
                    padding=weight.shape[-1] // 2)


def one_hot_convolution(label: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Equal to :func:`one_hot_convolution_reference` to rounding, forward and backward.

    Args:
        label: (B, H, W) integers; ids outside 0 .. classes - 1 are pixels of no class.
        weight: (channels, classes, k, k), k odd.
        bias: (channels,).

    Returns:
        (B, channels, H, W), channels last in memory.
    """
    channels, classes, size, _ = weight.shape
    batch, height, width = label.shape
    known = (label >= 0) & (label < classes)
    padded = F.pad(torch.where(known, label, classes), [size // 2] * 4, value=classes)
    # Rows of the table: tap by tap the columns of its classes, and a zero for no class.
    table = F.pad(weight.permute(2, 3, 1, 0), (0, 0, 0, 1)).reshape(-1, channels)
    rows = torch.stack([padded[:, y:y + height, x:x + width] + (y * size + x) * (classes + 1)
                        for y in range(size) for x in range(size)], dim=-1)
    summed = F.embedding_bag(rows.reshape(-1, size * size), table, mode='sum')
    if bias is not None:
        summed = summed + bias
    return summed.view(batch, height, width, channels).permute(0, 3, 1, 2)


def look_up_pays(label: Tensor, classes: int) -> bool:
    """Whether look-ups are faster than the convolution, by ``benchmarks/one_hot_convolution.py``.

    On a CPU from 64 classes on. On a GPU they have not been timed; the convolution stays. In a graph that is
    exported it stays, too: ONNX has no sum of look-ups.
    """
    return label.device.type == 'cpu' and classes >= 64 and not is_recorded()
