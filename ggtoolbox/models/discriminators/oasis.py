"""OASIS's discriminator (Schonfeld et al., You Only Need Adversarial Supervision for Semantic Image
Synthesis, ICLR 2021, section 3.1 and appendix)."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput, check_num_classes

from ..layers.sizes import check_size
from ..layers.spectral_norm import spectral_norm


class ResizingResidualBlock(nn.Module):
    """leaky ReLU - 3x3 - leaky ReLU - 3x3 beside a shortcut (1x1 where the width
    changes), halved (means of 2x2) or doubled (nearest).

    Args:
        doubles: double before the first convolution; False: halve after the second.
        activate_first: False in the block that reads the image.
    """

    def __init__(self, in_channels: int, out_channels: int, doubles: bool,
                 activate_first: bool = True) -> None:
        super().__init__()
        self.doubles, self.activate_first = doubles, activate_first
        self.conv_1 = spectral_norm(nn.Conv2d(in_channels, out_channels, 3, padding=1))
        self.conv_2 = spectral_norm(nn.Conv2d(out_channels, out_channels, 3, padding=1))
        self.shortcut = nn.Identity() if in_channels == out_channels else spectral_norm(
            nn.Conv2d(in_channels, out_channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H / 2 or 2 H, ...)."""
        y = F.leaky_relu(x, 0.2) if self.activate_first else x
        if self.doubles:
            x, y = (F.interpolate(t, scale_factor=2, mode='nearest') for t in (x, y))
        y = self.conv_2(F.leaky_relu(self.conv_1(y), 0.2)) + self.shortcut(x)
        return y if self.doubles else F.avg_pool2d(y, 2)


@DISCRIMINATORS.register_module()
class OASISDiscriminator(nn.Module):
    """A U-Net that says of each pixel which of N classes it shows, or that it is generated.

    Residual blocks down, as many up again, each but the first of these beside the features of the way down
    that have its size, and a 1x1 convolution to N + 1 logits. All convolutions are spectrally normalised but
    the last.

    Args:
        num_classes: N.
        channels: of the blocks on the way down; the paper's six need images of multiples of 64. The way up
            has the same widths in reverse order, and ends with half the first.
        image_channels: of the image.
    """

    def __init__(self, num_classes: int, channels: Sequence[int] = (128, 128, 256, 256, 512, 512),
                 image_channels: int = 3) -> None:
        super().__init__()
        check_num_classes(num_classes, type(self).__name__)
        channels = tuple(channels)
        if len(channels) < 2:
            raise InputError(f'OASISDiscriminator: channels must be two widths or more, found {channels}')
        self.downs = nn.ModuleList(
            ResizingResidualBlock(before, after, doubles=False, activate_first=index > 0)
            for index, (before, after) in enumerate(zip((image_channels, *channels), channels)))
        after = (*channels[-2::-1], max(1, channels[0] // 2))
        before = (channels[-1], *(2 * width for width in after[:-1]))
        self.ups = nn.ModuleList(ResizingResidualBlock(*pair, doubles=True) for pair in zip(before, after))
        self.to_logits = nn.Conv2d(after[-1], num_classes + 1, 1)

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) -> one scale of logits (B, N + 1, H, W), without features.

        Args:
            condition: not read: the layout is what is to be found.

        Raises:
            InputError: a size that cannot be halved so often.
        """
        check_size('OASISDiscriminator', image.shape[-2:], 2 ** len(self.downs))
        passed, x = [], image
        for block in self.downs:
            x = block(x)
            passed.append(x)
        x = self.ups[0](passed.pop())
        for block in self.ups[1:]:
            x = block(torch.cat([x, passed.pop()], dim=1))
        return [DiscriminatorOutput(self.to_logits(x), [])]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 16).reshape(2, 3, 16, 16)
        return dict(num_classes=5, channels=(4, 6)), dict(image=image)
