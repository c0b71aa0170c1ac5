"""What all upsamplers share."""
from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from ggtoolbox.errors import InputError

if TYPE_CHECKING:
    from ..layers.panoptic import PanopticMap


class Upsampler(nn.Module):
    """Enlarge by :meth:`upsample`, then change the width where it must change.

    Where ``out_channels`` differs from ``in_channels``, a 1x1 convolution follows. It is ours: the
    papers' upsamplers of this kind keep the width. Subclasses that change it themselves pass
    ``projects=False``.

    Args:
        in_channels: of x.
        out_channels: of y; None for the same.
        scale: integer factor of height and width.
        projects: whether the 1x1 convolution is wanted.
    """

    reads_instance = False
    draws_own_weights = False  # True: the generator's initialisation leaves this module alone

    def __init__(self, in_channels: int, out_channels: int | None = None, scale: int = 2,
                 projects: bool = True) -> None:
        super().__init__()
        if int(scale) != scale or scale < 1:
            raise InputError(f'{type(self).__name__}: scale must be a whole number from 1 on, '
                             f'found {scale}')
        self.in_channels, self.out_channels = in_channels, out_channels or in_channels
        self.scale = int(scale)
        self.project = nn.Identity()
        if projects and self.out_channels != in_channels:
            self.project = nn.Conv2d(in_channels, self.out_channels, 1)

    def forward(self, x: Tensor, guide: Tensor | None = None, panoptic: PanopticMap | None = None) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, scale H, scale W); guide (B, K, h, w).

        A class whose ``reads_instance`` is true gets the generator's panoptic map as well, where there is
        one.
        """
        if self.reads_instance:
            return self.project(self.upsample(x, guide, panoptic))
        return self.project(self.upsample(x, guide))

    def upsample(self, x: Tensor, guide: Tensor | None) -> Tensor:
        """The enlarging itself, without the 1x1 convolution."""
        raise NotImplementedError
