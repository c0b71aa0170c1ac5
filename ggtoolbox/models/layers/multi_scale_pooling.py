"""SelectionGAN's multi-scale spatial pooling and channel selection (Tang et al., CVPR 2019 and TPAMI 2022;
thesis section 5.3.2)."""
from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.ops.selected_convolution import selected_convolution

from .channel_selection import ChannelSelection


class MultiScaleSpatialPooling(nn.Module):
    """[X * p1, ..., X * pM, X] along the channels, p being X pooled and enlarged again (equation 5.2).

    Pooling is an average over k x k with stride k; what remains at the border is dropped, and the pooled
    map is stretched over the whole size, bilinearly with aligned corners (released code; the paper says
    neither). With k = 1 it is X itself. Paper and code differ in the order of the channels: the paper has X
    first.

    Args:
        scales: the k (released code: 1, 4, 9; paper: three of them).
    """

    def __init__(self, scales: tuple[int, ...] = (1, 4, 9)) -> None:
        super().__init__()
        if any(int(scale) != scale or scale < 1 for scale in scales):
            raise InputError(f'MultiScaleSpatialPooling: scales must be whole numbers from 1 on, found '
                             f'{tuple(scales)}')
        self.scales = tuple(scales)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, (M + 1) * C, H, W).

        Raises:
            InputError: the map is smaller than the largest scale.
        """
        return torch.cat(list(self.parts(x)), dim=1)

    def parts(self, x: Tensor) -> Iterator[Tensor]:
        """What :meth:`forward` concatenates, one after another."""
        if min(x.shape[-2:]) < max(self.scales, default=1):
            raise InputError(f'MultiScaleSpatialPooling: height and width must be at least the largest of '
                             f'the scales {self.scales}, found {tuple(x.shape[-2:])}')
        for scale in self.scales:
            yield x * self.pooled(x, scale)
        yield x

    def pooled(self, x: Tensor, scale: int) -> Tensor:
        """X at one scale, in the size of X."""
        if scale == 1:
            return x
        return F.interpolate(F.avg_pool2d(x, scale), size=x.shape[-2:], mode='bilinear', align_corners=True)


class MultiScaleSelection(nn.Module):
    """Pooling, channel selection and a convolution back to the width it began with; G_m of the paper.

    The wide map in between is not kept for backward, see :func:`selected_convolution`.

    Args:
        channels: of what goes in and comes out.
        scales: of the pooling; () leaves it out.
        channel_selection: SelectionGAN++ has it, SelectionGAN not.
        most_alike: see :class:`ChannelSelection`.
    """

    def __init__(self, channels: int, scales: tuple[int, ...] = (1, 4, 9), channel_selection: bool = False,
                 most_alike: bool = False) -> None:
        super().__init__()
        self.pooling = MultiScaleSpatialPooling(scales) if scales else None
        self.channel_selection = ChannelSelection(most_alike) if channel_selection else None
        self.convolution = nn.Conv2d((len(scales) + 1) * channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> (B, channels, H, W)."""
        parts = None if self.pooling is None else self.pooling.parts
        if self.channel_selection is not None:
            return self.channel_selection.convolve(x, self.convolution, parts)
        return selected_convolution(x, self.convolution.weight, self.convolution.bias, None, parts)
