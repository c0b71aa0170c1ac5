"""pix2pixHD's global generator (Wang et al., High-Resolution Image Synthesis and Semantic Manipulation with
Conditional GANs, CVPR 2018, section 3.2: G1)."""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS

from ..layers.guided_input import GuidedInput
from ..layers.residual_trunk import ResidualTrunk
from ..layers.upsampling import panoptic_map, read_instances


@GENERATORS.register_module()
class Pix2pixHDGenerator(ResidualTrunk):
    """G1: four halvings, nine residual blocks, four doublings.

    A 7x7 convolution, ``num_downsamplings`` convolutions 3x3 of stride 2 that double the width, the blocks,
    as many upsamplings that halve the width; norm and ReLU behind each.

    Args:
        num_classes, edge, guide_channels, source_channels: what is read and, with it, what a discriminator
            is conditioned on; see :class:`GuidedInput`. The released guided variant reads the RGB guide
            alone: the source image that it is given has no effect there.
        feature_channels: of ``instance_features``, which follow all that (3 in the paper; 0: none).
        channels: width at full size.
        num_blocks, num_downsamplings: of halvings: n; heights and widths must be multiples of 2**n.
        norm: ``'instance'``, ``'batch'`` or None. NVlabs/SPADE has this network crash with its own default
            ``'instance'``, so that spectral and instance norm together are what it was trained with there.
        bias_before_norm: give convolutions in front of a norm a bias, which instance norm takes away again:
            NVIDIA/pix2pixHD has them, NVlabs/SPADE has not.
        spectral: spectral normalisation of all convolutions but the head's (``spectralinstance`` of
            NVlabs/SPADE; the paper has none).
        kernel_size: of the residual blocks' convolutions.
        stem_kernel_size: of the first convolution.
        upsampler: what doubles (default: ``DeconvolutionUpsampler``, 3x3); gets ``in_channels``,
            ``out_channels`` and ``scale=2``, and the input as guide.
        head: what turns the last features into an image (default: ``RGBHead``, 7x7, reflecting); gets
            ``in_channels`` and ``out_channels``.
    """

    def __init__(self, num_classes: int = 0, edge: bool = False, guide_channels: int = 0,
                 source_channels: int = 0, feature_channels: int = 0, channels: int = 64,
                 num_blocks: int = 9, num_downsamplings: int = 4, norm: str | None = 'instance',
                 bias_before_norm: bool = False, spectral: bool = False, kernel_size: int = 3,
                 stem_kernel_size: int = 7, upsampler: dict | None = None, head: dict | None = None,
                 out_channels: int = 3) -> None:
        guided_input = GuidedInput(source_channels, num_classes, edge, guide_channels, type(self).__name__)
        super().__init__(guided_input.channels + feature_channels, channels, num_blocks, num_downsamplings,
                         norm, stem_kernel_size=stem_kernel_size, block_kernel_size=kernel_size,
                         bias=norm is None or bias_before_norm, spectral=spectral, upsampler=upsampler)
        self.guided_input, self.feature_channels = guided_input, feature_channels
        self.head = HEADS.build(
            head or dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None),
            default_args=dict(in_channels=channels, out_channels=out_channels))
        read_instances(self, guided_input)

    def read(self, label: Tensor | None = None, edge: Tensor | None = None,
             target_guide: Tensor | None = None, source_image: Tensor | None = None,
             instance_features: Tensor | None = None) -> Tensor:
        """All inputs of :meth:`forward` as one (B, K, H, W).

        Raises:
            InputError: as :class:`GuidedInput`, and for other channels or sizes of ``instance_features``.
        """
        given = self.guided_input(source_image, label, edge, target_guide, next(self.parameters()).dtype)
        found = 0 if instance_features is None else instance_features.shape[1]
        if found != self.feature_channels:
            raise InputError(f'{type(self).__name__}: instance_features must have {self.feature_channels} '
                             f'channels, found {found}')
        if instance_features is None:
            return given
        if instance_features.shape[-2:] != given.shape[-2:]:
            raise InputError(f'{type(self).__name__}: instance_features must have the size '
                             f'{tuple(given.shape[-2:])} of the other inputs, found '
                             f'{tuple(instance_features.shape[-2:])}')
        return torch.cat([given, instance_features.to(given.dtype)], dim=1)

    def forward(self, label: Tensor | None = None, edge: Tensor | None = None,
                target_guide: Tensor | None = None, source_image: Tensor | None = None,
                instance_features: Tensor | None = None,
                instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            label: (B, H, W) int64 class ids, 255 = ignored, or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).
            source_image: (B, source_channels, H, W) in [-1, 1].
            instance_features: (B, feature_channels, H, W), constant over each instance.
            instance: (B, H, W) int64, for panoptic aware upsampling.

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1], and what else the head returns.

        Raises:
            InputError: as :meth:`read`, and for a size that cannot be halved so often.
        """
        given = self.read(label, edge, target_guide, source_image, instance_features)
        return self.head(self.features(given, panoptic_map(self.guided_input, label, instance)), source_image)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        label = torch.arange(2 * 16 * 24).reshape(2, 16, 24) // 13 % 4
        return (dict(num_classes=4, edge=True, channels=2, num_blocks=1, num_downsamplings=2),
                dict(label=label, edge=(label.unsqueeze(1) % 2).float()))
