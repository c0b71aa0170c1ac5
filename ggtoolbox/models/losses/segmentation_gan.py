"""OASIS: adversarial supervision by segmentation (Schonfeld et al., You Only Need Adversarial Supervision for
Semantic Image Synthesis, ICLR 2021)."""
from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES
from ggtoolbox.structures import IGNORED_LABEL, DiscriminatorOutput


def class_weights(label: Tensor, num_classes: int) -> Tensor:
    """(N,): alpha_c, inversely as frequent as class c is in the batch; 0 for one that is absent.

    Pixels / (pixels of c * classes that are present), so that the mean weight of a pixel is 1; equation 2
    does not divide by the number of classes.

    Args:
        label: (B, H, W) class ids; 255 does not count.
    """
    known = label != IGNORED_LABEL
    counts = torch.zeros(num_classes, device=label.device)
    counts.scatter_add_(0, torch.where(known, label, 0).flatten(), known.flatten().float())
    present = counts > 0
    return present * counts.sum() / (counts.clamp(min=1) * present.sum().clamp(min=1))


def draw_label_mask(label: Tensor) -> Tensor:
    """LabelMix's M (B, 1, H, W): 0 or 1, drawn for each class of each image, so that it keeps to the borders
    of the label map (B, H, W)."""
    bits = torch.randint(0, 2, (len(label), IGNORED_LABEL + 1), device=label.device)
    return bits.gather(1, label.flatten(1)).view_as(label).unsqueeze(1).float()


def label_mix(real: Tensor, fake: Tensor, mask: Tensor) -> Tensor:
    """M * real + (1 - M) * fake (section 3.1)."""
    return mask.to(real.dtype) * real + (1 - mask).to(fake.dtype) * fake


@LOSSES.register_module()
class SegmentationGANLoss(nn.Module):
    """Cross-entropy over N + 1 classes at each pixel: those of the label map, and last "generated".

    The discriminator minimises -mean alpha_c log D(x)_c - mean log D(G(z))_{N+1}, c the pixel's class
    (equation 1); the generator -mean alpha_c log D(G(z))_c (equation 3). alpha is :func:`class_weights`;
    pixels of label 255 do not count. Means are over all pixels of the batch.

    It takes the place of ``GANLoss`` in the algorithms of label maps, with a discriminator whose logits are
    (B, N + 1, H, W): ``OASISDiscriminator``.

    Args:
        weight: of the generator's term in its objective.
        discriminator_weight: of each of the discriminator's two terms.
        balanced: False: alpha = 1 (an ablation of the paper's).
    """

    def __init__(self, weight: float = 1.0, discriminator_weight: float = 1.0, balanced: bool = True) -> None:
        super().__init__()
        self.weight, self.discriminator_weight, self.balanced = weight, discriminator_weight, balanced

    def generator(self, fake_outputs: list[DiscriminatorOutput],
                  real_outputs: list[DiscriminatorOutput] | Callable | None = None,
                  label: Tensor | None = None) -> Tensor:
        """What the generator minimises: each pixel is to look like its class."""
        return self.weight * self._of_classes(fake_outputs, label)

    def discriminator(self, real_outputs: list[DiscriminatorOutput], fake_outputs: list[DiscriminatorOutput],
                      label: Tensor | None = None) -> dict[str, Tensor]:
        """What the discriminator minimises: the sum of the terms ``real`` and ``fake``."""
        logits = fake_outputs[0].logits.float()
        generated = logits.new_full((len(logits), *logits.shape[2:]), logits.shape[1] - 1, dtype=torch.long)
        if label is not None:
            generated = torch.where(label == IGNORED_LABEL, IGNORED_LABEL, generated)
        return dict(real=self.discriminator_weight * self._of_classes(real_outputs, label),
                    fake=self.discriminator_weight * _mean_entropy(logits, generated, None))

    def forward(self, segmenting_outputs: list[DiscriminatorOutput], label: Tensor) -> Tensor:
        """As :meth:`generator`, of ``label`` (B, H, W)."""
        return self.generator(segmenting_outputs, None, label)

    def _of_classes(self, outputs: list[DiscriminatorOutput], label: Tensor | None) -> Tensor:
        logits = outputs[0].logits.float()
        if label is None or label.shape != (len(logits), *logits.shape[2:]):
            found = 'none' if label is None else tuple(label.shape)
            raise InputError('SegmentationGANLoss: it needs the class of each pixel and a discriminator that '
                             f'segments, found labels {found} and logits {tuple(logits.shape)}')
        weights = class_weights(label, logits.shape[1] - 1) if self.balanced else None
        return _mean_entropy(logits, label, weights)


def _mean_entropy(logits: Tensor, label: Tensor, weights: Tensor | None) -> Tensor:
    if weights is not None:
        weights = torch.cat([weights, weights.new_ones(1)])
    entropy = F.cross_entropy(logits, label, weights, ignore_index=IGNORED_LABEL, reduction='sum')
    return entropy / (label != IGNORED_LABEL).sum().clamp(min=1)
