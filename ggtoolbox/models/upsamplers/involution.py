"""Upsampling behind an involution (row B7 of SAU's table 12)."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.ops.sau import semantic_aware_upsample
from ggtoolbox.registry import UPSAMPLERS

from ..layers.normalisation import build_norm
from .base import Upsampler


@UPSAMPLERS.register_module()
class InvolutionUpsampler(Upsampler):
    """An involution on the source grid (Li et al., CVPR 2021, eqs. 4 to 6), then nearest expansion.

    Two 1x1 convolutions with norm and ReLU between them give each pixel a kernel, which sums the
    window around it; not normalised. SAU's paper says neither how it joins the two nor the widths.

    Args:
        in_channels: of x.
        out_channels: of y; None for the same.
        scale: factor of height and width.
        kernel_size: odd; 7 in involution's paper.
        groups: kernels a pixel, each for its run of channels. Involution's released code has C / 16.
        reduction: width of x over the width between the convolutions. Involution's code has 4.
        norm: between the convolutions, ``'batch'`` as in involution's paper, ``'instance'`` or None.

    The defaults of ``groups`` and ``reduction`` are inferred from a count: with one module a width
    (1024, 512, 256, 128) they add 93,356 parameters to the Cityscapes generator, 93.1 M, as the table
    says. Involution's own would make it 94.5 M, and reduction 4 with one group 93.4 M.
    """

    def __init__(self, in_channels: int, out_channels: int | None = None, scale: int = 2,
                 kernel_size: int = 7, groups: int = 1, reduction: int = 16,
                 norm: str | None = 'batch') -> None:
        super().__init__(in_channels, out_channels, scale)
        self.kernel_size, self.groups = kernel_size, groups
        hidden = max(1, in_channels // reduction)
        self.kernel = nn.Sequential(
            nn.Conv2d(in_channels, hidden, 1, bias=norm is None),
            build_norm(norm, hidden, affine=True),
            nn.ReLU(),
            nn.Conv2d(hidden, kernel_size ** 2 * groups, 1))

    def upsample(self, x: Tensor, guide: Tensor | None) -> Tensor:
        x = semantic_aware_upsample(x, self.kernel(x), self.kernel_size, scale=1, groups=self.groups,
                                    normalise=False)
        return F.interpolate(x, scale_factor=self.scale, mode='nearest')
