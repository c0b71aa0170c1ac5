"""Semantic region-adaptive normalisation (Zhu et al., SEAN: Image Synthesis with Semantic Region-Adaptive
Normalization, CVPR 2020)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.ops.region_convolution import region_convolution

from .layout import Layout
from .normalisation import InstanceNorm2d, build_norm
from .spade import layout_norm
from .spectral_norm import next_weight, spectral_norm


class PixelNoise(nn.Module):
    """x + scale * e: e from N(0, 1), one value a pixel, with a scale for each channel that is learned from 0
    on; drawn at test as well."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(channels))

    def draw(self, x: Tensor) -> Tensor:
        """(B, 1, H, W); width before height, as the released code draws it."""
        batch, _, height, width = x.shape
        return torch.randn(batch, width, height, 1, dtype=x.dtype, device=x.device).transpose(1, 3)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.draw(x) * self.scale.to(x.dtype).view(1, -1, 1, 1)


class SEAN(nn.Module):
    """y = norm(x + noise) (1 + gamma) + beta; gamma and beta from styles and layout, mixed (equations 1 to
    3).

    gamma = a * gamma_style + (1 - a) * gamma_layout, a = sigmoid of a scalar that is learned; beta likewise.
    The style's pair is a 3x3 convolution of the map that holds, at each pixel, its region's style; the
    layout's is SPADE's.

    Args:
        channels: of x.
        layout_channels: of the layout, each of which is a region (the last one wins where they overlap).
        style_channels: S, of a region's style (512); 0: no styles, as in the released last block.
        norm: ``'batch'`` or ``'instance'``, without scale and shift.
        hidden_channels: of SPADE.
    """

    def __init__(self, channels: int, layout_channels: int, style_channels: int, norm: str = 'batch',
                 hidden_channels: int = 128) -> None:
        super().__init__()
        self.noise, self.norm = PixelNoise(channels), build_norm(norm, channels)
        self.spade = layout_norm(channels, layout_channels, None, hidden_channels=hidden_channels)
        self.styled = style_channels > 0
        if self.styled:
            # Paper: a 1x1 convolution of the style matrix for each region; released code: this.
            self.to_style = nn.ModuleList(
                nn.Linear(style_channels, style_channels) for _ in range(layout_channels))
            self.gamma = nn.Conv2d(style_channels, channels, 3, padding=1)
            self.beta = nn.Conv2d(style_channels, channels, 3, padding=1)
            self.mix_gamma, self.mix_beta = (nn.Parameter(torch.zeros(1)) for _ in range(2))

    def forward(self, x: Tensor, layout: Layout, styles: Tensor) -> Tensor:
        """x (B, channels, H, W), styles (B, layout_channels, S) -> the shape of x."""
        x = self.norm(self.noise(x))
        gamma, beta = self.spade.modulation(layout, x.shape[-2:])
        if self.styled:
            of_style = self.style_modulation(layout, styles, x.shape[-2:])
            gamma, beta = (torch.lerp(of_layout, mine, torch.sigmoid(mix).to(mine.dtype))
                           for of_layout, mine, mix in zip((gamma, beta), of_style,
                                                           (self.mix_gamma, self.mix_beta)))
        return x * (1 + gamma) + beta

    def region_styles(self, styles: Tensor) -> Tensor:
        """This layer's own view of the styles (B, N, S) -> (B, N, S)."""
        return F.relu(torch.stack([linear(styles[:, region]) for region, linear in enumerate(self.to_style)],
                                  dim=1))

    def style_modulation(self, layout: Layout, styles: Tensor,
                         size: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """gamma and beta (B, channels, *size) of the styles."""
        weight = torch.cat([next_weight(self.gamma), next_weight(self.beta)])
        bias = torch.cat([self.gamma.bias, self.beta.bias])
        styles = self.region_styles(styles)
        return region_convolution(styles, layout.regions(size), weight, bias).chunk(2, dim=1)


class SEANResidualBlock(nn.Module):
    """SPADE's residual block with SEAN in place of SPADE (figure 3).

    Args:
        spectral: of the block's convolutions.

    The other arguments are :class:`SEAN`'s.
    """

    def __init__(self, in_channels: int, out_channels: int, layout_channels: int, style_channels: int,
                 norm: str = 'batch', hidden_channels: int = 128, spectral: bool = True) -> None:
        super().__init__()
        middle = min(in_channels, out_channels)
        options = layout_channels, style_channels, norm, hidden_channels
        self.norm_0 = SEAN(in_channels, *options)
        self.conv_0 = spectral_norm(nn.Conv2d(in_channels, middle, 3, padding=1), spectral)
        self.norm_1 = SEAN(middle, *options)
        self.conv_1 = spectral_norm(nn.Conv2d(middle, out_channels, 3, padding=1), spectral)
        self.learned_shortcut = in_channels != out_channels
        if self.learned_shortcut:
            self.norm_shortcut = SEAN(in_channels, *options)
            self.conv_shortcut = spectral_norm(
                nn.Conv2d(in_channels, out_channels, 1, bias=False), spectral)

    def forward(self, x: Tensor, layout: Layout, styles: Tensor) -> Tensor:
        """x (B, in_channels, H, W) -> (B, out_channels, H, W)."""
        shortcut = self.conv_shortcut(self.norm_shortcut(x, layout, styles)) if self.learned_shortcut else x
        y = self.conv_0(F.leaky_relu(self.norm_0(x, layout, styles), 0.2))
        return shortcut + self.conv_1(F.leaky_relu(self.norm_1(y, layout, styles), 0.2))


class RegionStyleEncoder(nn.Module):
    """Style of each region of a picture: features, averaged over the region's pixels (section 3.2).

    Convolutions to a quarter of the picture's height and width and up again to half of them; widths are fixed
    in the released code.

    Args:
        style_channels: S.
        in_channels: of the picture.
    """

    def __init__(self, style_channels: int = 512, in_channels: int = 3) -> None:
        super().__init__()
        steps = (nn.Conv2d(in_channels, 32, 3, padding=1, padding_mode='reflect'),
                 nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.Conv2d(64, 128, 3, stride=2, padding=1),
                 nn.ConvTranspose2d(128, 256, 3, stride=2, padding=1, output_padding=1))
        self.layers = nn.ModuleList(
            nn.Sequential(step, InstanceNorm2d(step.out_channels), nn.LeakyReLU(0.2)) for step in steps)
        self.to_style = nn.Conv2d(256, style_channels, 3, padding=1, padding_mode='reflect')

    def features(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) -> (B, S, H / 2, W / 2) in [-1, 1]."""
        for layer in self.layers:
            image = layer(image)
        return torch.tanh(self.to_style(image))

    def forward(self, image: Tensor, layout: Layout) -> Tensor:
        """image (B, 3, H, W) and its layout -> (B, layout channels, S), 0 for a region without pixels."""
        features = self.features(image)
        masks = (layout.at(features.shape[-2:]) != 0).to(features.dtype).flatten(2)
        sums = masks @ features.flatten(2).transpose(1, 2)
        return sums / masks.sum(2, keepdim=True).clamp(min=1)
