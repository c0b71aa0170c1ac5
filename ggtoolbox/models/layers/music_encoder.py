"""From music to one code a frame: MDVS's audio encoder and the recurrent network above it.

Ren et al., Self-supervised Dance Video Synthesis Conditioned on Music, ACM MM 2020; G_e of DanceGAN (Tang,
PhD thesis, section 7.3.1).
"""
from __future__ import annotations

import math
from collections.abc import Iterator

from torch import Tensor, nn

from ggtoolbox.errors import InputError


def prime_factors(number: int) -> Iterator[int]:
    """Of a number above 1, rising."""
    factor = 2
    while number > 1:
        while number % factor == 0:
            yield factor
            number //= factor
        factor += 1


class PieceEncoder(nn.Module):
    """One code for each piece of sound, by itself: convolutions over its samples.

    The first convolution is ``kernel_seconds`` long with a stride of ``stride_seconds``. What then is left of
    the piece is divided by its prime factors, rising: each is a convolution of that stride and twice that
    length, the last one a convolution over all that is left. Widths double; batch norm and ReLU follow each
    but the last, which tanh follows. (16 kHz, 0.1 s: kernels 80, 4, 4, 10, 5 and strides 16, 2, 2, 5, 1.)

    Args:
        samples: of a piece.
        rate: samples a second.
        code_channels: of the code.
        channels: of the first convolution.
        kernel_seconds, stride_seconds: of the first convolution.

    Attributes:
        geometry: (kernel, stride, padding) of each convolution.

    Raises:
        InputError: a piece that is shorter than two strides of the first convolution.
    """

    def __init__(self, samples: int = 1600, rate: int = 16000, code_channels: int = 256, channels: int = 16,
                 kernel_seconds: float = 0.005, stride_seconds: float = 0.001) -> None:
        super().__init__()
        kernel, stride = round(kernel_seconds * rate), round(stride_seconds * rate)
        if stride < 1 or samples < 2 * stride:
            raise InputError(f'PieceEncoder: a piece must be at least two strides of {stride_seconds} s long '
                             f'and a stride at least one sample, found {samples} samples at {rate} a second')
        self.geometry = [(kernel, stride, _padding(samples, kernel, stride))]
        left = math.ceil(samples / stride)
        *factors, _ = prime_factors(left)
        for factor in factors:
            self.geometry.append((2 * factor, factor, _padding(left, 2 * factor, factor)))
            left //= factor
        self.geometry.append((left, 1, 0))
        widths = [1, *(channels * 2 ** i for i in range(len(self.geometry) - 1)), code_channels]
        self.convolutions = nn.ModuleList(nn.Conv1d(before, after, *geometry) for before, after, geometry
                                          in zip(widths, widths[1:], self.geometry))
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for width in widths[1:-1])

    def forward(self, pieces: Tensor) -> Tensor:
        """(N, samples) -> (N, code_channels) in [-1, 1]."""
        x = pieces.unsqueeze(1)
        for convolution, norm in zip(self.convolutions, self.norms):
            x = norm(convolution(x)).relu()
        return self.convolutions[-1](x).flatten(1).tanh()


def _padding(length: int, kernel: int, stride: int) -> int:
    """Half, rounded up, of what the last of ceil(length / stride) windows lacks."""
    return max(0, math.ceil(((math.ceil(length / stride) - 1) * stride + kernel - length) / 2))


class MusicEncoder(nn.Module):
    """The hidden states H of music: each piece's code, two bidirectional GRU layers, a linear layer.

    Args:
        samples, rate, piece_channels: of :class:`PieceEncoder` (its ``channels``).
        channels: h, of the pieces' codes, of the GRU's state in each direction and of the result.
    """

    def __init__(self, samples: int = 1600, rate: int = 16000, channels: int = 256, piece_channels: int = 16
                 ) -> None:
        super().__init__()
        self.samples = samples
        self.pieces = PieceEncoder(samples, rate, channels, piece_channels)
        self.recurrent = nn.GRU(channels, channels, num_layers=2, bidirectional=True, batch_first=True)
        self.linear = nn.Linear(2 * channels, channels)

    def forward(self, audio: Tensor) -> Tensor:
        """audio (B, F, samples), one piece a frame -> H (B, F, channels)."""
        if audio.dim() != 3 or audio.shape[-1] != self.samples:
            raise InputError(f'audio must be (B, F, {self.samples}): pieces of {self.samples} samples, found '
                             f'{tuple(audio.shape)}')
        codes = self.pieces(audio.flatten(0, 1)).unflatten(0, audio.shape[:2])
        return self.linear(self.recurrent(codes)[0])
