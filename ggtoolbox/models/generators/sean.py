"""SEAN's generator (Zhu et al., SEAN: Image Synthesis with Semantic Region-Adaptive Normalization, CVPR 2020;
released as ZPdesu/SEAN)."""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS

from ..layers.doubling_trunk import DoublingTrunk
from ..layers.guided_input import GuidedInput
from ..layers.layout import Layout
from ..layers.sean import RegionStyleEncoder, SEANResidualBlock


def class_boundaries(label: Tensor) -> Tensor:
    """(B, H, W) class ids -> (B, 1, H, W) float: 1 at pixels that differ from one of their four
    neighbours."""
    edge = torch.zeros_like(label, dtype=torch.bool)
    for dim in (1, 2):
        differs = label.diff(dim=dim) != 0
        last = torch.zeros_like(label.narrow(dim, 0, 1), dtype=torch.bool)
        edge |= torch.cat([differs, last], dim) | torch.cat([last, differs], dim)
    return edge.unsqueeze(1).float()


@GENERATORS.register_module()
class SEANGenerator(DoublingTrunk):
    """GauGAN's generator in which each region of the layout has a style, taken from a picture.

    Paper and code differ: styles enter all blocks in the paper, all but the last in the released code. The
    released code knows the 19 classes of faces alone; here each channel of the layout, edges included, is a
    region.

    Args:
        num_upsamplings: 5 or 6 (with 7 the released code fails).
        style_channels: S, length of a region's style (512).
        style_last: styles in the last block, too (the paper's reading).

    The other arguments are :class:`~ggtoolbox.models.generators.spade.SPADEGenerator`'s.
    """

    def __init__(self, num_classes: int, edge: bool = False, guide_channels: int = 0,
                 image_size: tuple[int, int] | None = (256, 256), channels: int = 64,
                 num_upsamplings: int = 5, style_channels: int = 512, norm: str = 'batch',
                 norm_hidden_channels: int = 128, spectral: bool = True, style_last: bool = False,
                 upsampler: dict | None = None, share_upsamplers: bool = True, head: dict | None = None,
                 out_channels: int = 3) -> None:
        guided_input = GuidedInput(0, num_classes, edge, guide_channels, type(self).__name__)

        def block(before: int, after: int) -> SEANResidualBlock:
            styled = style_last or after != channels  # the last block alone has the width of `channels`
            return SEANResidualBlock(before, after, guided_input.channels, styled * style_channels, norm,
                                     norm_hidden_channels, spectral)

        super().__init__(guided_input, block, image_size, channels, num_upsamplings, None, upsampler,
                         share_upsamplers, head, out_channels, depths=(5, 6))
        self.style_channels = style_channels
        self.encoder = RegionStyleEncoder(style_channels, out_channels)

    def forward(self, label: Tensor | None = None, edge: Tensor | None = None,
                target_guide: Tensor | None = None, exemplar_image: Tensor | None = None,
                exemplar_label: Tensor | None = None, region_styles: Tensor | None = None,
                instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            label: (B, H, W) int64 class ids, 255 = ignored (no class), or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).
            exemplar_image: (B, 3, H, W) in [-1, 1], the picture whose regions give the styles.
            exemplar_label: (B, H, W), its classes; None: they are those of ``label``. Where the generator
                reads edges, the boundaries of these classes stand for the exemplar's.
            region_styles: (B, layout channels, style_channels), in place of an exemplar; see :meth:`encode`.
            instance: (B, H, W) int64, for panoptic aware upsampling.

        Returns:
            ``image`` (B, 3, *image_size) in [-1, 1], the ``region_styles`` that it was given, and what else
            the head returns.

        Raises:
            InputError: as :class:`GuidedInput`; neither or both of an exemplar and styles.
        """
        if (exemplar_image is None) == (region_styles is None):
            raise InputError(f'{type(self).__name__}: one of exemplar_image and region_styles must be given, '
                             f'found {"none" if region_styles is None else "both"}')
        layout, size = self.read(label, edge, target_guide, instance)
        if region_styles is None:
            if exemplar_label is None:
                region_styles = self.encoder(exemplar_image, layout)
            else:
                region_styles = self.encode(exemplar_image, exemplar_label)
        expected = (layout.original.shape[0], self.guided_input.channels, self.style_channels)
        if tuple(region_styles.shape) != expected:
            raise InputError(f'{type(self).__name__}: region_styles must be {expected}, found '
                             f'{tuple(region_styles.shape)}')
        x = self.start(layout, size)
        for index, block in enumerate(self.blocks):
            x = self.grow(index, block(x, layout, region_styles), layout)
        return {**self.head(x), 'region_styles': region_styles}

    def encode(self, exemplar_image: Tensor, exemplar_label: Tensor, edge: Tensor | None = None) -> Tensor:
        """Styles (B, layout channels, style_channels) of a picture's regions; 0 where it lacks a class.

        Args:
            exemplar_image: (B, 3, H, W) in [-1, 1].
            exemplar_label: (B, H, W) class ids.
            edge: (B, 1, H, W), where the generator reads edges; None: boundaries of the classes.
        """
        if edge is None and self.guided_input.expected['edge']:
            edge = class_boundaries(exemplar_label)
        semantics = self.guided_input(label=exemplar_label, edge=edge, dtype=exemplar_image.dtype)
        return self.encoder(exemplar_image, Layout(semantics))

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        arguments = dict(num_classes=5, edge=True, image_size=(64, 32), channels=2, num_upsamplings=5,
                         style_channels=6, norm_hidden_channels=4)
        label = torch.arange(2 * 64 * 32).reshape(2, 64, 32) // 97 % 5
        return arguments, dict(label=label, edge=class_boundaries(label),
                               exemplar_image=torch.linspace(-1, 1, 2 * 3 * 64 * 32).reshape(2, 3, 64, 32))
