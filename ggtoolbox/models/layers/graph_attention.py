"""DanceGAN's graph attention over a skeleton sequence (Tang, PhD thesis, section 7.3.1, equations 7.1 to
7.4)."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError


class SpatialGraphAttention(nn.Module):
    """SSGA-Net: every joint's coordinate attends to those of its own skeleton, over all frames at once.

    C_ji = softmax over i of B_i . A_j (equation 7.1); out_j = alpha * sum_i C_ji D_i + S'_j (7.2), with
    A, B, D convolutions 1x1 of S' and alpha learnt from 0. Products are not scaled.

    The text leaves open over what the convolutions run; ``convolve`` decides:

    Args:
        frames: F.
        coordinates: 2V, the nodes.
        convolve: ``'frames'``: these are the channels, as in the position attention whose form the equations
            repeat, which ties the module to F; ``'coordinates'``: these are, so that any F will do.
    """

    def __init__(self, frames: int, coordinates: int, convolve: str = 'frames') -> None:
        super().__init__()
        if convolve not in ('frames', 'coordinates'):
            raise InputError(f"SpatialGraphAttention: convolve must be 'frames' or 'coordinates', found "
                             f'{convolve!r}')
        self.convolve = convolve
        channels = frames if convolve == 'frames' else coordinates
        self.query, self.key, self.value = (nn.Conv1d(channels, channels, 1) for _ in range(3))
        self.alpha = nn.Parameter(torch.zeros(1))

    def forward(self, motion: Tensor) -> tuple[Tensor, Tensor]:
        """S' (B, F, 2V) -> the result (B, F, 2V), and C^s (B, 2V, 2V) with C[j, i]."""
        x = motion if self.convolve == 'frames' else motion.transpose(1, 2)
        a, b, d = self.query(x), self.key(x), self.value(x)
        if self.convolve == 'coordinates':
            a, b, d = a.transpose(1, 2), b.transpose(1, 2), d.transpose(1, 2)
        attention = (a.transpose(1, 2) @ b).softmax(dim=-1)
        return self.alpha * (d @ attention.transpose(1, 2)) + motion, attention


class TemporalGraphAttention(nn.Module):
    """CTGA-Net: every frame's skeleton attends to those of all frames.

    C_ji = softmax over i of S'_i . S'_j (equation 7.3); out_j = beta * sum_i C_ji S'_i + S'_j (7.4), with
    beta learnt from 0. (The sum of 7.4 is written up to "C"; it runs over the frames.)
    """

    def __init__(self) -> None:
        super().__init__()
        self.beta = nn.Parameter(torch.zeros(1))

    def forward(self, motion: Tensor) -> tuple[Tensor, Tensor]:
        """S' (B, F, 2V) -> the result (B, F, 2V), and C^t (B, F, F) with C[j, i]."""
        attention = (motion @ motion.transpose(1, 2)).softmax(dim=-1)
        return self.beta * (attention @ motion) + motion, attention
