"""Class-adaptive normalisation (Tan et al., Efficient Semantic Image Synthesis via Class-Adaptive
Normalization, TPAMI 2021)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.ops.modulation import modulate

from .layout import Layout
from .normalisation import build_norm, normalised_alike
from .spectral_norm import next_weight


class CLADE(nn.Module):
    """y = norm(x) * (1 + gamma[c]) + beta[c], c the class of the pixel: rows of tables, nothing is convolved.

    It stands where SPADE may. The paper writes gamma for our 1 + gamma, and has a positional encoding as an
    option, which is not here. A pixel of no class has gamma = beta = 0; the layout's further channels, edges
    and guides, have rows as well, which are added, times their values.

    Args:
        channels: of x.
        layout_channels: rows of the table, for the channels of the layout.
        norm: as of SPADE.
    """

    def __init__(self, channels: int, layout_channels: int, norm: str | None = 'batch') -> None:
        super().__init__()
        self.norm = build_norm(norm, channels)
        # The table is a 1x1 convolution of the one-hot map, by which all rules for initial weights hold.
        self.gamma, self.beta = (nn.Conv2d(layout_channels, channels, 1, bias=False) for _ in range(2))

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        """x (B, channels, H, W) -> the same shape."""
        return self.modulate(*normalised_alike(x, [self.norm]), layout)

    def modulate(self, normalised: Tensor, layout: Layout, slope: float | None = None) -> Tensor:
        """norm(x) -> norm(x) * (1 + gamma) + beta, through a leaky ReLU where its ``slope`` is given."""
        pixels = layout.pixels(normalised.shape[-2:])
        if pixels is not None:
            gamma, beta = (pixels.rows @ weight.flatten(1).T for weight in self._weights())
            table = torch.cat([1 + gamma, beta], dim=1)
            return modulate(normalised, table, pixels.ids, pixels.groups, slope)
        gamma, beta = self.modulation(layout, normalised.shape[-2:])
        y = torch.addcmul(beta, normalised, 1 + gamma)
        return y if slope is None else F.leaky_relu(y, slope)

    def modulation(self, layout: Layout, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """gamma and beta (B, channels, *size)."""
        return layout.convolve_with(torch.cat(self._weights()), None, size).chunk(2, dim=1)

    def _weights(self) -> list[Tensor]:
        return [next_weight(self.gamma), next_weight(self.beta)]
