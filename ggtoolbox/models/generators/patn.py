"""PATN's generator (Zhu et al., Progressive Pose Attention Transfer for Person Image Generation, CVPR 2019),
the baseline of thesis chapter 4."""
from __future__ import annotations

import functools

from ggtoolbox.registry import GENERATORS

from ..layers.two_stream import PoseAttentionBlock, TwoStreamGenerator


@GENERATORS.register_module()
class PATNGenerator(TwoStreamGenerator):
    """A person, or a face, of one image in the pose of another guide, by :class:`PoseAttentionBlock`.

    Args:
        source_channels: of ``source_image``.
        guide_channels: of ``source_guide``, and of ``target_guide``.
        channels: width at full size.
        num_blocks: T (9).
        num_downsamplings: n; heights and widths must be multiples of 2**n.
        norm: ``'batch'`` (Market-1501; then convolutions have no bias but those to the image),
            ``'instance'`` (DeepFashion) or None.
        dropout: probability inside the blocks, in training.
        decoded: the code that the head's features are decoded from: ``'appearance'``, ``'shape'`` or
            ``'joint'``.
        upsampler: what doubles (default: ``DeconvolutionUpsampler`` with ``kernel_size=3``); gets
            ``in_channels``, ``out_channels`` and ``scale=2``, and all inputs as guide.
        head: what makes the image (default: ``RGBHead``, 7x7, reflecting); gets ``in_channels`` and
            ``out_channels``, and the further streams that it lists (:class:`TwoStreamGenerator`).
            With ``CoAttentionFusion`` it is the "PATN generator" of table 4.4.
    """

    def __init__(self, source_channels: int = 3, guide_channels: int = 18, channels: int = 64,
                 num_blocks: int = 9, num_downsamplings: int = 2, norm: str | None = 'batch',
                 dropout: float = 0.5, decoded: str = 'appearance', upsampler: dict | None = None,
                 head: dict | None = None, out_channels: int = 3) -> None:
        head = head or dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)
        super().__init__(functools.partial(PoseAttentionBlock, norm=norm, dropout=dropout), source_channels,
                         guide_channels, channels, num_blocks, num_downsamplings, norm, decoded, upsampler,
                         head, out_channels)
