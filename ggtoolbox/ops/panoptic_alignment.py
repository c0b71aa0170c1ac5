"""Panoptic aware upsampling, first step: which low-resolution pixel a high-resolution one belongs to.

Dundar et al., Panoptic-based Image Synthesis, CVPR 2020, section 3. No code was released.
"""
from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ggtoolbox.errors import InputError

WINDOWS = ('lower_right', 'nearest')


class Alignment(NamedTuple):
    """Where features come from: of one pair of panoptic maps, for all layers of these sizes.

    Attributes:
        source: (B, H, W) the low-resolution pixel, counted row by row, that is copied.
        found: (B, 1, H, W) bool; False: none of the neighbours has the identity (a hole).
    """

    source: Tensor
    found: Tensor


@torch.no_grad()
def panoptic_alignment(low: Tensor, high: Tensor, window: str = 'lower_right') -> Alignment:
    """For each pixel of the high resolution the first of four low-resolution ones that has its identity.

    Args:
        low: (B, h, w) integers.
        high: (B, s*h, s*w).
        window: which four. ``'lower_right'``: pixel (i // s, j // s), its right, lower and lower right
            neighbours, in this order ("unlike nearest neighbour, which would always replicate the top-left
            feature"). ``'nearest'``: the same one, and those on the side of the pixel, first along the row.

    Raises:
        InputError: an unknown window, or sizes of which one is no multiple of the other.
    """
    if window not in WINDOWS:
        raise InputError(f'window: expected one of {WINDOWS}, found {window!r}')
    (height, width), (tall, wide) = low.shape[-2:], high.shape[-2:]
    if tall % height or wide % width or tall // height != wide // width:
        raise InputError(f'panoptic alignment: the high resolution {(tall, wide)} must be a whole multiple '
                         f'of the low one {(height, width)}')
    scale = tall // height
    rows, columns = (torch.arange(length, device=high.device) for length in (tall, wide))
    sides = [torch.ones_like(places) if window == 'lower_right'
             else torch.where(places % scale * 2 < scale - 1, -1, 1) for places in (rows, columns)]
    source = torch.zeros(high.shape, dtype=torch.long, device=high.device)
    found = torch.zeros(high.shape, dtype=torch.bool, device=high.device)
    nearest = (rows // scale).unsqueeze(1) * width + columns // scale
    source += nearest
    for down in (0, 1):
        for right in (0, 1):
            y = (rows // scale + down * sides[0]).unsqueeze(1)
            x = (columns // scale + right * sides[1]).unsqueeze(0)
            inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
            place = y.clamp(0, height - 1) * width + x.clamp(0, width - 1)
            equal = low.flatten(1)[:, place.flatten()].view_as(high) == high
            new = equal & inside & ~found
            source = torch.where(new, place, source)
            found |= new
    return Alignment(source, found.unsqueeze(1))


def align(features: Tensor, alignment: Alignment) -> Tensor:
    """Copy (B, C, h, w) features to (B, C, H, W); holes are 0."""
    source = alignment.source.flatten(1).unsqueeze(1).expand(-1, features.shape[1], -1)
    copied = features.flatten(2).gather(2, source).unflatten(2, alignment.source.shape[-2:])
    return copied * alignment.found.to(features.dtype)
