"""The residual block of the networks that follow Johnson et al. (ECCV 2016)."""
from __future__ import annotations

from torch import Tensor, nn

from ggtoolbox.errors import InputError

from .convolution import normalised_convolution

_ACTIVATIONS = {'relu': nn.ReLU, 'leaky_relu': lambda: nn.LeakyReLU(0.2)}


class ResidualBlock(nn.Module):
    """x + F(x); F = convolution, norm, activation, dropout, convolution, norm. Nothing follows the sum.

    As in the generators of pix2pix, CycleGAN, pix2pixHD, GestureGAN, C2GAN and LGGAN.

    Args:
        channels: of x and y.
        kernel_size: of both convolutions, odd.
        padding_mode: ``'reflect'``, ``'replicate'`` or ``'zeros'``.
        norm: ``'batch'``, ``'instance'`` or None.
        track_running_stats: of instance norm.
        dropout: probability; 0 for none.
        activation: ``'relu'`` or ``'leaky_relu'`` (slope 0.2).
        bias: of the convolutions; None: unless batch norm follows.
        spectral: spectral normalisation of the convolutions.
        affine: scale and shift of the norms; None: batch norm has them, instance norm has not.
    """

    def __init__(self, channels: int, kernel_size: int = 3, padding_mode: str = 'reflect',
                 norm: str | None = 'instance', track_running_stats: bool = False,
                 dropout: float = 0.0, activation: str = 'relu', bias: bool | None = None,
                 spectral: bool = False, affine: bool | None = None) -> None:
        super().__init__()
        if activation not in _ACTIVATIONS:
            raise InputError(f'ResidualBlock: activation must be one of {", ".join(_ACTIVATIONS)}, found '
                             f'{activation!r}')
        self.first, self.second = (
            normalised_convolution(channels, channels, kernel_size, padding_mode=padding_mode, norm=norm,
                                   track_running_stats=track_running_stats, bias=bias, spectral=spectral,
                                   affine=affine)
            for _ in range(2))
        self.activation = _ACTIVATIONS[activation]()
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> the same shape."""
        return x + self.second(self.dropout(self.activation(self.first(x))))
