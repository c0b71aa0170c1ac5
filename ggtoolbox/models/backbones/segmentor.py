"""SCGAN's segmentor (Jiang et al., section 4.2.3 and table 2; released as jackyjsy/SCGAN)."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import BACKBONES

from ..layers.convolution import normalised_convolution
from ..layers.normalisation import build_norm
from ..layers.residual import ResidualBlock
from ..layers.sizes import check_halvings


@BACKBONES.register_module()
class Segmentor(nn.Module):
    """4x4 convolutions that halve, residual blocks, transposed convolutions that double; instance norm, ReLU.

    Paper (the default): no convolution at full size, so that halvings lead to 64 and 128 channels and
    doublings back to 64 and 32; ends in a 3x3 convolution. Released code: ``channels=64,
    stem_kernel_size=7, last_kernel_size=7``. No convolution has a bias.

    Args:
        num_classes: of the segmentation.
        channels: width at full size; each halving doubles it.
        num_blocks: residual blocks.
        num_downsamplings: n; heights and widths must be multiples of 2**n.
        stem_kernel_size: of a convolution at full size in front of all; None for none.
        last_kernel_size: of the convolution to the classes.
    """

    draws_own_weights = True  # PyTorch's, as the released code trains it

    def __init__(self, num_classes: int = 7, channels: int = 32, num_blocks: int = 4,
                 num_downsamplings: int = 2, stem_kernel_size: int | None = None, last_kernel_size: int = 3,
                 in_channels: int = 3) -> None:
        super().__init__()
        self.num_classes, self.num_downsamplings = num_classes, num_downsamplings
        kind = dict(norm='instance', affine=True, bias=False)
        widths = [channels * 2 ** i for i in range(num_downsamplings + 1)]
        self.stem = None
        if stem_kernel_size is not None:
            self.stem = normalised_convolution(in_channels, channels, stem_kernel_size, **kind)
        first = in_channels if self.stem is None else channels
        self.downs = nn.ModuleList(
            normalised_convolution(before, after, 4, stride=2, padding=1, **kind)
            for before, after in zip([first, *widths[1:]], widths[1:]))
        self.blocks = nn.ModuleList(
            ResidualBlock(widths[-1], padding_mode='zeros', **kind) for _ in range(num_blocks))
        self.ups = nn.ModuleList(
            nn.Sequential(nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=False),
                          build_norm('instance', after, affine=True))
            for before, after in zip(widths[:0:-1], widths[-2::-1]))
        self.to_logits = nn.Conv2d(channels, num_classes, last_kernel_size, padding=last_kernel_size // 2,
                                   bias=False)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1] -> ``logits`` (B, num_classes, H, W).

        Raises:
            InputError: for a size that cannot be halved so often.
        """
        check_halvings(type(self).__name__, image.shape[-2:], self.num_downsamplings)
        x = image
        for layer in (*([] if self.stem is None else [self.stem]), *self.downs):
            x = F.relu(layer(x))
        for block in self.blocks:
            x = block(x)
        for up in self.ups:
            x = F.relu(up(x))
        return dict(logits=self.to_logits(x))
