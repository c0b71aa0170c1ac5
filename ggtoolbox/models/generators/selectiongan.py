"""SelectionGAN's generator: a coarse image first, then a choice between finer ones (Tang et al.,
Multi-Channel Attention Selection GAN with Cascaded Semantic Guidance for Cross-View Image Translation,
CVPR 2019; SelectionGAN++, TPAMI 2022; thesis section 5.3)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.derived import Derived, passed_on, with_derived
from ..layers.guided_input import GuidedInput


class SelectionStage(nn.Module):
    """The second stage: features enlarged, joined with the images so far (equation 5.1), and a head.

    Args:
        in_channels: of the features.
        image_channels: of the images.
        scale: how many times smaller than the images the features are.
        channels: width of the enlarged features.
        upsampler, dropout, head: see :class:`SelectionGANGenerator`.
        out_channels: of the final image.
    """

    def __init__(self, in_channels: int, image_channels: int = 6, scale: int = 2, channels: int = 104,
                 upsampler: dict | None = None, dropout: float = 0.5, head: dict | None = None,
                 out_channels: int = 3) -> None:
        super().__init__()
        self.upsampler = UPSAMPLERS.build(
            upsampler or dict(type='DeconvolutionUpsampler'),
            default_args=dict(in_channels=in_channels, out_channels=channels, scale=scale))
        self.dropout = nn.Dropout(dropout)
        self.head = HEADS.build(
            head or dict(type='MultiChannelAttentionSelection', pooling_scales=(1, 4, 9),
                         uncertainty='shared', pre_activation=None),
            default_args=dict(in_channels=channels + image_channels, out_channels=out_channels))

    def forward(self, features: Tensor, images: Tensor, guide: Tensor | None = None,
                source_image: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            features: (B, in_channels, H / scale, W / scale).
            images: (B, image_channels, H, W).
            guide: (B, K, H, W), for an upsampler that uses it.
            source_image: (B, C, H, W), for a head that uses it.

        Returns:
            What the head returns.
        """
        features = F.relu(self.dropout(self.upsampler(features, guide)))
        return self.head(torch.cat([features, images], dim=1), source_image)


