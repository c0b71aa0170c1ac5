"""A discriminator of single pixels (Isola et al., CVPR 2017, section 4.4: the 1x1 PixelGAN)."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.convolution import normalised_convolution
from .patch import join_condition


@DISCRIMINATORS.register_module()
class PixelDiscriminator(nn.Module):
    """1x1 convolutions: ``channels``, leaky ReLU 0.2; 2 * ``channels``, norm, leaky ReLU 0.2; one logit.

    Args:
        in_channels: of condition and image together.
        channels: width of the first layer.
        norm: ``'batch'`` (then only the first convolution has a bias), ``'instance'`` or None.
        track_running_stats: of instance norm (pix2pix code of 2018: True).
    """

    def __init__(self, in_channels: int, channels: int = 64, norm: str | None = 'batch',
                 track_running_stats: bool = False) -> None:
        super().__init__()
        inner = normalised_convolution(channels, 2 * channels, kernel_size=1, norm=norm,
                                       track_running_stats=track_running_stats)
        self.layers = nn.ModuleList([
            nn.Sequential(nn.Conv2d(in_channels, channels, 1), nn.LeakyReLU(0.2)),
            nn.Sequential(*inner, nn.LeakyReLU(0.2))])
        self.to_logits = nn.Conv2d(2 * channels, 1, 1, bias=inner[0].bias is not None)

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) and condition (B, in_channels - 3, H, W) -> one scale, a logit a pixel."""
        x, features = join_condition(image, condition), []
        for layer in self.layers:
            x = layer(x)
            features.append(x)
        return [DiscriminatorOutput(self.to_logits(x), features)]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 8 * 8).reshape(2, 3, 8, 8)
        return dict(in_channels=5, channels=4), dict(image=image, condition=image[:, :2].abs())
