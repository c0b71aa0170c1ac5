"""XingGAN's generator (Tang et al., XingGAN for Person Image Generation, ECCV 2020; thesis section 4.3)."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS

from ..layers.attention import CrossingAttention
from ..layers.convolution import bias_beside
from ..layers.residual import ResidualBlock
from ..layers.two_stream import ConvolutionStack, TwoStreamGenerator

BRANCHES = ('SA', 'AS')


class XingBlock(nn.Module):
    """An SA and an AS block: each code attends to itself by its likeness to the other.

        F^I <- alpha * attention(F^I, F^P) + F^I            (SA, equations 4.1 and 4.2)
        F^P <- [F^I, beta * attention(F^P, F^I) + F^P]      (AS, equations 4.3 and 4.4)

    with the codes as they came out of their stacks of two convolutions; the convolution that follows 4.4 is
    the next block's stack. Paper and code differ:

    - the paper attends to the codes themselves, the code (this) to what the stacks make of them;
    - each SA and AS has its own convolutions and scale in the paper (``shared_attention=False``), both share
      one set in the code; queries and keys are as wide as the codes in the paper (``reduction=1``), an
      eighth of it in the code;
    - 4.4 has the shape in front in the paper, the appearance in the code (this).

    Args:
        channels: of the appearance code.
        shape_channels: of the shape code that comes in.
        norm, dropout: of the stacks.
        branches: ``'SA'``, ``'AS'`` or both; a code whose block is missing goes through its stack alone.
        shared_attention, reduction: see above.

    Attributes:
        shape_channels: of the shape code that comes out: twice ``channels`` with an AS block.
    """

    def __init__(self, channels: int, shape_channels: int, norm: str | None = 'batch', dropout: float = 0.5,
                 branches: Sequence[str] = BRANCHES, shared_attention: bool = True,
                 reduction: int = 8) -> None:
        super().__init__()
        self.appearance_stack = ConvolutionStack(channels, channels, norm, dropout)
        self.shape_stack = ConvolutionStack(shape_channels, channels, norm, dropout, last_norm=False)
        self.branches = tuple(branches)
        self.attention = nn.ModuleDict({name: CrossingAttention(channels, reduction)
                                        for name in (('both',) if shared_attention else self.branches)})
        self.shape_channels = 2 * channels if 'AS' in branches else channels

    def forward(self, appearance: Tensor, shape: Tensor) -> tuple[Tensor, Tensor]:
        """(B, channels, h, w), (B, shape_channels, h, w) -> the same, (B, self.shape_channels, h, w)."""
        appearance, shape = self.appearance_stack(appearance), self.shape_stack(shape)
        updated = self.attend('SA', appearance, shape)
        if 'AS' not in self.branches:
            return updated, shape
        return updated, torch.cat([updated, self.attend('AS', shape, appearance)], dim=1)

    def attend(self, branch: str, code: Tensor, guide: Tensor) -> Tensor:
        if branch not in self.branches:
            return code
        return self.attention['both' if 'both' in self.attention else branch](code, guide)


class ResidualPair(nn.Module):
    """A residual block for each code, in a Xing block's place (table 4.4, "Resnet generator")."""

    def __init__(self, channels: int, norm: str | None = 'batch', dropout: float = 0.5) -> None:
        super().__init__()
        self.appearance_block, self.shape_block = (
            ResidualBlock(channels, norm=norm, dropout=dropout) for _ in range(2))
        self.shape_channels = channels

    def forward(self, appearance: Tensor, shape: Tensor) -> tuple[Tensor, Tensor]:
        """Two of (B, channels, h, w) -> the same shapes."""
        return self.appearance_block(appearance), self.shape_block(shape)


@GENERATORS.register_module()
class XingGANGenerator(TwoStreamGenerator):
    """A person of one image in the pose of another guide, by codes that update each other crosswise.

    Args:
        source_channels: of ``source_image``.
        guide_channels: of ``source_guide``, and of ``target_guide``.
        channels: width at full size.
        num_blocks: T (9).
        num_downsamplings: n; heights and widths must be multiples of 2**n.
        norm: ``'batch'`` (Market-1501; then convolutions have no bias but those to images and of the
            attention), ``'instance'`` (DeepFashion) or None.
        dropout: probability inside the blocks, in training.
        branches: of the blocks, ``('SA', 'AS')``, one of them (table 4.3), or none: then the blocks are
            residual ones (table 4.4).
        shared_attention, attention_reduction: paper ``False`` and 1, released code ``True`` and 8; see
            :class:`XingBlock`.
        decoded: the code that the head's features are decoded from: ``'appearance'``, ``'shape'`` or
            ``'joint'``.
        upsampler: what doubles (default: ``DeconvolutionUpsampler`` with ``kernel_size=3``); gets
            ``in_channels``, ``out_channels`` and ``scale=2``, and all inputs as guide.
        head: what makes the image (default: ``CoAttentionFusion``, as released); gets ``in_channels`` and
            ``out_channels``, and the further streams that it lists (:class:`TwoStreamGenerator`).
    """

    def __init__(self, source_channels: int = 3, guide_channels: int = 18, channels: int = 64,
                 num_blocks: int = 9, num_downsamplings: int = 2, norm: str | None = 'batch',
                 dropout: float = 0.5, branches: Sequence[str] = BRANCHES, shared_attention: bool = True,
                 attention_reduction: int = 8, decoded: str = 'appearance', upsampler: dict | None = None,
                 head: dict | None = None, out_channels: int = 3) -> None:
        if not set(branches) <= set(BRANCHES):
            raise InputError(f'XingGANGenerator: branches must be among {", ".join(BRANCHES)}, found '
                             f'{tuple(branches)}')
        head = head or dict(type='CoAttentionFusion', attention_bias=bias_beside(norm))

        def make_block(width: int, shape_width: int) -> nn.Module:
            if not branches:
                return ResidualPair(width, norm, dropout)
            return XingBlock(width, shape_width, norm, dropout, branches, shared_attention,
                             attention_reduction)

        super().__init__(make_block, source_channels, guide_channels, channels, num_blocks,
                         num_downsamplings, norm, decoded, upsampler, head, out_channels)
