"""The residual block of StarGAN v2's networks (Choi et al., CVPR 2020, appendix)."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError

from .normalisation import build_norm


class PreActivationBlock(nn.Module):
    """(shortcut(x) + residual(x)) / sqrt 2; the residual is norm, leaky ReLU 0.2, convolution, twice.

    Args:
        normalise: instance norm with scale and shift in front of each activation.
        halves: mean of 2 x 2 pixels, behind the first convolution and in the shortcut.
    """

    def __init__(self, in_channels: int, out_channels: int, normalise: bool = False,
                 halves: bool = False) -> None:
        super().__init__()
        self.halves = halves
        self.norm1, self.norm2 = (build_norm('instance' if normalise else None, in_channels, affine=True)
                                  for _ in range(2))
        self.conv1 = nn.Conv2d(in_channels, in_channels, 3, padding=1)
        self.conv2 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.shortcut = nn.Identity() if in_channels == out_channels else \
            nn.Conv2d(in_channels, out_channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H, W), or half of it."""
        shrink = (lambda y: F.avg_pool2d(y, 2)) if self.halves else (lambda y: y)
        y = shrink(self.conv1(F.leaky_relu(self.norm1(x), 0.2)))
        y = self.conv2(F.leaky_relu(self.norm2(y), 0.2))
        # The mean of four pixels and a 1x1 convolution commute: it reads a quarter of them.
        return (self.shortcut(shrink(x)) + y) / 2 ** 0.5


def trunk_to_4x4(owner: str, resolution: int, in_channels: int, channels: int | None, max_channels: int
                 ) -> tuple[nn.Sequential, int]:
    """A convolution, then blocks that halve and double the width until 4 x 4 are left; no norm.

    Args:
        owner: the network, for the error.
        resolution: of square images, a power of 2.
        channels: width at full size; None: 2^14 / resolution.
        max_channels: the width grows up to it.

    Returns:
        The trunk, and its width at 4 x 4.

    Raises:
        InputError: another resolution.
    """
    if resolution < 8 or resolution & (resolution - 1):
        raise InputError(f'{owner}: resolution must be a power of 2 from 8 on, found {resolution}')
    channels, halvings = channels or 2 ** 14 // resolution, resolution.bit_length() - 3
    widths = [min(channels * 2 ** i, max_channels) for i in range(halvings + 1)]
    blocks = (PreActivationBlock(i, o, halves=True) for i, o in zip(widths, widths[1:]))
    return nn.Sequential(nn.Conv2d(in_channels, channels, 3, padding=1), *blocks), widths[-1]
