"""Attention between the places of feature maps, without a places x places matrix."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def attend(query: Tensor, key: Tensor, value: Tensor, scale: float = 1.0) -> Tensor:
    """out[:, i] = sum over j of softmax_j(scale * <query[:, i], key[:, j]>) * value[:, j].

    Args:
        query: (B, D, H, W).
        key: (B, D, h, w).
        value: (B, C, h, w).

    Returns:
        (B, C, H, W). Memory grows with the number of places, not with its square: the narrower of
        D and C is filled up with zeros, because PyTorch's fused kernel on a CPU asks for one width.
    """
    width = max(query.shape[1], value.shape[1])
    out = F.scaled_dot_product_attention(
        *(_places_first(t, width) for t in (query, key, value)), scale=scale)
    out = out[:, 0, :, :value.shape[1]].transpose(1, 2)
    return out.unflatten(2, query.shape[2:])


def _places_first(x: Tensor, width: int) -> Tensor:
    """(B, C, H, W) -> (B, 1, H*W, width)."""
    return F.pad(x.flatten(2).transpose(1, 2), (0, width - x.shape[1])).unsqueeze(1).contiguous()


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
        return x + self.gamma * attend(self.query(x), self.key(x), self.value(x))
