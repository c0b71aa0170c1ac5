from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import LOSSES


@LOSSES.register_module()
class AttributeLoss(nn.Module):
    """Cross-entropy of independent attributes, summed over them, averaged over the batch.

    (Jiang et al., SCGAN, equations 11 and 12.)

    Args:
        weight: lambda_cls: 5 in the paper, 1 in the released code.
        absent: count attributes that are not there as well. The released code does, and the text says
            binary cross-entropy; the equation, - sum c log D_c, does not, and a classifier that says yes to
            everything minimises it.
    """

    def __init__(self, weight: float = 5.0, absent: bool = True) -> None:
        super().__init__()
        self.weight, self.absent = weight, absent

    def forward(self, attribute_logits: Tensor, attributes: Tensor) -> Tensor:
        """attribute_logits (B, A) and attributes (B, A) of 0 and 1 -> scalar."""
        logits, target = attribute_logits.float(), attributes.float()
        entropy = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
        return self.weight * (entropy if self.absent else entropy * target).sum() / len(logits)
