"""The residual generator of CycleGAN and of pix2pix's code (Zhu et al., Unpaired Image-to-Image Translation
using Cycle-Consistent Adversarial Networks, ICCV 2017, appendix 7.2; released as ``resnet_9blocks`` and
``resnet_6blocks``). Its design is that of Johnson et al., ECCV 2016."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.convolution import bias_beside, normalised_convolution
from ..layers.guided_input import GuidedInput
from ..layers.normalisation import build_norm
from ..layers.residual import ResidualBlock


@GENERATORS.register_module()
class ResNetGenerator(nn.Module):
    """A few halvings, residual blocks at that size, the doublings back.

    A 7x7 convolution, ``num_downsamplings`` convolutions 3x3 of stride 2 that double the width, the blocks,
    as many upsamplings that halve the width; norm and ReLU behind each. The 7x7 convolutions at both ends
    pad by reflection, whatever ``padding_mode`` says.

    Args:
        source_channels, num_classes, edge, guide_channels: what is read; see :class:`GuidedInput`.
        channels: width at full size.
        num_blocks: 9 at 256 pixels, 6 at 128 (paper).
        num_downsamplings: n; heights and widths must be multiples of 2**n, at least twice that.
        norm: ``'instance'``, ``'batch'`` (then convolutions have no bias but the last one) or None.
        track_running_stats: of instance norm; the code of 2018 has them, and normalises by them in eval
            mode, the code of 2017 has not.
        dropout: probability inside the blocks; 0 for none (CycleGAN). 0.5 where the released code is told
            nothing, and so in most of its weights.
        padding_mode: of the blocks, ``'reflect'``, ``'replicate'`` or ``'zeros'``.
        upsampler: what doubles (default: ``DeconvolutionUpsampler`` with ``kernel_size=3``); gets
            ``in_channels``, ``out_channels`` and ``scale=2``, and the input as guide.
        head: what turns the last features into an image (default: ``RGBHead``, 7x7, reflecting); gets
            ``in_channels`` and ``out_channels``.
    """

    def __init__(self, source_channels: int = 3, num_classes: int = 0, edge: bool = False,
                 guide_channels: int = 0, channels: int = 64, num_blocks: int = 9,
                 num_downsamplings: int = 2, norm: str | None = 'instance',
                 track_running_stats: bool = False, dropout: float = 0.0, padding_mode: str = 'reflect',
                 upsampler: dict | None = None, head: dict | None = None, out_channels: int = 3) -> None:
        super().__init__()
        self.guided_input = GuidedInput(source_channels, num_classes, edge, guide_channels,
                                        type(self).__name__)
        self.num_downsamplings = num_downsamplings
        widths = [channels * 2 ** i for i in range(num_downsamplings + 1)]
        normalisation = dict(norm=norm, track_running_stats=track_running_stats)
        self.stem = normalised_convolution(self.guided_input.channels, channels, kernel_size=7,
                                           padding_mode='reflect', **normalisation)
        self.downs = nn.ModuleList(
            normalised_convolution(before, after, stride=2, **normalisation)
            for before, after in zip(widths, widths[1:]))
        self.blocks = nn.ModuleList(
            ResidualBlock(widths[-1], padding_mode=padding_mode, dropout=dropout, **normalisation)
            for _ in range(num_blocks))
        narrowing = list(zip(widths[:0:-1], widths[-2::-1]))
        default = dict(type='DeconvolutionUpsampler', kernel_size=3, bias=bias_beside(norm))
        self.upsamplers = nn.ModuleList(
            UPSAMPLERS.build(upsampler or default,
                             default_args=dict(in_channels=before, out_channels=after, scale=2))
            for before, after in narrowing)
        self.norms = nn.ModuleList(build_norm(norm, after, norm == 'batch', track_running_stats)
                                   for _, after in narrowing)
        self.head = HEADS.build(
            head or dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None),
            default_args=dict(in_channels=channels, out_channels=out_channels))

    def forward(self, source_image: Tensor | None = None, label: Tensor | None = None,
                edge: Tensor | None = None, target_guide: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image: (B, source_channels, H, W) in [-1, 1].
            label: (B, H, W) int64 class ids, 255 = ignored, or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1], and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`, and for a size that cannot be halved so often.
        """
        given = self.guided_input(source_image, label, edge, target_guide, self.stem[0].weight.dtype)
        step = 2 ** self.num_downsamplings
        if any(length % step or length < 2 * step for length in given.shape[-2:]):
            raise InputError(f'ResNetGenerator: height and width must be multiples of {step} (2 to the power '
                             f'of num_downsamplings={self.num_downsamplings}) and at least {2 * step}, '
                             f'found {tuple(given.shape[-2:])}')
        x = F.relu(self.stem(given))
        for down in self.downs:
            x = F.relu(down(x))
        for block in self.blocks:
            x = block(x)
        for upsampler, norm in zip(self.upsamplers, self.norms):
            x = F.relu(norm(upsampler(x, given)))
        return self.head(x, source_image)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 24).reshape(2, 3, 16, 24)
        return (dict(channels=2, num_blocks=1, num_classes=4),
                dict(source_image=image, label=torch.arange(2 * 16 * 24).reshape(2, 16, 24) // 13 % 4))
