"""Partial convolution (Liu et al., Image Inpainting for Irregular Holes Using Partial Convolutions, ECCV
2018; Partial Convolution based Padding, 2018), as released in NVIDIA/partialconv."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

EPSILON = 1e-8


def partial_convolution(x: Tensor, weight: Tensor, bias: Tensor | None = None, mask: Tensor | None = None,
                        stride: int = 1, padding: int = 0) -> tuple[Tensor, Tensor]:
    """y = W^T (x * M) * size / sum(M) + b where the window holds a valid position, 0 elsewhere.

    size is the number of positions of a window (times channels where the mask has as many as x); positions
    outside of the image are not valid, so that a mask of ones compensates for zero padding.

    Args:
        x: (B, C, H, W).
        weight: (channels, C, k, k); bias: (channels,).
        mask: (B, 1 or C, H, W) in {0, 1}; None for ones.

    Returns:
        y (B, channels, h, w), and the mask of where it is valid (B, 1, h, w).
    """
    masked = x
    if mask is None:
        mask = x.new_ones(1, 1, *x.shape[2:])
    else:
        masked = x * mask
    window = weight.new_ones(1, mask.shape[1], *weight.shape[2:])
    with torch.no_grad():
        count = F.conv2d(mask.to(weight.dtype), window, stride=stride, padding=padding)
        valid = count.clamp(0, 1)
        ratio = window.numel() / (count + EPSILON) * valid
    y = F.conv2d(masked, weight, stride=stride, padding=padding) * ratio
    return (y if bias is None else (y + bias.view(1, -1, 1, 1)) * valid), valid.expand(len(x), -1, -1, -1)
