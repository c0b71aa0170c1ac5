"""WGAN-GP and ACWGAN: images from a latent vector, and from attributes.

Gulrajani et al., Improved Training of Wasserstein GANs, NIPS 2017. ACWGAN is what SCGAN's authors call
ACGAN (Odena et al., ICML 2017) with the networks and the training of WGAN-GP (section 5.3).
"""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.registry import MODELS
from ggtoolbox.structures import DiscriminatorOutput, parted

from ..layers.derived import Derived
from ..losses.gradient_penalty import draw_interpolation
from .base import BaseGAN, Batch, Fakes, TestInputs
from .options import GANOptions


@MODELS.register_module()
class WGANGP(BaseGAN):
    """WGAN-GP; reads ``target_image``, and ``attributes`` where its networks do: then it is ACWGAN.

    Losses, by name, in SCGAN's equations: ``adversarial`` (Wasserstein) and ``gradient_penalty`` (weight 10;
    equation 7), ``classification`` (equations 11 and 12; needs a discriminator with attributes).

    The generator takes its turn in each ``discriminator_steps``-th iteration, 5 in the papers. Paper and
    code differ: the paper updates the discriminator once, by all its terms (algorithm 1, line 16), as here.
    The released code of SCGAN updates it by the penalty a second time, after the update by the others and
    with the same optimiser: ``options.update_order=('discriminator', 'penalty', 'generator')``, in SCGAN with
    ``'segmentor'`` before the last. In that turn Adam's momentum moves also what the penalty does not
    reach, such as the classifier, because gradients were zeroed there, not dropped.

    Real and generated images are not paired, so that PSNR and SSIM against the real image of the same
    sample say little: only what attributes (and in SCGAN a segmentation) decide can be like there.

    The arguments are :class:`BaseGAN`'s. The discriminator's turn comes first.
    """

    loss_names = ('adversarial', 'gradient_penalty', 'classification')
    extra_turns = {'penalty': 'discriminator'}
    default_options = GANOptions(
        update_order=('discriminator', 'generator'), discriminator_steps=5, reuse_fakes=True,
        init=dict(method='xavier_uniform', keep_biases=True))

    def derived(self) -> dict[str, dict[str, Derived]]:
        follows = self.from_generator.attribute
        return dict(discriminator=dict(image_size=follows('image_size'),
                                       num_attributes=follows('num_attributes', may_lack=True)))

    def prepare(self, batch: Batch) -> Batch:
        """z from N(0, 1) and the penalty's e from U(0, 1) (algorithm 1, lines 4 and 6)."""
        return dict(batch, latent=self.draw_latent(batch),
                    interpolation=draw_interpolation(batch['target_image']))

    def draw_latent(self, batch: Batch) -> Tensor:
        """(B, latent_dim), unless the batch holds one."""
        if 'latent' in batch:
            return batch['latent']
        like = next(value for value in batch.values() if isinstance(value, Tensor))
        return torch.randn(len(like), self.latent_dim, device=like.device)

    def test_inputs(self) -> TestInputs:
        """The latent is drawn where it is not given."""
        return TestInputs(tuple(name for name in self.generator_inputs if name != 'latent'), ('latent',))

    def generate(self, batch: Batch) -> Fakes:
        """G(z), or G(z, c)."""
        return self.generator(**self.guidance(dict(batch, latent=self.draw_latent(batch))))

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """L_D = D(G(z)) - D(x) + lambda_gp * penalty + lambda_cls * L_cls(x)."""
        losses, real, fake = {}, batch['target_image'], fakes['image']
        on_real, on_fake = self.discriminate(real, fake)
        if 'adversarial' in self.losses:
            losses.update(self.losses['adversarial'].discriminator(on_real, on_fake))
        if 'classification' in self.losses:
            losses['classification'] = self.losses['classification'](on_real[0].attributes,
                                                                     batch['attributes'])
        if 'gradient_penalty' in self.losses and 'penalty' not in self.order():
            losses['gradient_penalty'] = self.gradient_penalty(batch, fake)
        return losses

    def penalty_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """lambda_gp * penalty, and a zero of which every parameter has a gradient."""
        zero = 0 * sum(parameter.sum() for parameter in self.discriminator.parameters())
        return dict(gradient_penalty=self.gradient_penalty(batch, fakes['image']) + zero)

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """L_G = - D(G(z)) + lambda_cls * L_cls(G(z))."""
        losses, outputs = {}, self.discriminator(fakes['image'])
        if 'adversarial' in self.losses:
            losses['adversarial'] = self.losses['adversarial'].generator(
                outputs, lambda: self.discriminator(batch['target_image']))
        if 'classification' in self.losses:
            losses['classification'] = self.losses['classification'](outputs[0].attributes,
                                                                     batch['attributes'])
        return losses

    def gradient_penalty(self, batch: Batch, fake: Tensor) -> Tensor:
        return self.losses['gradient_penalty'](self.discriminator, batch['target_image'], fake,
                                               batch.get('interpolation'))

    def discriminate(self, real: Tensor, fake: Tensor) -> list[list[DiscriminatorOutput]]:
        """D(x) and D(G(z)) from one forward."""
        return parted(self.discriminator(torch.cat([real, fake.to(real.dtype)])), 2)
