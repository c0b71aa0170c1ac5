"""What upsamplers share that predict the weights of their sums: SAU and CARAFE."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from ggtoolbox.ops.sau import semantic_aware_upsample
from ggtoolbox.ops.sau_weights import accumulation_dtype

from .base import Upsampler


class Reassembly(Upsampler):
    """Each output pixel is a weighted sum of the features around its source pixel; the weights are predicted
    from the features. Subclasses say how, in :meth:`logits`.

    Args:
        in_channels, out_channels, scale: as of :class:`Upsampler`.
        kernel_size: k, odd: side of the window.
        window: which grid the window lies on; see ``ggtoolbox.ops.sau.semantic_aware_upsample``.
        groups: kernels an output pixel, each for its run of channels.
        implementation: of the sum; see there.
    """

    draws_own_weights = True

    def __init__(self, in_channels: int, out_channels: int | None, scale: int, kernel_size: int,
                 window: str = 'source', groups: int = 1, implementation: str = 'auto') -> None:
        super().__init__(in_channels, out_channels, scale)
        self.kernel_size, self.window, self.groups = kernel_size, window, groups
        self.implementation = implementation

    def logits(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, groups * k*k * scale**2, H, W)."""
        raise NotImplementedError

    def kernels(self, x: Tensor) -> Tensor:
        """(B, groups, k, k, scale H, scale W): the weights of each output pixel, whose sum is 1."""
        logits = F.pixel_shuffle(self.logits(x).to(accumulation_dtype(x)), self.scale)
        side = self.kernel_size
        return logits.unflatten(1, (self.groups, side * side)).softmax(2).unflatten(2, (side, side))

    def upsample(self, x: Tensor, guide: Tensor | None) -> Tensor:
        return semantic_aware_upsample(x, self.logits(x), self.kernel_size, self.scale, self.window,
                                       self.groups, implementation=self.implementation)
