"""The residual generator of CycleGAN and of pix2pix's code (Zhu et al., Unpaired Image-to-Image Translation
using Cycle-Consistent Adversarial Networks, ICCV 2017, appendix 7.2; released as ``resnet_9blocks`` and
``resnet_6blocks``). Its design is that of Johnson et al., ECCV 2016."""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.registry import GENERATORS, HEADS

from ..layers.guided_input import GuidedInput
from ..layers.residual_trunk import ResidualTrunk


@GENERATORS.register_module()
class ResNetGenerator(ResidualTrunk):
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
        guided_input = GuidedInput(source_channels, num_classes, edge, guide_channels, type(self).__name__)
        super().__init__(guided_input.channels, channels, num_blocks, num_downsamplings, norm,
                         track_running_stats, dropout, padding_mode, upsampler=upsampler)
        self.guided_input = guided_input
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
        return self.head(self.features(given), source_image)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 24).reshape(2, 3, 16, 24)
        return (dict(channels=2, num_blocks=1, num_classes=4),
                dict(source_image=image, label=torch.arange(2 * 16 * 24).reshape(2, 16, 24) // 13 % 4))
