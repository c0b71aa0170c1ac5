"""Parts of MaskGAN (Lee et al., MaskGAN: Towards Diverse and Interactive Facial Image Manipulation, CVPR
2020)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError

from .residual_trunk import ResidualTrunk


def adaptive_instance_norm(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Instance norm (eps 1e-5), times ``scale``, plus ``shift``, as they are: x (B, C, H, W), both (B, C)."""
    return F.instance_norm(x) * scale[..., None, None] + shift[..., None, None]


class AdaptiveResidualBlock(nn.Module):
    """x + F(x); F = convolution, adaptive instance norm, ReLU, convolution, adaptive instance norm."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.convolutions = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=1, padding_mode='reflect') for _ in range(2))

    @property
    def num_values(self) -> int:
        """How many shifts and scales it takes."""
        return 4 * self.channels

    def forward(self, x: Tensor, values: Tensor) -> Tensor:
        """x (B, channels, H, W), values (B, num_values): of each norm the shifts, then the scales."""
        shift_1, scale_1, shift_2, scale_2 = values.chunk(4, dim=1)
        y = F.relu(adaptive_instance_norm(self.convolutions[0](x), scale_1, shift_1))
        return x + adaptive_instance_norm(self.convolutions[1](y), scale_2, shift_2)


def strided(before: int, after: int) -> nn.Conv2d:
    return nn.Conv2d(before, after, 4, stride=2, padding=1, padding_mode='reflect')


class LabelEncoder(nn.Module):
    """Features of a label map at 1/4 and 1/32 of its size, both before an activation."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.first = nn.ModuleList([nn.Conv2d(num_classes, 16, 7, padding=3, padding_mode='reflect'),
                                    strided(16, 32), strided(32, 64)])
        self.second = nn.ModuleList(strided(64, 64) for _ in range(3))

    def forward(self, semantics: Tensor) -> tuple[Tensor, Tensor]:
        """(B, num_classes, H, W) -> (B, 64, H / 4, W / 4) and (B, 64, H / 32, W / 32)."""
        x = semantics
        for index, convolution in enumerate(self.first):
            x = convolution(F.relu(x) if index else x)
        quarter = x
        for convolution in self.second:
            x = convolution(F.relu(x))
        return quarter, x


class SpatialFeatureTransform(nn.Module):
    """y = x * scale(f) + shift(f), each of two 1x1 convolutions with leaky ReLU 0.1 between them."""

    def __init__(self, channels: int = 64) -> None:
        super().__init__()
        self.scale, self.shift = (nn.Sequential(
            nn.Conv2d(channels, channels, 1), nn.LeakyReLU(0.1), nn.Conv2d(channels, channels, 1))
            for _ in range(2))

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        return x * self.scale(features) + self.shift(features)


class StyleEncoder(nn.Module):
    """A picture's style, transformed on its way by the features of its label map.

    Paper: a spatial-aware encoder; released code: the same, but then averaged over the whole picture.

    Args:
        num_values: of the style.
    """

    def __init__(self, num_values: int) -> None:
        super().__init__()
        self.first = nn.ModuleList([nn.Conv2d(3, 16, 7, padding=3, padding_mode='reflect'), strided(16, 32),
                                    strided(32, 64)])
        self.transform_1, self.transform_2 = SpatialFeatureTransform(), SpatialFeatureTransform()
        self.second = nn.ModuleList(strided(64, 64) for _ in range(3))
        self.to_values = nn.Conv2d(64, num_values, 1)

    def forward(self, image: Tensor, quarter: Tensor, least: Tensor) -> Tensor:
        """image (B, 3, H, W) and what :class:`LabelEncoder` gives -> (B, num_values)."""
        x = image
        for convolution in self.first:
            x = F.relu(convolution(x))
        x = self.transform_1(x, quarter)
        for convolution in self.second:
            x = F.relu(convolution(x))
        x = self.transform_2(x, least)
        return self.to_values(x.mean((2, 3), keepdim=True)).flatten(1)


