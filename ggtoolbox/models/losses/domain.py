from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import LOSSES


@LOSSES.register_module()
class DomainLoss(nn.Module):
    """Softmax cross-entropy of an image to its domain, mean over the batch (StarGAN, equations 2 and 3)."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, domain_logits: Tensor, domain: Tensor) -> Tensor:
        """domain_logits (B, K) and domain (B,) int64 -> scalar."""
        return self.weight * F.cross_entropy(domain_logits, domain)


@LOSSES.register_module()
class FocalDomainLoss(nn.Module):
    """mean (1 - p)^power * cross-entropy, p being the share of the right domain (Lin et al., Focal Loss, ICCV
    2017; SketchyCOCO's classifier, power 2)."""

    def __init__(self, weight: float = 1.0, power: float = 2.0) -> None:
        super().__init__()
        self.weight, self.power = weight, power

    def forward(self, domain_logits: Tensor, domain: Tensor) -> Tensor:
        """domain_logits (B, K) and domain (B,) int64 -> scalar."""
        entropy = F.cross_entropy(domain_logits, domain, reduction='none')
        return self.weight * ((1 - (-entropy).exp()) ** self.power * entropy).mean()
