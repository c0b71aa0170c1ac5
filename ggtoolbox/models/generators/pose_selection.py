"""SelectionGAN for persons (Tang et al., Multi-Channel Attention Selection GANs, TPAMI 2022; thesis section
5.4.4): PATN's image first, then a choice between finer ones."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS

from ..layers.derived import passed_on
from ..layers.guided_input import GuidedInput
from ..layers.two_stream import TwoStreamGenerator


@GENERATORS.register_module()
class PoseSelectionGenerator(nn.Module):
    """A coarse image by a pose transfer generator; a head that reads all there is makes the final one.

    Paper and code differ: the paper's first stage is the cycle of SelectionGAN's two U-Nets, the released
    person code's (this) is PATN alone, and its second stage has no channel selection.

    Args:
        source_channels: of ``source_image``.
        guide_channels: of ``source_guide``, and of ``target_guide``.
        first_stage: a generator of two streams (default: ``PATNGenerator``); gets ``source_channels`` and
            ``guide_channels``.
        upsampler: the first stage's, where it is not in ``first_stage``.
        head: what makes the image of source image, both guides, coarse image and the first stage's features
            (default: ``MultiChannelAttentionSelection`` with ``pooling_scales=(1, 4, 9)`` and one shared
            map of uncertainty); gets ``in_channels`` and ``out_channels``.
    """

    def __init__(self, source_channels: int = 3, guide_channels: int = 18, first_stage: dict | None = None,
                 upsampler: dict | None = None, head: dict | None = None, out_channels: int = 3) -> None:
        super().__init__()
        self.guided_input = GuidedInput(source_channels, guide_channels=guide_channels,
                                        owner=type(self).__name__, source_guide_channels=guide_channels)
        self.first_stage = GENERATORS.build(
            passed_on(first_stage or dict(type='PATNGenerator'), GENERATORS,
                      dict(source_channels=source_channels, guide_channels=guide_channels,
                           out_channels=out_channels), type(self).__name__, 'first_stage'),
            default_args=dict(upsampler=upsampler))
        if not isinstance(self.first_stage, TwoStreamGenerator):
            raise InputError('PoseSelectionGenerator: first_stage must be a generator of two streams, found '
                             f'{type(self.first_stage).__name__}')
        self.head = HEADS.build(
            head or dict(type='MultiChannelAttentionSelection', pooling_scales=(1, 4, 9),
                         uncertainty='shared', pre_activation=None),
            default_args=dict(in_channels=self.guided_input.channels + out_channels
                              + self.first_stage.feature_channels, out_channels=out_channels))

    def forward(self, source_image: Tensor, source_guide: Tensor,
                target_guide: Tensor) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image: (B, source_channels, H, W) in [-1, 1].
            source_guide, target_guide: (B, guide_channels, H, W), heat maps in [0, 1].

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1], ``coarse_image`` of the first stage, and what else the head
            returns (``attention``, ``intermediate_images``, ``uncertainty``).

        Raises:
            InputError: as the first stage.
        """
        first = self.first_stage(source_image, source_guide, target_guide)
        given = self.guided_input(source_image=source_image, source_guide=source_guide,
                                  target_guide=target_guide, dtype=first['image'].dtype)
        outputs = self.head(torch.cat([given, first['image'], first['features']], dim=1), source_image)
        return dict(outputs, coarse_image=first['image'])

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        arguments, inputs = TwoStreamGenerator.example()
        first_stage = dict(type='PATNGenerator', channels=2, num_blocks=1)
        return dict(guide_channels=arguments['guide_channels'], first_stage=first_stage), inputs
