"""Spatially-adaptive normalisation (Park et al., CVPR 2019, section 3 and appendix A)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.ops.modulation import modulate

from .clade import CLADE
from .distinct_layout import DistinctLayout
from .layout import Layout
from .made_again import Again, made_again, rounded, rounds
from .normalisation import build_norm, normalised_alike
from .spectral_norm import next_weight, spectral_norm, weight_again


class SPADE(nn.Module):
    """y = norm(x) * (1 + gamma) + beta, gamma and beta read off the layout at each pixel (equation 1).

    Args:
        channels: of x.
        layout_channels: of the layout.
        norm: ``'batch'`` (running statistics, no affine), ``'instance'`` or ``'position'``.
        kernel_size: of the three convolutions, odd.
        hidden_channels: between layout and gamma, beta.
        padding_mode: of the three convolutions, ``'zeros'`` or ``'reflect'`` (CoCosNet).
    """

    def __init__(self, channels: int, layout_channels: int, norm: str = 'batch', kernel_size: int = 3,
                 hidden_channels: int = 128, padding_mode: str = 'zeros') -> None:
        super().__init__()
        self.padding, self.reflects = kernel_size // 2, padding_mode == 'reflect'
        self.norm = build_norm(norm, channels)
        self.shared = nn.Conv2d(layout_channels, hidden_channels, kernel_size, padding=self.padding,
                                padding_mode=padding_mode)
        self.gamma = nn.Conv2d(hidden_channels, channels, kernel_size, padding=self.padding)
        self.beta = nn.Conv2d(hidden_channels, channels, kernel_size, padding=self.padding)

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        """x (B, channels, H, W) -> the same shape."""
        return self.modulate(*normalised_alike(x, [self.norm]), layout)

    def modulate(self, normalised: Tensor, layout: Layout, slope: float | None = None) -> Tensor:
        """norm(x) -> norm(x) * (1 + gamma) + beta, through a leaky ReLU where its ``slope`` is given."""
        size = normalised.shape[-2:]
        distinct = self._distinct(layout, size)
        if distinct is not None:
            return modulate(normalised, self._table(distinct, 1), distinct.second.ids, distinct.groups, slope)
        gamma, beta = self.modulation(layout, size)
        y = torch.addcmul(beta, normalised, 1 + gamma)
        return y if slope is None else F.leaky_relu(y, slope, inplace=True)

    def modulation(self, layout: Layout, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """gamma and beta (B, channels, *size), which depend on the layout alone."""
        distinct = self._distinct(layout, size)
        if distinct is not None:
            return distinct.spread(self._table(distinct, 0)).chunk(2, dim=1)
        if self.reflects:
            padded = F.pad(F.relu(self.shared(layout.at(size))), [self.padding] * 4, mode='reflect')
            return self._convolve_both(padded, padding=0)
        return self._convolve_both(F.relu(layout.convolve(self.shared, size)), self.padding)

    def _distinct(self, layout: Layout, size: tuple[int, int]) -> DistinctLayout | None:
        """The layout's distinct neighbourhoods, where gamma and beta are computed for these alone."""
        if self.reflects:
            return None
        return layout.distinct(size, self.shared.kernel_size[0], self.shared.out_channels)

    def _table(self, distinct: DistinctLayout, added: float) -> Tensor:
        """(U, 2 * channels): gamma + ``added`` and beta of each distinct neighbourhood."""
        first = next_weight(self.shared), self.shared.bias
        bias = torch.cat([self.gamma.bias + added, self.beta.bias])
        weight, made = self._weight_of_both()
        with made_again(*made):
            return distinct.convolve_twice(first, (weight, bias))

    def _convolve_both(self, hidden: Tensor, padding: int) -> tuple[Tensor, Tensor]:
        # One convolution for both; two modules, because their initial scale counts each one's own fan.
        bias = torch.cat([self.gamma.bias, self.beta.bias])
        weight, made = self._weight_of_both()
        with made_again(*made):
            return F.conv2d(hidden, weight, bias, padding=padding).chunk(2, dim=1)

    def _weight_of_both(self) -> tuple[Tensor, list[tuple[Tensor, Again]]]:
        """(2 * channels, hidden_channels, k, k): gamma's and beta's; and what is to be made again of it."""
        weight = torch.cat([next_weight(self.gamma), next_weight(self.beta)])
        if not rounds(weight):
            return weight, []
        again = weight_again(self.gamma), weight_again(self.beta)
        made = rounded(weight, lambda: torch.cat([one() for one in again]))
        return made[0], [made]


