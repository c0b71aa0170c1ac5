"""GauGAN's generator (Park et al., Semantic Image Synthesis with Spatially-Adaptive Normalization,
CVPR 2019; released as NVlabs/SPADE)."""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.registry import GENERATORS

from ..layers.doubling_trunk import DoublingTrunk
from ..layers.guided_input import GuidedInput
from ..layers.spade import SPADEResidualBlock


@GENERATORS.register_module()
class SPADEGenerator(DoublingTrunk):
    """SPADE residual blocks from a small grid up, with a doubling between them.

    The grid starts at ``image_size / 2**num_upsamplings``, from the layout itself (resized, one
    convolution) or from a latent (one linear layer). Widths in units of ``channels``: 16, 16, 16, 8,
    4, 2, 1 and, with 7 upsamplings, 1/2. Spectral normalisation lies on the blocks' own convolutions
    alone (paper: on all layers; released code: so).

    Args:
        num_classes: of the label map; 0 where a guide alone steers.
        edge: an edge channel follows the classes.
        guide_channels: of ``target_guide`` (0: none).
        image_size: (height, width) of what is generated, whatever the size of the layout; multiples of
            2**num_upsamplings. None: the size of the layout (not with a latent).
        channels: width of the last block (64 in the paper).
        num_upsamplings: 5, 6 or 7; the released options ``normal``, ``more``, ``most``. The paper's
            figure has 6 at 256 pixels; the released code has 5 there and 6 for Cityscapes.
        latent_dim: start from a latent of this length (256 in the released code), as a variational
            auto-encoder's decoder does. None: start from the layout.
        norm: inside SPADE, ``'batch'`` (synchronised by the runner's ``sync_bn``) or ``'instance'``.
        norm_kernel_size: of SPADE's convolutions.
        norm_hidden_channels: between layout and gamma, beta; 0: nothing is between them, gamma and beta are a
            table's row of the pixel's class (:class:`~ggtoolbox.models.layers.clade.CLADE`).
        spectral: spectral normalisation of the blocks.
        upsampler: what doubles the features (default: ``NearestUpsampler``); gets ``in_channels`` and
            ``scale=2``.
        share_upsamplers: one upsampler for each width, used at all places of that width (the parameter
            counts of SAU's paper, table 12, fit this); False: one for each place (so does its row of
            spatial attention).
        head: what turns the last features into an image (default: ``RGBHead``); gets ``in_channels`` and
            ``out_channels``.
        from_features: start from features that somebody else has encoded (LGGAN's shared encoder) in
            place of the layout's own first convolution, which is then not built.
    """

    block_type = SPADEResidualBlock

    def __init__(self, num_classes: int, edge: bool = False, guide_channels: int = 0,
                 image_size: tuple[int, int] | None = (256, 512), channels: int = 64,
                 num_upsamplings: int = 6, latent_dim: int | None = None, norm: str = 'batch',
                 norm_kernel_size: int = 3, norm_hidden_channels: int = 128, spectral: bool = True,
                 upsampler: dict | None = None, share_upsamplers: bool = True,
                 head: dict | None = None, out_channels: int = 3, from_features: bool = False) -> None:
        guided_input = GuidedInput(0, num_classes, edge, guide_channels, type(self).__name__)

        def block(before: int, after: int) -> SPADEResidualBlock:
            return self.block_type(before, after, guided_input.channels, norm, norm_kernel_size,
                                   norm_hidden_channels, spectral)

        super().__init__(guided_input, block, image_size, channels, num_upsamplings, latent_dim, upsampler,
                         share_upsamplers, head, out_channels, from_features)

    def forward(self, label: Tensor | None = None, edge: Tensor | None = None,
                target_guide: Tensor | None = None, latent: Tensor | None = None,
                features: Tensor | None = None, instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            label: (B, H, W) int64 class ids, 255 = ignored (no class), or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).
            latent: (B, latent_dim); drawn from N(0, 1) where it is needed and not given.
            features: (B, 16 * channels, h, w) with ``from_features``; resized (nearest) to the first grid.
            instance: (B, H, W) int64, for panoptic aware upsampling.

        Returns:
            ``image`` (B, 3, *image_size) in [-1, 1], and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`, and where a latent has another length or no place.
        """
        layout, size = self.read(label, edge, target_guide, instance)
        x = self.start(layout, size, latent, features)
        for index, block in enumerate(self.blocks):
            entered, x = x, block(x, layout)
            x = self.grow(index, x, layout)
        return self.head(self.refine(entered, x))

    def refine(self, entered: Tensor, features: Tensor) -> Tensor:
        """What the head reads. Subclasses change it, with what entered and what left the last block."""
        return features

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        arguments = dict(num_classes=5, edge=True, image_size=(64, 32), channels=2, num_upsamplings=5,
                         norm_hidden_channels=4)
        inputs = dict(label=torch.arange(2 * 64 * 32).reshape(2, 64, 32) // 97 % 5,
                      edge=(torch.arange(2 * 64 * 32).reshape(2, 1, 64, 32) % 7 == 0).float())
        return arguments, inputs
