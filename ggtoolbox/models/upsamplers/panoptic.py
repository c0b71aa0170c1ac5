"""Panoptic aware upsampling (Dundar et al., Panoptic-based Image Synthesis, CVPR 2020, section 3)."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.ops.panoptic_alignment import WINDOWS, align
from ggtoolbox.ops.panoptic_convolution import panoptic_convolution, panoptic_convolution_at
from ggtoolbox.registry import UPSAMPLERS

from ..layers.panoptic import PanopticMap
from ..layers.spectral_norm import next_weight
from .base import Upsampler


@UPSAMPLERS.register_module()
class PanopticAwareUpsampler(Upsampler):
    """Each output pixel copies a source pixel of the same instance; where there is none, a new feature is
    made.

    Alignment: the first of four source pixels that has the output pixel's identity
    (:func:`~ggtoolbox.ops.panoptic_alignment.panoptic_alignment`). Hole filling:
    y = aligned + (1 - mask) * f, f a panoptic aware convolution of the semantic map at the output's size,
    evaluated in the holes alone. No code was released: window, kernel, a bias and no activation are readings.

    Generators that read ``instance`` hand it the panoptic map; without one (a generator of poses, say) all is
    one instance, and it is the nearest upsampling.

    Args:
        in_channels: of x.
        out_channels: of y; None for the same.
        scale: factor of height and width.
        guide_channels: of the guide, which is the semantic map; a generator says so by itself. 0: holes take
            the nearest feature.
        fill: False leaves holes at 0 (alignment alone).
        kernel_size: of the filling convolution, odd.
        window: the four source pixels; see the alignment.
    """

    reads_instance = True

    def __init__(self, in_channels: int, out_channels: int | None = None, scale: int = 2,
                 guide_channels: int = 0, fill: bool = True, kernel_size: int = 3,
                 window: str = 'lower_right') -> None:
        super().__init__(in_channels, out_channels, scale)
        if window not in WINDOWS:
            raise InputError(f'PanopticAwareUpsampler: window must be one of {WINDOWS}, found {window!r}')
        self.fills, self.kernel_size, self.window = fill, kernel_size, window
        self.fill = nn.Conv2d(guide_channels, in_channels, kernel_size, padding=kernel_size // 2) \
            if fill and guide_channels else None

    def upsample(self, x: Tensor, guide: Tensor | None, panoptic: PanopticMap | None = None) -> Tensor:
        nearest = F.interpolate(x, scale_factor=self.scale, mode='nearest')
        if panoptic is None:
            return nearest
        size = tuple(nearest.shape[-2:])
        alignment = panoptic.alignment(tuple(x.shape[-2:]), size, self.window)
        y = align(x, alignment)
        if not self.fills:
            return y
        if self.fill is None or guide is None:
            return y + nearest * (~alignment.found).to(y.dtype)
        weight, neighbours = next_weight(self.fill), panoptic.neighbours(size, self.kernel_size)
        guide = guide if tuple(guide.shape[-2:]) == size else F.interpolate(guide, size=size, mode='nearest')
        if neighbours.boundary is None:  # recorded: it must hold for other maps, too
            filled = panoptic_convolution(guide, weight, self.fill.bias, neighbours)
            return y + filled * (~alignment.found).to(y.dtype)
        holes = (~alignment.found).flatten().nonzero().squeeze(1)
        made = panoptic_convolution_at(holes, guide, weight, neighbours) + self.fill.bias
        rows = y.movedim(1, -1)
        return rows.reshape(-1, rows.shape[-1]).index_copy(0, holes, made.to(y.dtype)).view(
            rows.shape).movedim(-1, 1)