@GENERATORS.register_module()
class SelectionGANGenerator(nn.Module):
    """Two stages, joined by a generator that reads the guide off an image.

    Stage 1, the semantic-guided cycle: a coarse image I' = G_i(I_a, S_g) and the guide that is seen in it,
    S' = G_s(I'). Stage 2: the deep features of both are enlarged and joined with I_a and I' (equation
    5.1); the head makes the final image I'' of them, in whose guide S'' = G_s(I'') the same G_s is used.

    Paper and code differ: the features are "of the last convolution layers" in the paper; in the released
    code (this) what the last transposed convolutions of G_i and G_s read, enlarged together by a learnt
    2x2 transposed convolution with dropout in front of its ReLU.

    Args:
        source_channels: of ``source_image``, I_a.
        guide_channels: of ``target_guide``, S_g, and of the guides that G_s makes.
        image_generator: G_i, any generator of ``GENERATORS`` that returns ``features`` and has the
            attributes ``feature_channels`` and ``feature_stride``; gets ``source_channels`` and
            ``guide_channels`` (default: ``UNetGenerator`` with 64 ``channels``).
        semantic_generator: G_s, another such; gets ``source_channels`` and ``out_channels`` (default:
            ``UNetGenerator`` with 4 ``channels``).
        num_stages: 2, or 1 for G_i and G_s alone (baseline D of table 5.1).
        selection_channels: width of the enlarged features (released code: 104, which makes 110 with the
            two images).
        upsampler: what enlarges them (default: ``DeconvolutionUpsampler``); gets ``in_channels``,
            ``out_channels`` and ``scale``, and all that G_i reads as guide.
        dropout: probability behind the upsampler.
        head: what makes I'' (default: ``MultiChannelAttentionSelection`` with ``pooling_scales=(1, 4, 9)``
            and one shared map of uncertainty; add ``channel_selection=True`` for SelectionGAN++); gets
            ``in_channels`` and ``out_channels``.
    """

    def __init__(self, source_channels: int = 3, guide_channels: int = 3,
                 image_generator: dict | None = None, semantic_generator: dict | None = None,
                 num_stages: int = 2, selection_channels: int = 104, upsampler: dict | None = None,
                 dropout: float = 0.5, head: dict | None = None, out_channels: int = 3) -> None:
        super().__init__()
        if num_stages not in (1, 2):
            raise InputError(f'SelectionGANGenerator: num_stages must be 1 or 2, found {num_stages}')
        self.guided_input = GuidedInput(source_channels, 0, False, guide_channels, type(self).__name__)
        self.num_stages = num_stages
        self.image_generator = GENERATORS.build(passed_on(
            image_generator or dict(type='UNetGenerator', channels=64), GENERATORS,
            dict(source_channels=source_channels, guide_channels=guide_channels, out_channels=out_channels),
            type(self).__name__, 'image_generator'))
        self.semantic_generator = GENERATORS.build(with_derived(
            semantic_generator or dict(type='UNetGenerator', channels=4), GENERATORS,
            dict(source_channels=Derived(out_channels, 'as out_channels of SelectionGANGenerator'),
                 out_channels=Derived(guide_channels, 'as guide_channels of SelectionGANGenerator')),
            'SelectionGANGenerator: semantic_generator'))
        if num_stages == 1:
            return
        self.selection_stage = SelectionStage(
            sum(generator.feature_channels for generator in self._feature_generators()),
            source_channels + out_channels, self.image_generator.feature_stride, selection_channels,
            upsampler, dropout, head, out_channels)

    def _feature_generators(self) -> tuple[nn.Module, nn.Module]:
        generators = self.image_generator, self.semantic_generator
        for role, generator in zip(('image_generator', 'semantic_generator'), generators):
            if not hasattr(generator, 'feature_stride'):
                raise InputError(f'SelectionGANGenerator: {role} must return features and say their '
                                 f'feature_channels and feature_stride, found {type(generator).__name__}')
        strides = [generator.feature_stride for generator in generators]
        if len(set(strides)) != 1:
            raise InputError('SelectionGANGenerator: the features of image_generator and '
                             f'semantic_generator must have one feature_stride, found {strides}')
        return generators

    def forward(self, source_image: Tensor | None = None,
                target_guide: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image: (B, source_channels, H, W) in [-1, 1].
            target_guide: (B, guide_channels, H, W) in [-1, 1].

        Returns:
            ``image``, I'' (B, 3, H, W) in [-1, 1]; ``guide``, S'' (B, guide_channels, H, W) in [-1, 1];
            ``coarse_image``, I', and ``coarse_guide``, S', of the first stage; and what else the head
            returns (``attention``, ``intermediate_images``, ``uncertainty``). With one stage, I' and S' are
            ``image`` and ``guide``.

        Raises:
            InputError: as :class:`GuidedInput`, and as the generators of the first stage.
        """
        given = self.guided_input(source_image=source_image, target_guide=target_guide,
                                  dtype=next(self.parameters()).dtype)
        first = self.image_generator(source_image=source_image, target_guide=target_guide)
        cycle = self.semantic_generator(source_image=first['image'])
        if self.num_stages == 1:
            return dict(image=first['image'], guide=cycle['image'])
        features = torch.cat([first['features'], cycle['features']], dim=1)
        images = torch.cat([source_image, first['image']], dim=1)
        outputs = self.selection_stage(features, images, given, source_image)
        return dict(outputs, guide=self.semantic_generator(source_image=outputs['image'])['image'],
                    coarse_image=first['image'], coarse_guide=cycle['image'])

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 24).reshape(2, 3, 16, 24)
        unet = dict(type='UNetGenerator', channels=2, num_downsamplings=2)
        arguments = dict(image_generator=unet, semantic_generator=unet, selection_channels=4,
                         guide_channels=2)
        return arguments, dict(source_image=image, target_guide=image[:, :2].flip(-1))
