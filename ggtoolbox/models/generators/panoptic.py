"""Generator of panoptic-based image synthesis (Dundar et al., Panoptic-based Image Synthesis, CVPR 2020)."""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.registry import GENERATORS

from ..layers.layout import Layout
from ..layers.panoptic import PanopticResidualBlock, convolve
from .spade import SPADEGenerator


@GENERATORS.register_module()
class PanopticGenerator(SPADEGenerator):
    """GauGAN's generator whose convolutions and upsamplings keep to the instance that they are at.

    No code was released. That the 3x3 convolutions of the blocks and the stem are panoptic aware and SPADE's
    own are not, is our reading; so are
    :class:`~ggtoolbox.models.upsamplers.panoptic.PanopticAwareUpsampler`'s. State names are GauGAN's.

    Args:
        edge: of instances; the paper needs none, for it has the instances themselves.
        panoptic_convolution: False: plain convolutions (the paper's ablation: upsampling alone).
        upsampler: default: ``PanopticAwareUpsampler``; ``NearestUpsampler`` for convolutions alone.

    The other arguments are :class:`~ggtoolbox.models.generators.spade.SPADEGenerator`'s.
    """

    def __init__(self, num_classes: int, edge: bool = False, guide_channels: int = 0,
                 image_size: tuple[int, int] | None = (256, 512), channels: int = 64,
                 num_upsamplings: int = 6, latent_dim: int | None = None, norm: str = 'batch',
                 norm_kernel_size: int = 3, norm_hidden_channels: int = 128, spectral: bool = True,
                 upsampler: dict | None = None, share_upsamplers: bool = True, head: dict | None = None,
                 out_channels: int = 3, from_features: bool = False,
                 panoptic_convolution: bool = True) -> None:
        self.block_type = PanopticResidualBlock if panoptic_convolution else SPADEGenerator.block_type
        super().__init__(num_classes, edge, guide_channels, image_size, channels, num_upsamplings, latent_dim,
                         norm, norm_kernel_size, norm_hidden_channels, spectral,
                         upsampler or dict(type='PanopticAwareUpsampler'), share_upsamplers, head,
                         out_channels, from_features)

    def convolve_stem(self, layout: Layout, grid: tuple[int, int]) -> Tensor:
        if self.block_type is not PanopticResidualBlock:
            return super().convolve_stem(layout, grid)
        return convolve(self.stem, layout.at(grid), layout.panoptic)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        arguments, inputs = super().example()
        rows, columns = torch.arange(64)[:, None], torch.arange(32)
        instance = (rows // 9 * 10 + columns // 7 + (rows + columns) % 11 // 10).expand(2, -1, -1)
        return dict(arguments, edge=False), dict(label=inputs['label'], instance=instance.contiguous())
