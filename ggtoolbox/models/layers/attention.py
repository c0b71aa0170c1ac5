"""Attention of a feature map to itself, or by another."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.ops.crossing_attention import attention

from .spectral_norm import spectral_norm


class CrossingAttention(nn.Module):
    """XingGAN's crossing attention of a code to itself, by its likeness to another (Tang et al., ECCV 2020;
    thesis, equations 4.1 to 4.4).

    Queries and keys are not scaled by their width; gamma starts from 0.

    Args:
        channels: of the codes.
        reduction: queries and keys have ``channels`` / ``reduction`` channels.
    """

    def __init__(self, channels: int, reduction: int = 8) -> None:
        super().__init__()
        hidden = max(1, channels // reduction)
        self.query = nn.Conv2d(channels, hidden, 1)
        self.key = nn.Conv2d(channels, hidden, 1)
        self.value = nn.Conv2d(channels, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, code: Tensor, guide: Tensor) -> Tensor:
        """code + gamma * sum over j of softmax_j(<query(code)_i, key(guide)_j>) * value(code)_j."""
        return code + self.gamma * attention(self.query(code), self.key(guide), self.value(code))


class PositionAttention(CrossingAttention):
    """DANet's position attention (Fu et al., CVPR 2019, section 3.2): x + gamma * attention(x).

    The arguments are :class:`CrossingAttention`'s.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        return super().forward(x, x)


class PooledAttention(nn.Module):
    """SAGAN's attention (Zhang et al., ICML 2019) as BigGAN's and CoCosNet's code has it: x + gamma * o(a).

    Keys (C / 8 channels) and values (C / 2) are the maxima of 2 x 2 pixels; queries are not scaled by their
    width; 1x1 convolutions without bias; gamma starts from 0.

    Args:
        channels: C of x.
        spectral: spectral normalisation of the four convolutions.
    """

    def __init__(self, channels: int, spectral: bool = True) -> None:
        super().__init__()
        narrow, half = max(1, channels // 8), max(1, channels // 2)
        self.query, self.key, self.value, self.out = (
            spectral_norm(nn.Conv2d(before, after, 1, bias=False), spectral)
            for before, after in ((channels, narrow), (channels, narrow), (channels, half), (half, channels)))
        self.gamma = nn.Parameter(torch.tensor(0.0))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        key, value = (F.max_pool2d(convolution(x), 2) for convolution in (self.key, self.value))
        return x + self.gamma * self.out(attention(self.query(x), key, value))
