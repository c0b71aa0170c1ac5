"""Losses on pixels."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import LOSSES


def total_variation(image: Tensor) -> Tensor:
    """Sum over batch, channels and pixels of |x(i+1, j) - x(i, j)| + |x(i, j+1) - x(i, j)|.

    Image (B, C, H, W). A sum, not a mean, as the released code of GestureGAN and SelectionGAN has it.
    """
    return image.diff(dim=-2).abs().sum() + image.diff(dim=-1).abs().sum()


@LOSSES.register_module()
class L1Loss(nn.Module):
    """mean |prediction - target| over all elements (pix2pix, Isola et al. 2017, equation 3)."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Tensors of one shape -> scalar."""
        return self.weight * F.l1_loss(prediction, target)


@LOSSES.register_module()
class L2Loss(nn.Module):
    """mean (prediction - target)^2 over all elements (GestureGAN, thesis equation 2.8)."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Tensors of one shape -> scalar."""
        return self.weight * F.mse_loss(prediction, target)


@LOSSES.register_module()
class TotalVariationLoss(nn.Module):
    """See :func:`total_variation`; the weight of the released code is 1e-6."""

    def __init__(self, weight: float = 1e-6) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, image: Tensor) -> Tensor:
        return self.weight * total_variation(image)
