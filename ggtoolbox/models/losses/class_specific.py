"""Losses of LGGAN's class-specific local generation (Tang et al., Local and Global GANs with Semantic-Aware
Upsampling for Image Generation, section 3.3)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES


def class_l1(class_images: Tensor, target_image: Tensor, label: Tensor) -> Tensor:
    """Sum over classes i of mean |I * M_i - R_i|, over all pixels and channels (equation 3).

    A pixel is compared with the target in the image of its own class, and with 0 in all others, so that no
    masked copy of the target is needed.

    Args:
        class_images: R (B, N, 3, H, W).
        target_image: I (B, 3, H, W).
        label: (B, H, W) ids; outside 0 .. N - 1 there is no own image.
    """
    classes = class_images.shape[1]
    known = ((label >= 0) & (label < classes)).unsqueeze(1)
    index = torch.where(known, label.unsqueeze(1), 0).expand(-1, class_images.shape[2], -1, -1)
    own = class_images.gather(1, index.unsqueeze(1)).squeeze(1)
    own_error = ((own - target_image).abs() - own.abs()) * known
    return (class_images.abs().sum() + own_error.sum()) / target_image.numel()


@LOSSES.register_module()
class ClassL1Loss(nn.Module):
    """See :func:`class_l1`; the released code's weight is 1 in semantic synthesis, 100 across views.

    Args:
        mask_of: class -> the class whose mask it gets instead of its own, none by default. The released
            Cityscapes code hands the loss the mask of class 26 in the place of that of class 27 by mistake,
            and so pulls the truck's sub-generator towards cars: ``{27: 26}``.
    """

    def __init__(self, weight: float = 1.0, mask_of: dict[int, int] | None = None) -> None:
        super().__init__()
        self.weight, self.mask_of = weight, dict(mask_of or {})

    def forward(self, class_images: Tensor, target_image: Tensor, label: Tensor) -> Tensor:
        """(B, N, 3, H, W), (B, 3, H, W) and (B, H, W) -> scalar."""
        if max(self.mask_of, default=0) >= class_images.shape[1]:
            raise InputError(f'ClassL1Loss: mask_of must name classes below {class_images.shape[1]}, found '
                             f'{self.mask_of}')
        loss = class_l1(class_images, target_image, label)
        for kind, other in self.mask_of.items():
            image, own, wrong = class_images[:, kind], *((label == i).unsqueeze(1) for i in (kind, other))
            gain = (image - target_image).abs() - image.abs()
            loss = loss + (gain * wrong - gain * own).sum() / target_image.numel()
        return self.weight * loss


@LOSSES.register_module()
class ClassificationLoss(nn.Module):
    """Cross-entropy of each class's features to that class, absent classes left out (equation 6).

    Args:
        reduction: over the classes that are there, ``'mean'`` (released code) or ``'sum'`` (the equation; a
            mean over the batch).
    """

    def __init__(self, weight: float = 1.0, reduction: str = 'mean') -> None:
        super().__init__()
        if reduction not in ('mean', 'sum'):
            raise InputError(f"ClassificationLoss: reduction must be 'mean' or 'sum', found {reduction!r}")
        self.weight, self.reduction = weight, reduction

    def forward(self, class_logits: Tensor, class_valid: Tensor) -> Tensor:
        """class_logits (B, M, M), row i from class i, and class_valid (B, M) in {0, 1} -> scalar."""
        batch, classes, _ = class_logits.shape
        target = torch.arange(classes, device=class_logits.device).expand(batch, -1)
        entropy = F.cross_entropy(class_logits.float().flatten(0, 1), target.flatten(), reduction='none')
        valid = class_valid.float().flatten()
        count = valid.sum().clamp(min=1) if self.reduction == 'mean' else batch
        return self.weight * (entropy * valid).sum() / count
