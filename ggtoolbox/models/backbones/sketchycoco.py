"""SketchyCOCO's edge encoder and classifier (Gao et al., CVPR 2020, section 3.1); the classifier is made of
the masked residual units of SketchyGAN (Chen and Hays, CVPR 2018)."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import BACKBONES

from ..layers.same_padding import SameConv2d
from ..layers.tensorflow_layers import DeviationNorm, FrozenSpectralConv2d, FrozenSpectralLinear


class EdgeBlock(nn.Module):
    """Two reflecting 3x3 convolutions with norm, a 1x1 convolution beside them, ReLU of the sum."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1, padding_mode='reflect')
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, padding_mode='reflect')
        self.shortcut, self.norm = nn.Conv2d(in_channels, out_channels, 1), DeviationNorm()

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H, W)."""
        y = self.norm(self.conv2(F.relu(self.norm(self.conv1(x)))))
        return F.relu(self.shortcut(x) + y)


@BACKBONES.register_module()
class EdgeEncoder(nn.Module):
    """E: a picture of edges, or a sketch, to the latent that both generators share. 9,907,592 parameters.

    Args:
        latent_dim: 100.
        channels: of the first convolution and of each block; a block more for pictures of 256 rows.
    """

    def __init__(self, latent_dim: int = 100, channels: Sequence[int] = (64, 128, 256, 512, 512)) -> None:
        super().__init__()
        self.stem = SameConv2d(3, channels[0], 4, stride=2)
        self.blocks = nn.ModuleList(EdgeBlock(before, after) for before, after in zip(channels, channels[1:]))
        self.to_mean = nn.Linear(channels[-1], latent_dim)
        self.to_log_deviation = nn.Linear(channels[-1], latent_dim)

    def forward(self, image: Tensor, noise: Tensor | None = None) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1] -> ``mean`` and ``log_deviation`` (B, latent_dim) and ``latent`` =
        mean + noise * exp(log_deviation).

        Args:
            noise: one number for the whole batch, from N(0, 1) (released; in test too); None draws it.
        """
        x = F.relu(self.stem(image))
        for block in self.blocks:
            x = F.avg_pool2d(block(x), 2)
        x = F.relu(x).mean((2, 3))
        mean, log_deviation = self.to_mean(x), self.to_log_deviation(x)
        noise = torch.randn(1, device=x.device, dtype=x.dtype) if noise is None else noise
        return dict(mean=mean, log_deviation=log_deviation, latent=mean + noise * log_deviation.exp())

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 16).reshape(2, 3, 16, 16)
        return dict(latent_dim=3, channels=(2, 4, 4)), dict(image=image, noise=torch.tensor([0.5]))


class OneSlope(nn.Module):
    """max(a x, x) with one learned a."""

    def __init__(self) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor([0.2]))

    def forward(self, x: Tensor) -> Tensor:
        """Any shape."""
        return torch.maximum(self.slope * x, x)


class MaskedResidualUnit(nn.Module):
    """Features h that read the image x anew, where a gate lets them, and are halved."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.gate = FrozenSpectralConv2d(in_channels + 3, in_channels, 3)
        self.image = FrozenSpectralConv2d(3, in_channels, 3)
        self.conv1 = FrozenSpectralConv2d(in_channels, out_channels, 3)
        self.conv2 = FrozenSpectralConv2d(out_channels, out_channels, 3)
        self.shortcut = nn.Identity() if in_channels == out_channels else \
            FrozenSpectralConv2d(in_channels, out_channels, 1)
        self.enter, self.merge, self.between = OneSlope(), OneSlope(), OneSlope()
        nn.init.constant_(self.gate.bias, 0.5)

    def forward(self, h: Tensor, x: Tensor) -> Tensor:
        """h (B, in_channels, H, W), x (B, 3, H, W) -> (B, out_channels, H / 2, W / 2)."""
        gate = F.leaky_relu(self.gate(torch.cat([self.enter(h), x], dim=1)), 0.2)
        low, high = gate.amin((2, 3), keepdim=True), gate.amax((2, 3), keepdim=True)
        merged = self.merge(h + (gate - low) / (high - low) * self.image(x))
        new = self.conv2(self.between(self.conv1(merged)))
        return F.avg_pool2d(self.shortcut(h) + new, 2)


@BACKBONES.register_module()
class MaskedResidualClassifier(nn.Module):
    """C: four masked residual units, then the mean of the map and a linear layer.

    17,151,293 parameters with the released one's critic.

    Args:
        num_classes: 14.
        channels: 64; the units have 2, 4, 8 and 12 times that.
        critic: a 1x1 convolution beside the linear layer, which no loss of the released code reads.
    """

    def __init__(self, num_classes: int = 14, channels: int = 64, critic: bool = False) -> None:
        super().__init__()
        widths = [8, *(channels * factor for factor in (2, 4, 8, 12))]
        self.stem, self.enter = FrozenSpectralConv2d(3, widths[0], 7), OneSlope()
        self.units = nn.ModuleList(MaskedResidualUnit(before, after) for before,
                                   after in zip(widths, widths[1:]))
        self.leave, self.to_logits = OneSlope(), FrozenSpectralLinear(widths[-1], num_classes)
        self.critic = FrozenSpectralConv2d(widths[-1], 1, 1) if critic else None

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1], sides multiples of 16 -> ``logits`` (B, num_classes), and
        with a critic ``scores`` (B, 1, H / 16, W / 16)."""
        h = self.enter(self.stem(image))
        for unit in self.units:
            h = unit(h, image)
            image = F.avg_pool2d(image, 2)
        h = self.leave(h)
        scores = {} if self.critic is None else dict(scores=self.critic(h))
        return dict(scores, logits=self.to_logits(h.mean((2, 3))))

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        torch.manual_seed(0)
        return dict(num_classes=3, channels=2), dict(image=torch.rand(2, 3, 32, 32) * 2 - 1)
