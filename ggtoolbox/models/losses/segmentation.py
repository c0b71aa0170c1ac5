from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES
from ggtoolbox.structures import IGNORED_LABEL


@LOSSES.register_module()
class SegmentationLoss(nn.Module):
    """Softmax cross-entropy of each pixel to its class; pixels of label 255 do not count.

    (Jiang et al., SCGAN, equations 8 to 10.)

    Args:
        weight: lambda_seg, 1.
        reduction: over the pixels of an image, ``'mean'`` (released code, and what makes the paper's figure
            10, where it is as large as the other terms) or ``'sum'`` (equation 9); over the batch a mean.
    """

    def __init__(self, weight: float = 1.0, reduction: str = 'mean') -> None:
        super().__init__()
        if reduction not in ('mean', 'sum'):
            raise InputError(f"SegmentationLoss: reduction must be 'mean' or 'sum', found {reduction!r}")
        self.weight, self.reduction = weight, reduction

    def forward(self, label_logits: Tensor, label: Tensor) -> Tensor:
        """label_logits (B, N, H, W) and label (B, H, W) of class ids -> scalar."""
        entropy = F.cross_entropy(label_logits.float(), label, ignore_index=IGNORED_LABEL, reduction='sum')
        count = (label != IGNORED_LABEL).sum().clamp(min=1) if self.reduction == 'mean' else len(label)
        return self.weight * entropy / count