class AlphaBlender(nn.Module):
    """blend = alpha * one + (1 - alpha) * other; alpha, for each pixel and channel, sees both."""

    def __init__(self, channels: int = 32, num_blocks: int = 3, num_downsamplings: int = 3) -> None:
        super().__init__()
        self.trunk = ResidualTrunk(6, channels, num_blocks, num_downsamplings, bias=True)
        self.to_alpha = nn.Conv2d(channels, 3, 7, padding=3, padding_mode='reflect')

    def forward(self, one: Tensor, other: Tensor) -> dict[str, Tensor]:
        """(B, 3, H, W) twice -> ``blend`` and ``alpha``, both (B, 3, H, W)."""
        alpha = torch.sigmoid(self.to_alpha(self.trunk.features(torch.cat([one, other], dim=1))))
        return dict(blend=one * alpha + other * (1 - alpha), alpha=alpha)


class MaskVAE(nn.Module):
    """A variational auto-encoder of label maps (section 3.2).

    Args:
        num_classes: of the label maps.
        channels: of the first halving (32), doubled by each of the others.
        latent_dim: 1024.
        image_size: of the square maps: a power of two, halved until 4 x 4 is left. (Released code: 512.)
    """

    def __init__(self, num_classes: int, channels: int = 32, latent_dim: int = 1024,
                 image_size: int = 512) -> None:
        super().__init__()
        halvings = image_size.bit_length() - 3
        if halvings < 1 or image_size != 4 << halvings:
            raise InputError(f'MaskVAE: image_size must be a power of two from 8 up, found {image_size}')
        self.num_classes, self.image_size = num_classes, image_size
        widths = [channels * 2 ** index for index in range(halvings)]
        self.downs = nn.ModuleList(nn.Sequential(
            nn.Conv2d(before, after, 4, stride=2, padding=1), nn.BatchNorm2d(after), nn.LeakyReLU(0.2))
            for before, after in zip([num_classes, *widths], widths))
        self.mean, self.log_variance = (nn.Linear(16 * widths[-1], latent_dim) for _ in range(2))
        self.from_latent = nn.Linear(latent_dim, 16 * widths[-1])
        self.ups = nn.ModuleList(nn.Sequential(
            nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 3, padding=1, padding_mode='replicate'),
            *([nn.BatchNorm2d(after, eps=1e-3), nn.LeakyReLU(0.2)] if index < halvings - 1 else []))
            for index, (before, after) in enumerate(zip(widths[::-1], [*widths[-2::-1], num_classes])))

    def encode(self, semantics: Tensor) -> tuple[Tensor, Tensor]:
        """(B, num_classes, image_size, image_size) -> mean and log variance (B, latent_dim)."""
        expected = (self.num_classes, self.image_size, self.image_size)
        if tuple(semantics.shape[1:]) != expected:
            raise InputError(f'MaskVAE: label maps must be (B, {", ".join(map(str, expected))}), found '
                             f'{tuple(semantics.shape)}')
        x = semantics
        for down in self.downs:
            x = down(x)
        x = x.flatten(1)
        return self.mean(x), self.log_variance(x)

    def sample(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """z = mean + e * exp(log_variance / 2), e from N(0, 1); at test as well, as in the released code."""
        return mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)

    def decode(self, latent: Tensor) -> Tensor:
        """(B, latent_dim) -> logits (B, num_classes, image_size, image_size)."""
        x = F.relu(self.from_latent(latent)).unflatten(1, (-1, 4, 4))
        for up in self.ups:
            x = up(x)
        return x

    def between(self, semantics: Tensor, reference: Tensor, steps: float) -> tuple[Tensor, Tensor]:
        """Logits of a map slightly towards and one slightly away from a reference (equation 2).

        z +- (z_ref - z) / steps; ``steps`` is the paper's lambda_inter, 2.5.
        """
        latent, other = (self.sample(*self.encode(maps)) for maps in (semantics, reference))
        move = (other - latent) / steps
        return self.decode(latent + move), self.decode(latent - move)

    def forward(self, semantics: Tensor, reference: Tensor | None = None,
                steps: float = 2.5) -> dict[str, Tensor]:
        """(B, num_classes, H, W) -> ``label_logits`` of the same shape, ``mean`` and ``log_variance``; with a
        reference of the same shape ``inter_logits`` and ``outer_logits``, as :meth:`between` gives them."""
        if reference is not None:
            return dict(zip(('inter_logits', 'outer_logits'), self.between(semantics, reference, steps)))
        mean, log_variance = self.encode(semantics)
        logits = self.decode(self.sample(mean, log_variance))
        return dict(label_logits=logits, mean=mean, log_variance=log_variance)
