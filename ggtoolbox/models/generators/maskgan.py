"""MaskGAN's dense mapping network (Lee et al., MaskGAN: Towards Diverse and Interactive Facial Image
Manipulation, CVPR 2020, section 3.1; released as switchablenorms/CelebAMask-HQ)."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS

from ..layers.guided_input import GuidedInput
from ..layers.maskgan import AdaptiveResidualBlock, LabelEncoder, StyleEncoder
from ..layers.residual_trunk import ResidualTrunk
from ..layers.upsampling import panoptic_map, read_instances


@GENERATORS.register_module()
class MaskGANGenerator(ResidualTrunk):
    """pix2pixHD's generator whose residual blocks take shifts and scales from a picture's style.

    Paper: adaptive instance norm, as if throughout; released code: in the residual blocks, plain instance
    norm elsewhere.

    Args:
        num_classes: of the label maps, the one that is rendered and the style's.
        channels: width at full size.
        num_blocks: residual blocks.
        num_downsamplings: n; heights and widths must be multiples of 2**n.
        upsampler: what doubles and halves the width (default: ``DeconvolutionUpsampler``, 3x3). SAU, which
            keeps the width, is followed by a 1x1 convolution, as everywhere here; its paper does not say how
            it stands in this network.
        head: what turns the last features into an image (default: ``RGBHead``, 7x7, reflecting).
    """

    def __init__(self, num_classes: int, channels: int = 64, num_blocks: int = 4, num_downsamplings: int = 4,
                 upsampler: dict | None = None, head: dict | None = None, out_channels: int = 3) -> None:
        super().__init__(num_classes, channels, 0, num_downsamplings, bias=True, upsampler=upsampler)
        self.guided_input = GuidedInput(0, num_classes, owner=type(self).__name__)
        self.style_blocks = nn.ModuleList(
            AdaptiveResidualBlock(channels * 2 ** num_downsamplings) for _ in range(num_blocks))
        self.label_encoder = LabelEncoder(num_classes)
        self.style_encoder = StyleEncoder(sum(block.num_values for block in self.style_blocks))
        self.head = HEADS.build(
            head or dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None),
            default_args=dict(in_channels=channels, out_channels=out_channels))
        read_instances(self, self.guided_input)

    def forward(self, label: Tensor | None = None, exemplar_image: Tensor | None = None,
                exemplar_label: Tensor | None = None, style: Tensor | None = None,
                instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            label: (B, H, W) int64 class ids, 255 = ignored, or a map (B, num_classes, H, W): what is
                rendered.
            exemplar_image: (B, 3, H, W) in [-1, 1]: gives the style; with n times as many maps, each of the n
                runs of B maps gets it, and it is read once.
            exemplar_label: as ``label``, of the exemplar; None: they are the same.
            style: (B, values), in place of an exemplar; see :meth:`encode_style`.
            instance: (B, H, W) int64, for panoptic aware upsampling.

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1], its ``style``, and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`; neither or both of an exemplar and a style; an exemplar of
                another size than its label map, or too small.
        """
        if (exemplar_image is None) == (style is None):
            raise InputError(f'{type(self).__name__}: one of exemplar_image and style must be given, found '
                             f'{"none" if style is None else "both"}')
        if style is None:
            style = self.encode_style(exemplar_image, label if exemplar_label is None else exemplar_label)
        given = self.guided_input(label=label, dtype=self.stem[0].weight.dtype)
        runs = given.shape[0] // style.shape[0]
        x, start, values = self.encode(given), 0, style.repeat(runs, 1)
        for block in self.style_blocks:
            x = block(x, values[:, start:start + block.num_values])
            start += block.num_values
        x = self.decode(x, given, panoptic_map(self.guided_input, label, instance))
        return {**self.head(x), 'style': style}

    def encode_style(self, image: Tensor, label: Tensor) -> Tensor:
        """(B, values): shifts and scales of all blocks, from a picture (B, 3, H, W) and its label map."""
        if image.shape[-2:] != label.shape[-2:] or min(image.shape[-2:]) < 32:
            raise InputError(f'{type(self).__name__}: exemplar_image and its label map must have one size, '
                             'from 32 on (the style is read at a 32nd of it), found '
                             f'{tuple(image.shape)} and {tuple(label.shape)}')
        semantics = self.guided_input(label=label, dtype=image.dtype)
        return self.style_encoder(image, *self.label_encoder(semantics))

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        label = torch.arange(2 * 64 * 64).reshape(2, 64, 64) // 97 % 4
        image = torch.linspace(-1, 1, 2 * 3 * 64 * 64).reshape(2, 3, 64, 64)
        return (dict(num_classes=4, channels=2, num_blocks=1, num_downsamplings=2),
                dict(label=label, exemplar_image=image))
