from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES
from ggtoolbox.structures import DiscriminatorOutput


def real_term(logits: Tensor, mode: str, real_label: float = 1.0) -> Tensor:
    """The discriminator's loss on real images; a mean over all elements of ``logits``."""
    if mode == 'hinge':
        return F.relu(1 - logits).mean()
    if mode == 'least_squares':
        return (logits - real_label).square().mean()
    if mode == 'vanilla':
        return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, real_label))
    return -logits.mean()


def fake_term(logits: Tensor, mode: str) -> Tensor:
    """The discriminator's loss on generated images; a mean over all elements of ``logits``."""
    if mode == 'hinge':
        return F.relu(1 + logits).mean()
    if mode == 'least_squares':
        return logits.square().mean()
    if mode == 'vanilla':
        return F.binary_cross_entropy_with_logits(logits, torch.zeros_like(logits))
    return logits.mean()


def generator_term(logits: Tensor, mode: str, real_label: float = 1.0) -> Tensor:
    """The generator's loss on its images: to look real, and for the hinge without a margin."""
    return -logits.mean() if mode == 'hinge' else real_term(logits, mode, real_label)


@LOSSES.register_module()
class GANLoss(nn.Module):
    """Adversarial loss; each scale's logits p give a mean, the scales are averaged or summed.

    ================  =====================  =====================  ==================
    mode              real images            generated images       generator
    ================  =====================  =====================  ==================
    hinge             mean max(0, 1 - p)     mean max(0, 1 + p)     -mean p
    least_squares     mean (p - 1)^2         mean p^2               mean (p - 1)^2
    vanilla           cross-entropy to 1     cross-entropy to 0     cross-entropy to 1
    wasserstein       -mean p                mean p                 -mean p
    ================  =====================  =====================  ==================

    (Lim and Ye 2017; Mao et al. 2017; Goodfellow et al. 2014, non-saturating; Arjovsky et al. 2017,
    without its constraint.) The released options of GauGAN call them ``hinge, ls, original, w``.
    Vanilla takes the score before a sigmoid; the pix2pix code has the sigmoid inside its
    discriminator, which gives the same numbers.

    Args:
        weight: of the generator's term in its objective.
        discriminator_weight: of each of the discriminator's two terms: 1 in GauGAN, 0.5 in pix2pix and
            CycleGAN ("we divide the objective by 2 while optimizing D", Isola et al. 2017, section 3.3).
        real_label: what ``least_squares`` and ``vanilla`` want of real images, and the generator of its
            own; below 1 it is one-sided label smoothing (0.9 in the released code of Regmi and Borji,
            CVPR 2018, which Pix2pix++ of the cross-view tables is).
        sum_scales: add the scales' means up (pix2pixHD, Wang et al., CVPR 2018, equation 3) instead of
            averaging them (the released GauGAN).
    """

    modes = ('hinge', 'least_squares', 'vanilla', 'wasserstein')

    def __init__(self, mode: str = 'hinge', weight: float = 1.0, discriminator_weight: float = 1.0,
                 real_label: float = 1.0, sum_scales: bool = False) -> None:
        super().__init__()
        if mode not in self.modes:
            raise InputError(f'GANLoss: mode must be one of {", ".join(self.modes)}, found {mode!r}')
        if real_label != 1 and mode not in ('least_squares', 'vanilla'):
            raise InputError(f'GANLoss: real_label means nothing to mode {mode!r}, found {real_label}')
        self.mode, self.weight = mode, weight
        self.discriminator_weight, self.real_label = discriminator_weight, real_label
        self.sum_scales = sum_scales

    def generator(self, fake_outputs: list[DiscriminatorOutput],
                  real_outputs: list[DiscriminatorOutput] | Callable | None = None,
                  label: Tensor | None = None) -> Tensor:
        """What the generator minimises, from the discriminator's outputs on its images; those on the real
        ones, or what gives them, are for losses that compare, ``label`` is for one that segments."""
        return self.weight * self._join(generator_term, fake_outputs, self.real_label)

    def discriminator(self, real_outputs: list[DiscriminatorOutput],
                      fake_outputs: list[DiscriminatorOutput], label: Tensor | None = None
                      ) -> dict[str, Tensor]:
        """What the discriminator minimises: the sum of the terms ``real`` and ``fake``."""
        return dict(real=self.discriminator_weight * self._join(real_term, real_outputs, self.real_label),
                    fake=self.discriminator_weight * self._join(fake_term, fake_outputs))

    def forward(self, fake_outputs: list[DiscriminatorOutput]) -> Tensor:
        """As :meth:`generator`."""
        return self.generator(fake_outputs)

    def _join(self, term: Callable[..., Tensor], outputs: list[DiscriminatorOutput],
              *label: float) -> Tensor:
        total = sum(term(output.logits.float(), self.mode, *label) for output in outputs)
        return total if self.sum_scales else total / len(outputs)
