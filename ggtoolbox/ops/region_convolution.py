"""Convolution of a map that is constant in each region, as look-ups.

A style map (Zhu et al., SEAN, CVPR 2020, section 3.1) repeats a region's style at all of its pixels. Each of
the k * k taps of a convolution over it multiplies one of few styles: all products are made once, style by
style, and a pixel adds up k * k of them.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .one_hot_convolution import one_hot_convolution
from .recording import is_recorded


def spread(styles: Tensor, region: Tensor) -> Tensor:
    """The map: (B, N, S) styles and (B, H, W) regions, of which those outside 0 .. N - 1 are none, to
    (B, S, H, W), 0 where there is none."""
    known = (region >= 0) & (region < styles.shape[1])
    index = torch.where(known, region, 0).flatten(1).unsqueeze(-1).expand(-1, -1, styles.shape[2])
    spread = styles.gather(1, index) * known.flatten(1).unsqueeze(-1).to(styles.dtype)
    return spread.unflatten(1, region.shape[1:]).movedim(-1, 1)


def region_convolution_reference(styles: Tensor, region: Tensor, weight: Tensor,
                                 bias: Tensor | None = None) -> Tensor:
    """The plain formula: lay the map out, convolve it; zero padding k // 2."""
    return F.conv2d(spread(styles, region), weight, bias, padding=weight.shape[-1] // 2)


def region_convolution(styles: Tensor, region: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Equal to :func:`region_convolution_reference` to rounding, forward and backward.

    Args:
        styles: (B, N, S).
        region: (B, H, W) integers.
        weight: (channels, S, k, k), k odd.
        bias: (channels,).

    Returns:
        (B, channels, H, W). Look-ups where there are fewer regions than pixels; the plain formula else, and
        in graphs that are recorded (ONNX has no sum of look-ups).
    """
    batch, count, _ = styles.shape
    if is_recorded() or count >= region.shape[1] * region.shape[2]:
        return region_convolution_reference(styles, region, weight, bias)
    products = torch.einsum('bns,csij->cbnij', styles, weight).flatten(1, 2)
    known = (region >= 0) & (region < count)
    first = torch.arange(batch, device=region.device).view(-1, 1, 1) * count
    return one_hot_convolution(torch.where(known, region + first, -1), products, bias)
