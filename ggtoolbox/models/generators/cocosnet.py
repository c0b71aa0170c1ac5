"""CoCosNet's translation network (Zhang et al., Cross-domain Correspondence Learning for Exemplar-based Image
Translation, CVPR 2020, section 3.2)."""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.registry import GENERATORS

from ..layers.attention import PooledAttention
from ..layers.doubling_trunk import DoublingTrunk
from ..layers.guided_input import GuidedInput
from ..layers.layout import Layout
from ..layers.spade import SPADEResidualBlock
from ..layers.upsampling import panoptic_map


@GENERATORS.register_module()
class CoCosNetGenerator(DoublingTrunk):
    """GauGAN's generator, steered by the warped exemplar and the layout together.

    Differs from it in: the warped exemplar before the layout in all conditions; the norm inside SPADE, over
    the channels of each pixel; reflecting padding of the blocks; attention at half the size. The first grid
    is the condition itself, resized (released); the paper starts from a constant code.

    96,664,260 parameters for ADE20K (151 classes).

    Args:
        num_classes, guide_channels: of the layout.
        channels: width of the last block (64).
        norm: inside SPADE, ``'position'`` (paper and released), ``'batch'`` or ``'instance'``.
        attention: at half the size (released; the paper is silent).
        image_size, num_upsamplings, norm_hidden_channels, spectral, upsampler, share_upsamplers, head: as of
            :class:`SPADEGenerator`.
    """

    least_grid = 2  # its convolutions pad by reflection

    def __init__(self, num_classes: int = 0, guide_channels: int = 0,
                 image_size: tuple[int, int] | None = None, channels: int = 64, num_upsamplings: int = 5,
                 norm: str = 'position', attention: bool = True, norm_hidden_channels: int = 128,
                 spectral: bool = True, upsampler: dict | None = None, share_upsamplers: bool = True,
                 head: dict | None = None, out_channels: int = 3) -> None:
        guided_input = GuidedInput(3, num_classes, False, guide_channels, type(self).__name__)

        def block(before: int, after: int) -> SPADEResidualBlock:
            return SPADEResidualBlock(before, after, guided_input.channels, norm, 3, norm_hidden_channels,
                                      spectral, padding_mode='reflect')

        super().__init__(guided_input, block, image_size, channels, num_upsamplings, None, upsampler,
                         share_upsamplers, head, out_channels)
        self.attention = PooledAttention(self.widths[4], spectral) if attention else None

    def forward(self, source_image: Tensor, label: Tensor | None = None,
                target_guide: Tensor | None = None, instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image: (B, 3, H, W) in [-1, 1]: the exemplar, warped into the layout.
            label: (B, H, W) int64 class ids, 255 = ignored, or a map (B, num_classes, H, W).
            target_guide: (B, guide_channels, H, W).
            instance: (B, H, W) int64, for panoptic aware upsampling.

        Returns:
            ``image`` (B, 3, *image_size) in [-1, 1], and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`, and for a size that cannot be halved so often.
        """
        given = self.guided_input(source_image=source_image, label=label, target_guide=target_guide,
                                  dtype=self.stem.weight.dtype)
        layout = Layout(given, panoptic=panoptic_map(self.guided_input, label, instance))
        x = self.start(layout, self.image_size or given.shape[-2:])
        for index, block in enumerate(self.blocks):
            x = self.grow(index, block(x, layout), layout)
            if index == 4 and self.attention is not None:
                x = self.attention(x)
        return self.head(x, source_image)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 64 * 64).reshape(2, 3, 64, 64)
        label = torch.arange(2 * 64 * 64).reshape(2, 64, 64) // 97 % 5
        return (dict(num_classes=5, channels=2, norm_hidden_channels=4),
                dict(source_image=image, label=label))
