"""Upsampling by position alone (rows B1 to B3 of SAU's table 12): nearest, bilinear, bicubic.

Pixels are areas: centres at half-integers (``align_corners=False``). No parameters.
"""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from ggtoolbox.registry import UPSAMPLERS

from .base import Upsampler


@UPSAMPLERS.register_module()
class NearestUpsampler(Upsampler):
    """Each source pixel becomes scale x scale equal ones, as in GauGAN."""

    def upsample(self, x: Tensor, guide: Tensor | None) -> Tensor:
        return F.interpolate(x, scale_factor=self.scale, mode='nearest')


@UPSAMPLERS.register_module()
class BilinearUpsampler(Upsampler):
    """Linear in each direction between the four nearest centres."""

    def upsample(self, x: Tensor, guide: Tensor | None) -> Tensor:
        return F.interpolate(x, scale_factor=self.scale, mode='bilinear', align_corners=False)


@UPSAMPLERS.register_module()
class BicubicUpsampler(Upsampler):
    """Cubic convolution (a = -0.75) over 4 x 4 centres; may overshoot the range of x."""

    def upsample(self, x: Tensor, guide: Tensor | None) -> Tensor:
        return F.interpolate(x, scale_factor=self.scale, mode='bicubic', align_corners=False)
