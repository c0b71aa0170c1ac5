"""Pixel losses under learned uncertainty."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import LOSSES


@LOSSES.register_module()
class UncertaintyPixelLoss(nn.Module):
    """mean(|x - y| / U + log U) + mean |x - y| (Tang et al., Multi-Channel Attention Selection GAN,
    CVPR 2019; thesis equation 5.6). It may be negative.

    Args:
        weight: of the whole.
        plain: the second term, which the released code has and the paper has not.
    """

    def __init__(self, weight: float = 1.0, plain: bool = True) -> None:
        super().__init__()
        self.weight, self.plain = weight, plain

    def forward(self, prediction: Tensor, target: Tensor, uncertainty: Tensor) -> Tensor:
        """prediction, target (B, C, H, W), uncertainty (B, 1, H, W) or (B, C, H, W) in (0, 1) -> scalar."""
        difference, uncertainty = (prediction - target).abs(), uncertainty.to(prediction.dtype)
        loss = (difference / uncertainty + uncertainty.log()).mean()
        if self.plain:
            loss = loss + F.l1_loss(prediction, target)
        return self.weight * loss
