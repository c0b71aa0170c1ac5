"""Upsampling behind spatial attention (row B6 of SAU's table 12)."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from ggtoolbox.registry import UPSAMPLERS

from ..layers.attention import PositionAttention
from .base import Upsampler


@UPSAMPLERS.register_module()
class SpatialAttentionUpsampler(Upsampler):
    """DANet's position attention on the source grid, then nearest expansion.

    How the paper joins the two is not said. One module for each of the six places of the Cityscapes
    generator (widths 3 x 1024, 512, 256, 128) adds 4,367,206 parameters: 97.4 M, as the table says;
    shared by width it would be 94.8 M. So this row's config sets ``share_upsamplers=False``.

    Args:
        in_channels: of x.
        out_channels: of y; None for the same.
        scale: factor of height and width.
        reduction: width of x over the width of queries and keys (8 in DANet).
    """

    def __init__(self, in_channels: int, out_channels: int | None = None, scale: int = 2,
                 reduction: int = 8) -> None:
        super().__init__(in_channels, out_channels, scale)
        self.attention = PositionAttention(in_channels, reduction)

    def upsample(self, x: Tensor, guide: Tensor | None) -> Tensor:
        return F.interpolate(self.attention(x), scale_factor=self.scale, mode='nearest')
