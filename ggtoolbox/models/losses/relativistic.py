"""The relativistic pairing loss (Huang et al., The GAN is dead; long live the GAN! A Modern GAN Baseline,
NeurIPS 2024: R3GAN)."""
from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES
from ggtoolbox.structures import DiscriminatorOutput


def relativistic_term(better: Tensor, worse: Tensor) -> Tensor:
    """mean log(1 + exp(-(better - worse))): what is minimised to make the first logits the larger ones."""
    return F.softplus(worse - better).mean()


@LOSSES.register_module()
class RelativisticGANLoss(nn.Module):
    """Real images are to look more real than generated ones, in pairs (equation 2; Jolicoeur-Martineau 2019).

    The discriminator minimises mean f(D(G(z)) - D(x)), the generator mean f(D(x) - D(G(z))), with
    f(t) = log(1 + exp(t)). A pair is the n-th real and the n-th generated image of a batch, each patch of
    their maps of logits with the same patch; the scales are averaged. It takes the place of ``GANLoss`` in
    every training algorithm, and converges with the penalties R1 and R2 (equations 3 and 4), which is what
    ``losses.r1_r2=dict(type='R1Loss', weight=gamma)`` adds.

    Args:
        weight: of the generator's term in its objective.
        discriminator_weight: of the discriminator's.
        sum_scales: add the scales' means up instead of averaging them.
    """

    compares = True  # the generator's term needs real images

    def __init__(self, weight: float = 1.0, discriminator_weight: float = 1.0,
                 sum_scales: bool = False) -> None:
        super().__init__()
        self.weight, self.discriminator_weight, self.sum_scales = weight, discriminator_weight, sum_scales

    def generator(self, fake_outputs: list[DiscriminatorOutput],
                  real_outputs: list[DiscriminatorOutput] | Callable | None = None,
                  label: Tensor | None = None) -> Tensor:
        """What the generator minimises, from the discriminator's outputs on its images and on the real ones,
        or on what gives these."""
        real_outputs = real_outputs() if callable(real_outputs) else real_outputs
        if real_outputs is None:
            raise InputError('RelativisticGANLoss: this training algorithm compares no real images in the '
                             "generator's turn; use GANLoss")
        return self.weight * self._join(fake_outputs, real_outputs)

    def discriminator(self, real_outputs: list[DiscriminatorOutput],
                      fake_outputs: list[DiscriminatorOutput], label: Tensor | None = None
                      ) -> dict[str, Tensor]:
        """What the discriminator minimises: ``fake``, of the pairs; ``real``, of real images alone, is 0."""
        term = self.discriminator_weight * self._join(real_outputs, fake_outputs)
        return dict(real=term.new_zeros(()), fake=term)

    def forward(self, fake_outputs: list[DiscriminatorOutput],
                real_outputs: list[DiscriminatorOutput]) -> Tensor:
        """As :meth:`generator`."""
        return self.generator(fake_outputs, real_outputs)

    def _join(self, better: list[DiscriminatorOutput], worse: list[DiscriminatorOutput]) -> Tensor:
        total = sum(relativistic_term(one.logits.float(), other.logits.float())
                    for one, other in zip(better, worse, strict=True))
        return total if self.sum_scales else total / len(better)
