"""From an image to a code: what the pose transfer networks begin with."""
from __future__ import annotations

from torch import nn

from .convolution import normalised_convolution


def strided_encoder(in_channels: int, channels: int, num_downsamplings: int, norm: str | None,
                    max_channels: int | None = None) -> nn.Sequential:
    """A 7x7 convolution at full size, then halvings by 3x3; norm and ReLU behind each.

    Args:
        channels: width at full size; each halving doubles it, up to ``max_channels``.
        norm: ``'batch'`` (then without bias), ``'instance'`` or None.
    """
    widths = [channels * 2 ** i for i in range(num_downsamplings + 1)]
    if max_channels is not None:
        widths = [min(width, max_channels) for width in widths]
    steps = [normalised_convolution(in_channels, channels, 7, padding_mode='reflect', norm=norm)]
    steps += [normalised_convolution(i, o, stride=2, norm=norm) for i, o in zip(widths, widths[1:])]
    return nn.Sequential(*(step.append(nn.ReLU()) for step in steps))
