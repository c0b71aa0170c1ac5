"""What the pose transfer generators share: an appearance code and a shape code that are updated side by side.

PATN (Zhu et al., Progressive Pose Attention Transfer, CVPR 2019), XingGAN and BiGraphGAN (thesis chapter 4)
differ in the blocks between the encoders and the decoders.
"""
from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import HEADS

from .convolution import bias_beside, normalised_convolution
from .decoder import Decoder
from .guided_input import GuidedInput
from .sizes import check_halvings
from .strided_encoder import strided_encoder

MakeBlock = Callable[[int, int], nn.Module]  # (code channels, shape code channels) -> block


class ConvolutionStack(nn.Module):
    """Convolution, norm, ReLU, dropout, convolution and, if ``last_norm``, norm: a block's work on one code.

    Args:
        in_channels, channels: of x and of the result; between the convolutions there are ``in_channels``.
        norm: ``'batch'``, ``'instance'`` or None.
        dropout: probability; 0 for none.
        last_norm: released code: on the appearance code, not on the shape code.
    """

    def __init__(self, in_channels: int, channels: int, norm: str | None = 'batch', dropout: float = 0.5,
                 last_norm: bool = True) -> None:
        super().__init__()
        bias = bias_beside(norm)
        self.first = normalised_convolution(in_channels, in_channels, padding_mode='reflect', norm=norm,
                                            bias=bias)
        self.second = normalised_convolution(in_channels, channels, padding_mode='reflect', bias=bias,
                                             norm=norm if last_norm else None)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, channels, H, W)."""
        return self.second(self.dropout(F.relu(self.first(x))))


class PoseAttentionBlock(nn.Module):
    """PATN's block, and BiGraphGAN's with ``reasoning``: the shape code gates the update of the appearance.

        f = stack(F^I),   s = reasoning(stack(F^P)),
        F^I <- F^I + sigmoid(s) * f   (thesis equations 4.12 and 4.13),
        F^P <- [s, F^I]               (4.14: the next block's stack is its convolution).

    Paper and code differ: BiGraphGAN's equation 4.13 gates F^I itself, the released code (this) f.

    Args:
        channels: of the appearance code.
        shape_channels: of the shape code that comes in; out comes one of twice ``channels``.
        norm, dropout: of the stacks.
        reasoning: what works on s; None for nothing (PATN).
    """

    def __init__(self, channels: int, shape_channels: int, norm: str | None = 'batch', dropout: float = 0.5,
                 reasoning: nn.Module | None = None) -> None:
        super().__init__()
        self.appearance_stack = ConvolutionStack(channels, channels, norm, dropout)
        self.shape_stack = ConvolutionStack(shape_channels, channels, norm, dropout, last_norm=False)
        self.reasoning = reasoning
        self.shape_channels = 2 * channels

    def forward(self, appearance: Tensor, shape: Tensor) -> tuple[Tensor, Tensor]:
        """(B, channels, h, w), (B, shape_channels, h, w) -> the same, (B, 2 * channels, h, w)."""
        update, shape = self.appearance_stack(appearance), self.shape_stack(shape)
        if self.reasoning is not None:
            shape = self.reasoning(shape)
        appearance = appearance + update * torch.sigmoid(shape)
        return appearance, torch.cat([shape, appearance], dim=1)


class TwoStreamGenerator(nn.Module):
    """Encoders of the source image and of both guides, blocks, decoders and a head.

    A head may list, as ``streams``, what it reads beside the decoded features:

    - ``shape_features``: the shape code, decoded likewise;
    - ``joint_features``: both codes together, decoded to twice the width;
    - ``attention_features``: the appearance code, decoded by convolutions alone, without norms and ReLU.

    Each has a decoder of its own, which exists for a head that lists it.

    Paper and code differ: the papers encode by two convolutions, the code (this) by one at full size and
    ``num_downsamplings`` that halve.

    Args:
        make_block: builds a block of the widths of both codes; blocks say, as ``shape_channels``, how wide a
            shape code they return.
        decoded: the code that ``features`` are decoded from: ``'appearance'``, ``'shape'`` or ``'joint'``.

    The others are explained by the generators.

    Attributes:
        feature_channels, feature_stride: width of the ``features`` that are returned, and how many times
            smaller than the image they are; what a second stage (SelectionGAN) has to know.
    """

    def __init__(self, make_block: MakeBlock, source_channels: int, guide_channels: int, channels: int,
                 num_blocks: int, num_downsamplings: int, norm: str | None, decoded: str,
                 upsampler: dict | None, head: dict, out_channels: int) -> None:
        super().__init__()
        owner = type(self).__name__
        if num_downsamplings < 1 or num_blocks < 1:
            raise InputError(f'{owner}: num_downsamplings and num_blocks must be at least 1, found '
                             f'{num_downsamplings} and {num_blocks}')
        self.guided_input = GuidedInput(source_channels, guide_channels=guide_channels, owner=owner,
                                        source_guide_channels=guide_channels)
        self.num_downsamplings = num_downsamplings
        self.appearance_encoder, self.shape_encoder = (
            strided_encoder(width, channels, num_downsamplings, norm)
            for width in (source_channels, 2 * guide_channels))
        code = shape = channels * 2 ** num_downsamplings
        self.blocks = nn.ModuleList()
        for _ in range(num_blocks):
            self.blocks.append(make_block(code, shape))
            shape = self.blocks[-1].shape_channels

        if decoded not in ('appearance', 'shape', 'joint'):
            raise InputError(f"{owner}: decoded must be 'appearance', 'shape' or 'joint', found {decoded!r}")
        upsampler = upsampler or dict(type='DeconvolutionUpsampler', kernel_size=3, bias=bias_beside(norm))
        widths = [code // 2 ** (i + 1) for i in range(num_downsamplings)]
        decoders = dict(
            appearance=dict(in_channels=code, widths=widths),
            shape=dict(in_channels=shape, widths=widths, narrowed=code if shape != code else None),
            joint=dict(in_channels=code + shape, widths=[2 * width for width in widths]),
            attention=dict(in_channels=code, widths=widths, linear=True))
        streams = getattr(HEADS.class_of(head), 'streams', ())
        self.kinds = dict(features=decoded) | {stream: stream.removesuffix('_features') for stream in streams}
        self.decoders = nn.ModuleDict({stream: Decoder(norm=norm, upsampler=upsampler, **decoders[kind])
                                       for stream, kind in self.kinds.items()})
        channels_of = {stream: decoders[kind]['widths'][-1] for stream, kind in self.kinds.items()}
        self.feature_channels, self.feature_stride = channels_of.pop('features'), 1
        self.head = HEADS.build(head, default_args=dict(
            in_channels=self.feature_channels, out_channels=out_channels,
            **{stream.replace('_features', '_channels'): width for stream, width in channels_of.items()}))

    def forward(self, source_image: Tensor, source_guide: Tensor,
                target_guide: Tensor) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image: (B, source_channels, H, W) in [-1, 1].
            source_guide, target_guide: (B, guide_channels, H, W): heat maps in [0, 1] of the joints, or
                pictures in [-1, 1] of the landmarks, of the source and of what is to be generated.

        Returns:
            ``image`` (B, 3, H, W), ``features`` (B, feature_channels, H, W), which the head reads, and what
            else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`, and for a size that cannot be halved so often.
        """
        dtype = self.appearance_encoder[0][0].weight.dtype
        given = self.guided_input(source_image=source_image, source_guide=source_guide,
                                  target_guide=target_guide, dtype=dtype)
        check_halvings(type(self).__name__, given.shape[-2:], self.num_downsamplings)
        source_channels = self.guided_input.expected['source_image']
        appearance = self.appearance_encoder(given[:, :source_channels])
        shape = self.shape_encoder(given[:, source_channels:])
        for block in self.blocks:
            appearance, shape = block(appearance, shape)

        streams = {stream: decoder(_code(self.kinds[stream], appearance, shape), given)
                   for stream, decoder in self.decoders.items()}
        features = streams.pop('features')
        return dict(self.head(features, source_image, **streams), features=features)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 24).reshape(2, 3, 16, 24)
        arguments = dict(guide_channels=2, channels=4, num_blocks=2)
        return arguments, dict(source_image=image, source_guide=image[:, :2].abs(),
                               target_guide=image[:, 1:].flip(-1))


def _code(kind: str, appearance: Tensor, shape: Tensor) -> Tensor:
    """What a decoder of this kind reads."""
    if kind == 'joint':
        return torch.cat([appearance, shape], dim=1)
    return shape if kind == 'shape' else appearance
