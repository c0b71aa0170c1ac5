"""The discriminators of PATN, XingGAN and BiGraphGAN (Zhu et al., CVPR 2019; thesis section 4.3.4)."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.residual import ResidualBlock
from ..layers.strided_encoder import strided_encoder


@DISCRIMINATORS.register_module()
class ResidualDiscriminator(nn.Module):
    """A 7x7 convolution, halvings, residual blocks; every channel of the last block is a map of logits.

    The papers do not say how a discriminator ends; in the released code (this) nothing leads from the last
    4 * ``channels`` maps to a single one. It has a sigmoid for the vanilla loss, which is inside our
    ``GANLoss``.

    The image is in front of the condition, as the released weights want it.

    Args:
        in_channels: of image and condition together.
        channels: width at full size; it doubles up to four times as much.
        num_blocks: residual blocks.
        num_downsamplings: n; heights and widths must be multiples of 2**n.
        norm: ``'batch'`` (then convolutions have no bias), ``'instance'`` or None.
        dropout: probability inside the blocks; released code: 0.5.
    """

    def __init__(self, in_channels: int, channels: int = 64, num_blocks: int = 3, num_downsamplings: int = 2,
                 norm: str | None = 'batch', dropout: float = 0.5) -> None:
        super().__init__()
        self.encoder = strided_encoder(in_channels, channels, num_downsamplings, norm, 4 * channels)
        width = channels * min(2 ** num_downsamplings, 4)
        self.blocks = nn.Sequential(*(ResidualBlock(width, norm=norm, dropout=dropout)
                                      for _ in range(num_blocks)))

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) and condition (B, in_channels - 3, H, W) -> one scale, without features."""
        x = image if condition is None else torch.cat([image, condition.to(image.dtype)], dim=1)
        return [DiscriminatorOutput(self.blocks(self.encoder(x)), [])]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 16).reshape(2, 3, 16, 16)
        return dict(in_channels=5, channels=4, num_blocks=1), dict(image=image, condition=image[:, :2].abs())
