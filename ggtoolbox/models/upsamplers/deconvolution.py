"""Upsampling by a transposed convolution (row B4 of SAU's table 12)."""
from __future__ import annotations

from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import UPSAMPLERS

from ..layers.adaptive_convolution import AdaptiveConvTranspose2d
from ..layers.spectral_norm import spectral_norm
from .base import Upsampler


@UPSAMPLERS.register_module()
class DeconvolutionUpsampler(Upsampler):
    """A transposed convolution with stride ``scale``; it changes the width itself.

    Args:
        in_channels: of x.
        out_channels: of y; None for the same.
        scale: factor of height and width.
        kernel_size: at least ``scale``; None for ``scale``. The paper does not give it. 2 at scale 2
            adds 5,572,480 parameters to the Cityscapes generator with one module a width (1024, 512,
            256, 128): 98.6 M, as the table says; 3 or 4 would not. ResNet generators of the pix2pix
            code have 3, its U-Nets 4.
        bias: of the transposed convolution.
        spectral: spectral normalisation of it.
    """

    def __init__(self, in_channels: int, out_channels: int | None = None, scale: int = 2,
                 kernel_size: int | None = None, bias: bool = True,
                 spectral: bool = False) -> None:
        super().__init__(in_channels, out_channels, scale, projects=False)
        kernel_size = kernel_size or self.scale
        if kernel_size < self.scale:
            raise InputError(f'DeconvolutionUpsampler: kernel_size must be at least scale={scale}, '
                             f'found {kernel_size}')
        odd = (kernel_size - self.scale) % 2
        self.deconvolution = spectral_norm(AdaptiveConvTranspose2d(
            in_channels, self.out_channels, kernel_size, self.scale,
            padding=(kernel_size - self.scale + odd) // 2, output_padding=odd, bias=bias), spectral)

    def upsample(self, x: Tensor, guide: Tensor | None) -> Tensor:
        return self.deconvolution(x)