def layout_norm(channels: int, layout_channels: int, norm: str | None = 'batch', kernel_size: int = 3,
                hidden_channels: int = 128, padding_mode: str = 'zeros') -> SPADE | CLADE:
    """:class:`SPADE`, and with ``hidden_channels=0`` :class:`~ggtoolbox.models.layers.clade.CLADE`."""
    if not hidden_channels:
        return CLADE(channels, layout_channels, norm)
    return SPADE(channels, layout_channels, norm, kernel_size, hidden_channels, padding_mode)


class SPADEResidualBlock(nn.Module):
    """Two SPADE - leaky ReLU - 3x3 convolutions beside a shortcut (figure 4, left).

    The shortcut is learned (SPADE, 1x1 convolution without bias, no activation) where the width
    changes. The middle width is the smaller of the two. No activation after the sum.

    Args:
        spectral: spectral normalisation of the block's own convolutions (paper: of all layers of the
            generator; released code: of these only, which is what this does).
        padding_mode: of all 3x3 convolutions, SPADE's too: ``'zeros'`` or ``'reflect'`` (CoCosNet).
        squeeze: the residual's channels are weighted by what its means say (Hu et al.,
            Squeeze-and-Excitation, CVPR 2018, without biases): an option of CoCosNet's adaptors.
    """

    def __init__(self, in_channels: int, out_channels: int, layout_channels: int,
                 norm: str = 'batch', norm_kernel_size: int = 3, norm_hidden_channels: int = 128,
                 spectral: bool = True, padding_mode: str = 'zeros', squeeze: bool = False) -> None:
        super().__init__()
        middle = min(in_channels, out_channels)

        def spade(channels: int) -> SPADE | CLADE:
            return layout_norm(channels, layout_channels, norm, norm_kernel_size, norm_hidden_channels,
                               padding_mode)

        def convolution(before: int, after: int) -> nn.Conv2d:
            return spectral_norm(nn.Conv2d(before, after, 3, padding=1, padding_mode=padding_mode), spectral)

        self.norm_0, self.conv_0 = spade(in_channels), convolution(in_channels, middle)
        self.norm_1, self.conv_1 = spade(middle), convolution(middle, out_channels)
        self.squeeze = None if not squeeze else nn.Sequential(
            nn.Linear(out_channels, out_channels // 16, bias=False), nn.ReLU(),
            nn.Linear(out_channels // 16, out_channels, bias=False), nn.Sigmoid())
        self.learned_shortcut = in_channels != out_channels
        if self.learned_shortcut:
            self.norm_shortcut = spade(in_channels)
            self.conv_shortcut = spectral_norm(
                nn.Conv2d(in_channels, out_channels, 1, bias=False), spectral)

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        """x (B, in_channels, H, W) -> (B, out_channels, H, W)."""
        norms = [self.norm_0.norm, *([self.norm_shortcut.norm] if self.learned_shortcut else [])]
        normalised, *for_shortcut = normalised_alike(x, norms)
        y = self.convolve(self.conv_0, self.norm_0.modulate(normalised, layout, 0.2), layout)
        normalised, = normalised_alike(y, [self.norm_1.norm])
        y = self.convolve(self.conv_1, self.norm_1.modulate(normalised, layout, 0.2), layout)
        if self.squeeze is not None:
            y = y * self.squeeze(y.mean((2, 3)))[..., None, None]
        if self.learned_shortcut:
            x = self.conv_shortcut(self.norm_shortcut.modulate(*for_shortcut, layout))
        return y + x

    def convolve(self, convolution: nn.Conv2d, x: Tensor, layout: Layout) -> Tensor:
        """One of the 3x3 convolutions; a subclass may let the layout have its say."""
        return convolution(x)
