from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES

from ..layers.normalisation import build_norm
from ..layers.spectral_norm import spectral_norm


@BACKBONES.register_module()
class ConvEncoder(nn.Module):
    """GauGAN's image encoder: an image's style as a normal distribution (Park et al. 2019, appendix A).

    3x3 convolutions of stride 2, widths 1, 2, 4, 8, 8, ... times ``channels``, each with a norm and
    leaky ReLU 0.2, until 4x4 pixels are left; then a linear layer each for mean and log variance.

    Args:
        channels: the released code takes the generator's width here, not its own ``nef`` option.
        latent_dim: 256 in the released code.
        image_size: images are resized to this square first (bilinear, corners not aligned); a power of
            two. The released code has 256 whatever the image's size.
        norm: ``'instance'`` or ``'batch'`` (affine), before which convolutions have no bias, or None.
    """

    def __init__(self, channels: int = 64, latent_dim: int = 256, image_size: int = 256,
                 spectral: bool = True, norm: str | None = 'instance', in_channels: int = 3) -> None:
        super().__init__()
        num_layers = image_size.bit_length() - 3
        if num_layers < 1 or image_size != 4 << num_layers:
            raise InputError('ConvEncoder: image_size must be a power of two from 8 up, found '
                             f'{image_size}')
        self.image_size = image_size
        widths = [in_channels] + [channels * min(2 ** index, 8) for index in range(num_layers)]
        self.layers = nn.ModuleList(nn.Sequential(
            spectral_norm(nn.Conv2d(before, after, 3, stride=2, padding=1, bias=norm is None), spectral),
            build_norm(norm, after, affine=norm == 'batch'), nn.LeakyReLU(0.2))
            for before, after in zip(widths, widths[1:]))
        self.mean = nn.Linear(widths[-1] * 16, latent_dim)
        self.log_variance = nn.Linear(widths[-1] * 16, latent_dim)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1] -> ``mean`` and ``log_variance``, both (B, latent_dim)."""
        size = (self.image_size, self.image_size)
        x = image if image.shape[-2:] == size else F.interpolate(image, size=size, mode='bilinear')
        for layer in self.layers:
            x = layer(x)
        x = torch.flatten(x, 1)
        return dict(mean=self.mean(x), log_variance=self.log_variance(x))
