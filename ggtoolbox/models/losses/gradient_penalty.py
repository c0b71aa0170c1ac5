"""Penalties of the discriminator's gradient: of WGAN-GP (Gulrajani et al., Improved Training of Wasserstein
GANs, NIPS 2017), and R1."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from ggtoolbox.ops.precision import full_precision
from ggtoolbox.registry import LOSSES
from ggtoolbox.structures import DiscriminatorOutput


def gradient_norms(discriminator: Callable[[Tensor], list[DiscriminatorOutput]], image: Tensor,
                   squash: bool = False) -> Tensor:
    """(B,): the 2-norm of the gradient of the sum of all logits of an image by that image; with ``squash`` of
    the sum of their sigmoids."""
    return _gradients(discriminator, image, squash).norm(dim=1)


def gradient_squares(discriminator: Callable[[Tensor], list[DiscriminatorOutput]], image: Tensor) -> Tensor:
    """(B,): the squares of :func:`gradient_norms`, without their root."""
    return _gradients(discriminator, image).square().sum(dim=1)


def _gradients(discriminator: Callable[[Tensor], list[DiscriminatorOutput]], image: Tensor,
               squash: bool = False) -> Tensor:
    image = image.detach().requires_grad_()
    with _uncompiled():
        logits = [output.logits for output in discriminator(image)]
    score = sum((value.sigmoid() if squash else value).sum() for value in logits)
    gradient, = torch.autograd.grad(score, image, create_graph=True)
    return gradient.flatten(1)


def _uncompiled() -> AbstractContextManager:
    """What torch.compile has made cannot be differentiated twice; networks run as written (torch 2.6 on)."""
    set_stance = getattr(torch.compiler, 'set_stance', None)
    return nullcontext() if set_stance is None else set_stance('force_eager')


def draw_interpolation(real: Tensor) -> Tensor:
    """e from U(0, 1), one number for each of ``real`` (B, ...): (B, 1, ..., 1)."""
    return torch.rand_like(real[:, :1, :1, :1])


@LOSSES.register_module()
class GradientPenaltyLoss(nn.Module):
    """mean (|grad D(x)| - target)^2 at x = e * real + (1 - e) * fake, e from U(0, 1) for each sample.

    Equation 3 of WGAN-GP, last term of equation 7 of SCGAN; the gradient is :func:`gradient_norms`', so that
    of a map of logits their sum counts. Computed in full precision, inside autocast too: float16 has no
    room for gradients that no scaler multiplies. A compiled discriminator runs uncompiled here.

    Args:
        squash: D is the sigmoid of the logits, as in the released code of MDVS (Ren et al., ACM MM 2020),
            where the gradients are so small that the term sits near its weight.
        target: the wanted norm.
    """

    def __init__(self, weight: float = 10.0, squash: bool = False, target: float = 1.0) -> None:
        super().__init__()
        self.weight, self.squash, self.target = weight, squash, target

    def forward(self, discriminator: Callable[[Tensor], list[DiscriminatorOutput]], real: Tensor,
                fake: Tensor, interpolation: Tensor | None = None) -> Tensor:
        """Images (B, 3, H, W), or whatever four dimensions ``discriminator`` judges, and interpolation e
        (B, 1, 1, 1), which is drawn where none is given -> scalar, with a graph through ``discriminator``
        (outside ``no_grad``, too)."""
        if interpolation is None:
            interpolation = draw_interpolation(real)
        with full_precision(real.device), torch.enable_grad():
            mixed = interpolation * real + (1 - interpolation) * fake.to(real.dtype)
            norms = gradient_norms(discriminator, mixed, self.squash)
            return self.weight * (norms - self.target).square().mean()


@LOSSES.register_module()
class R1Loss(nn.Module):
    """1/2 mean |grad D(x)|^2 at real images x (Mescheder et al., Which Training Methods for GANs do actually
    Converge, ICML 2018, equation 9); the gradient is :func:`gradient_norms`', squared. In full precision, as
    :class:`GradientPenaltyLoss`.
    """

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, discriminator: Callable[[Tensor], list[DiscriminatorOutput]], real: Tensor) -> Tensor:
        """Images (B, 3, H, W) -> scalar, with a graph through ``discriminator`` (outside ``no_grad``,
        too)."""
        with full_precision(real.device), torch.enable_grad():
            return self.weight * 0.5 * gradient_squares(discriminator, real).mean()
