"""CC-FPSE's residual block: its convolutions are predicted from the layout, pixel by pixel."""
from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.ops.conditional_convolution import conditional_convolution

from .layout import JoinedLayout
from .normalisation import build_norm
from .spade import SPADE
from .spectral_norm import next_weight, spectral_norm


class BlockConditions(NamedTuple):
    """All of a block that depends on the layout alone.

    Attributes:
        kernels_1, kernels_2: (B, 9 * channels, h, w), a 3x3 kernel for each pixel and channel.
        gates_1, gates_2: (B, channels, h, w) in (0, 1).
        modulation: gamma and beta of the shortcut's SPADE; None where the shortcut is the identity.
    """

    kernels_1: Tensor
    gates_1: Tensor
    kernels_2: Tensor
    gates_2: Tensor
    modulation: tuple[Tensor, Tensor] | None


class ConditionalConvolution(nn.Module):
    """See :func:`~ggtoolbox.ops.conditional_convolution.conditional_convolution`; it has no weights
    itself."""

    def forward(self, x: Tensor, kernels: Tensor) -> Tensor:
        """x (B, C, H, W), kernels (B, 9 * C, H, W) -> (B, C, H, W)."""
        return conditional_convolution(x, kernels)


class ConditionPredictor(nn.Module):
    """Weight prediction (section 3.1) and conditional attention (equation 4): two 3x3 convolutions each.

    The four first convolutions read the same map, so that they run as one.

    Args:
        layout_channels: of what is read.
        channels: of the block's input; kernels of its first convolution.
        out_channels: of its output, as the second convolution's.
        hidden_channels: between both convolutions.
    """

    def __init__(self, layout_channels: int, channels: int, out_channels: int, hidden_channels: int) -> None:
        super().__init__()
        outputs = dict(kernels_1=9 * channels, gates_1=out_channels, kernels_2=9 * out_channels,
                       gates_2=out_channels)
        self.first = nn.ModuleDict({
            name: nn.Conv2d(layout_channels, hidden_channels, 3, padding=1) for name in outputs})
        self.second = nn.ModuleDict({
            name: nn.Conv2d(hidden_channels, maps, 3, padding=1) for name, maps in outputs.items()})

    def forward(self, layout: JoinedLayout, size: tuple[int, int]) -> dict[str, Tensor]:
        """The maps of :class:`BlockConditions`, but for its modulation, by name."""
        weight = torch.cat([next_weight(convolution) for convolution in self.first.values()])
        bias = torch.cat([convolution.bias for convolution in self.first.values()])
        hidden = F.relu(layout.convolve_with(weight, bias, size)).chunk(len(self.first), dim=1)
        maps = {name: convolution(part)
                for (name, convolution), part in zip(self.second.items(), hidden)}
        return {name: torch.sigmoid(value) if name.startswith('gates') else value
                for name, value in maps.items()}


class ConditionalResidualBlock(nn.Module):
    """Two depthwise separable conditional convolutions beside a shortcut (figure 2).

    Each: batch norm, conditional 3x3 convolution channel by channel, 1x1 convolution, times the gates,
    leaky ReLU. Where the width changes the shortcut is a spectral 1x1 convolution of SPADE's result (released
    code; the paper does not describe it), else the identity. Paper: spectral norm on all layers of the
    generator; released code: not on those of this block but the shortcut's.

    Args:
        in_channels, out_channels: the second no larger than the first.
        layout_channels: of what kernels, gates and SPADE are predicted from.
        norm: ``'batch'`` or ``'instance'``, the first with scale and shift (SPADE's without).
        hidden_channels: between layout and each prediction.
        spectral: of the shortcut's convolution.
    """

    def __init__(self, in_channels: int, out_channels: int, layout_channels: int, norm: str = 'batch',
                 hidden_channels: int = 128, spectral: bool = True) -> None:
        super().__init__()
        self.predict = ConditionPredictor(layout_channels, in_channels, out_channels, hidden_channels)
        self.norm_1 = build_norm(norm, in_channels, affine=norm == 'batch')
        self.convolve_1 = ConditionalConvolution()
        self.mix_1 = nn.Conv2d(in_channels, out_channels, 1)
        self.norm_2 = build_norm(norm, out_channels, affine=norm == 'batch')
        self.convolve_2 = ConditionalConvolution()
        self.mix_2 = nn.Conv2d(out_channels, out_channels, 1)
        self.learned_shortcut = in_channels != out_channels
        if self.learned_shortcut:
            self.norm_shortcut = SPADE(in_channels, layout_channels, norm, hidden_channels=hidden_channels)
            self.conv_shortcut = spectral_norm(
                nn.Conv2d(in_channels, out_channels, 1, bias=False), spectral)

    def conditions(self, layout: JoinedLayout, size: tuple[int, int]) -> BlockConditions:
        """What of this block depends on the layout alone, for features of ``size``."""
        modulation = self.norm_shortcut.modulation(layout, size) if self.learned_shortcut else None
        return BlockConditions(**self.predict(layout, size), modulation=modulation)

    def forward(self, x: Tensor, given: BlockConditions) -> Tensor:
        """x (B, in_channels, H, W) -> (B, out_channels, H, W)."""
        y = self.mix_1(self.convolve_1(self.norm_1(x), given.kernels_1))
        y = F.leaky_relu(y * given.gates_1, 0.2)
        y = self.mix_2(self.convolve_2(self.norm_2(y), given.kernels_2))
        y = F.leaky_relu(y * given.gates_2, 0.2)
        if not self.learned_shortcut:
            return x + y
        gamma, beta = given.modulation
        return self.conv_shortcut(self.norm_shortcut.norm(x) * (1 + gamma) + beta) + y
