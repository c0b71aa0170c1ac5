"""Layers of TensorFlow 1 code bases, where PyTorch's of the same names compute something else."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DeviationNorm(nn.Module):
    """(x - mean) / (sqrt(variance) + 1e-5) over the pixels of each channel; no scale, no shift.

    Args:
        detached_mean: no gradient through the mean inside the variance, as TensorFlow's moments have it.
            Values and gradients are the same; the gradient of a gradient (of a penalty) is not.
    """

    def __init__(self, detached_mean: bool = False) -> None:
        super().__init__()
        self.detached_mean = detached_mean

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> the same shape."""
        mean = x.mean((2, 3), keepdim=True)
        inside = mean.detach() if self.detached_mean else mean
        variance = (x - inside).square().mean((2, 3), keepdim=True)
        return (x - mean) / (variance.sqrt() + 1e-5)


class SameConvTranspose2d(nn.ConvTranspose2d):
    """A 5x5 transposed convolution of stride 2 with ``SAME`` padding: twice the size, one pixel cut in front
    and two behind. (``padding=2, output_padding=1`` cuts the other way round.)"""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, 5, stride=2, padding=1)

    def forward(self, x: Tensor, guide: Tensor | None = None) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, 2 H, 2 W); ``guide`` is not used."""
        return super().forward(x)[:, :, :2 * x.shape[2], :2 * x.shape[3]]


class FrozenSpectral:
    """Mixed in front of a convolution or linear layer: its weight is divided by an estimate of its largest
    singular value, one power iteration from a vector ``u`` that never changes; the gradient flows through the
    iteration. (Released SketchyCOCO, whose update of u is never run.)"""

    def freeze_u(self) -> None:
        """Draw u."""
        self.register_buffer('u', torch.randn(1, self.weight.shape[0]))

    def normalised(self) -> Tensor:
        """The weight, divided."""
        matrix = self.weight.flatten(1).t()
        v = F.normalize(self.u @ matrix.t(), dim=1, eps=1e-12)
        u = F.normalize(v @ matrix, dim=1, eps=1e-12)
        return self.weight / (v @ matrix @ u.t()).squeeze()


class FrozenSpectralConv2d(FrozenSpectral, nn.Conv2d):
    """See :class:`FrozenSpectral`; pads to keep the size."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        super().__init__(in_channels, out_channels, kernel_size, padding=kernel_size // 2)
        self.freeze_u()

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H, W)."""
        return F.conv2d(x, self.normalised(), self.bias, padding=self.padding)


class FrozenSpectralLinear(FrozenSpectral, nn.Linear):
    """See :class:`FrozenSpectral`."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__(in_features, out_features)
        self.freeze_u()

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_features) -> (B, out_features)."""
        return F.linear(x, self.normalised(), self.bias)


def double_bicubic(x: Tensor) -> Tensor:
    """(B, C, H, W) -> (B, C, 2 H, 2 W) as TensorFlow 1 enlarges: output i stands at source i / 2, cubic
    coefficient -0.75, indices clamped. Even places are the pixels themselves."""
    weights = x.new_tensor([-0.09375, 0.59375, 0.59375, -0.09375])
    for dim in (2, 3):
        size = x.shape[dim]
        taps = [x.index_select(dim, (torch.arange(size, device=x.device) + offset).clamp(0, size - 1))
                for offset in (-1, 0, 1, 2)]
        between = sum(weight * tap for weight, tap in zip(weights, taps))
        x = torch.stack([x, between], dim=dim + 1).flatten(dim, dim + 1)
    return x
