"""StarGAN v2's discriminator (Choi et al., CVPR 2020, appendix)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.adaptive_convolution import AdaptiveConv2d
from ..layers.pre_activation import trunk_to_4x4
from .patch import join_condition


@DISCRIMINATORS.register_module()
class DomainDiscriminator(nn.Module):
    """Blocks without norm down to 4 x 4, and a logit for each domain: real or not, as one of that domain.

    Args:
        num_domains: K.
        resolution: of square images, a power of 2.
        channels: width at full size; None: 2^14 / resolution.
        max_channels: 512.
        in_channels: of condition and image together.
    """

    def __init__(self, num_domains: int = 2, resolution: int = 256, channels: int | None = None,
                 max_channels: int = 512, in_channels: int = 3) -> None:
        super().__init__()
        self.resolution, self.in_channels = resolution, in_channels
        self.trunk, width = trunk_to_4x4('DomainDiscriminator', resolution, in_channels, channels,
                                         max_channels)
        self.convolution = AdaptiveConv2d(width, width, 4)
        self.to_logits = nn.Conv2d(width, num_domains, 1)

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) and condition (B, in_channels - 3, H, W) -> one scale, logits (B, K).

        Raises:
            InputError: another size than ``resolution``.
        """
        if tuple(image.shape[2:]) != (self.resolution, self.resolution):
            raise InputError(f'DomainDiscriminator: image must measure {self.resolution} x {self.resolution} '
                             f'pixels by resolution, found {tuple(image.shape[2:])}')
        x, features = join_condition(image, condition), []
        for block in self.trunk:
            x = block(x)
            features.append(x)
        x = F.leaky_relu(self.convolution(F.leaky_relu(x, 0.2)), 0.2)
        return [DiscriminatorOutput(self.to_logits(x).flatten(1), [*features, x])]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 16).reshape(2, 3, 16, 16)
        return (dict(num_domains=3, resolution=16, channels=2, in_channels=5),
                dict(image=image, condition=image[:, :2].abs()))
