"""Attention of a feature map to itself."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.ops.crossing_attention import attention


class PositionAttention(nn.Module):
    """DANet's position attention (Fu et al., CVPR 2019, section 3.2): x + gamma * attention(x).

    Queries and keys are not scaled by their width; gamma starts from 0.

    Args:
        channels: C of x.
        reduction: queries and keys have C / reduction channels.
    """

    def __init__(self, channels: int, reduction: int = 8) -> None:
        super().__init__()
        hidden = max(1, channels // reduction)
        self.query = nn.Conv2d(channels, hidden, 1)
        self.key = nn.Conv2d(channels, hidden, 1)
        self.value = nn.Conv2d(channels, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        return x + self.gamma * attention(self.query(x), self.key(x), self.value(x))
