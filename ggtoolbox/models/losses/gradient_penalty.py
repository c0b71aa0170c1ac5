"""The gradient penalty of WGAN-GP (Gulrajani et al., Improved Training of Wasserstein GANs, NIPS 2017)."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from ggtoolbox.registry import LOSSES
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.precision import full_precision


def gradient_norms(discriminator: Callable[[Tensor], list[DiscriminatorOutput]], image: Tensor) -> Tensor:
    """(B,): the 2-norm of the gradient of the sum of all logits of an image by that image."""
    image = image.detach().requires_grad_()
    with _uncompiled():
        logits = sum(output.logits.sum() for output in discriminator(image))
    gradient, = torch.autograd.grad(logits, image, create_graph=True)
    return gradient.flatten(1).norm(dim=1)


def _uncompiled() -> AbstractContextManager:
    """What torch.compile has made cannot be differentiated twice; networks run as written (torch 2.6 on)."""
    set_stance = getattr(torch.compiler, 'set_stance', None)
    return nullcontext() if set_stance is None else set_stance('force_eager')


@LOSSES.register_module()
class GradientPenaltyLoss(nn.Module):
    """mean (|grad D(x)| - 1)^2 at x = e * real + (1 - e) * fake, e from U(0, 1) for each sample.

    Equation 3 of WGAN-GP, last term of equation 7 of SCGAN; the gradient is :func:`gradient_norms`', so that
    of a map of logits their sum counts. Computed in full precision, inside autocast too: float16 has no
    room for gradients that no scaler multiplies. A compiled discriminator runs uncompiled here.
    """

    def __init__(self, weight: float = 10.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, discriminator: Callable[[Tensor], list[DiscriminatorOutput]], real: Tensor,
                fake: Tensor, interpolation: Tensor) -> Tensor:
        """Images (B, 3, H, W), interpolation e (B, 1, 1, 1) -> scalar, with a graph through ``discriminator``
        (outside ``no_grad``, too)."""
        with full_precision(real.device), torch.enable_grad():
            mixed = interpolation * real + (1 - interpolation) * fake.to(real.dtype)
            return self.weight * (gradient_norms(discriminator, mixed) - 1).square().mean()
