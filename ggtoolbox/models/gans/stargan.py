"""StarGAN: one generator for all translations between attributes or domains.

Choi et al., StarGAN: Unified Generative Adversarial Networks for Multi-Domain Image-to-Image Translation,
CVPR 2018.
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

KINDS = ('attributes', 'domain')


@MODELS.register_module()
class StarGAN(BaseGAN):
    """StarGAN; reads ``source_image`` and the ``attributes`` or the ``domain`` that it should have.

    In training these are the image's own: what it is translated to are those of the batch in another order.
    A batch holds one of the two kinds; a generator of both (section 3.3) learns from batches of either data
    set in turn, and the discriminator has the logits of the attributes first, then those of the domains.

    Losses, by name: ``adversarial`` (Wasserstein) and ``gradient_penalty`` (10; equation 8),
    ``classification`` of attributes (``AttributeLoss``) and ``domain_classification`` (``DomainLoss``; 1;
    equations 2 and 3), ``reconstruction`` (L1, 10; equation 4).

    The discriminator's turn comes first, the generator's in each 5th iteration; released: in the 5th, 10th,
    ..., here in the 1st, 6th, ... Paper and code: what is wanted is drawn at random in the paper, from the
    batch in the code, as here.

    The arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'gradient_penalty', 'classification', 'domain_classification',
                  'reconstruction')
    products = dict(image='source_image')
    default_options = GANOptions(update_order=('discriminator', 'generator'), discriminator_steps=5,
                                 norm_at_test='batch', init=dict(method=None))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None) -> None:
        super().__init__(generator, discriminator, losses, options)
        self.num_attributes = self.generator.num_attributes

    def derived(self) -> dict[str, dict[str, Derived]]:
        """D classifies all that G is told."""
        attributes, domains = map(self.from_generator.attribute, ('num_attributes', 'num_domains'))
        told = Derived((attributes.value or 0) + (domains.value or 0), f'{attributes.reason} and num_domains')
        return dict(discriminator=dict(num_attributes=told))

    def test_inputs(self) -> TestInputs:
        kinds = tuple(name for name in KINDS if name in self.generator_inputs)
        given = ('source_image',)
        return TestInputs(given + kinds) if len(kinds) == 1 else TestInputs(given, kinds)

    def kind(self, batch: Batch) -> str:
        """``attributes`` or ``domain``: which of those that the generator reads the batch holds."""
        return next(name for name in KINDS if name in self.generator_inputs and name in batch)

    def prepare(self, batch: Batch) -> Batch:
        """The wanted attributes or domains are the batch's own in another order; the penalty's e."""
        kind, real = self.kind(batch), batch['source_image']
        own = batch[kind]
        order = torch.randperm(len(own), device=own.device)
        return {**batch, f'source_{kind}': own, kind: own[order],
                'interpolation': draw_interpolation(real)}

    def generate(self, batch: Batch) -> Fakes:
        """G(x, c)."""
        kind = self.kind(batch)
        return self.generator(batch['source_image'], **{kind: batch[kind]})

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """L_D = L_adv + lambda_cls * L_cls of real images (equations 5, 2, 8)."""
        real, fake = batch['source_image'], fakes['image']
        on_real, on_fake = self.discriminate(real, fake)
        losses = {}
        if 'adversarial' in self.losses:
            losses.update(self.losses['adversarial'].discriminator(on_real, on_fake))
        losses.update(self.classification(on_real, batch, 'source_'))
        if 'gradient_penalty' in self.losses:
            losses['gradient_penalty'] = self.losses['gradient_penalty'](self.discriminator, real, fake,
                                                                         batch.get('interpolation'))
        return losses

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """L_G = L_adv + lambda_cls * L_cls of fakes + lambda_rec * L_rec (equation 6)."""
        on_fake, losses = self.discriminator(fakes['image']), {}
        if 'adversarial' in self.losses:
            losses['adversarial'] = self.losses['adversarial'].generator(
                on_fake, lambda: self.discriminator(batch['source_image']))
        losses.update(self.classification(on_fake, batch, ''))
        if 'reconstruction' in self.losses:
            kind, real = self.kind(batch), batch['source_image']
            back = self.generator(fakes['image'], **{kind: batch.get(f'source_{kind}', batch[kind])})['image']
            losses['reconstruction'] = self.losses['reconstruction'](back, real)
        return losses

    def classification(self, outputs: list[DiscriminatorOutput], batch: Batch, whose: str
                       ) -> dict[str, Tensor]:
        """L_cls against the batch's own (``whose='source_'``) or the wanted attributes or domains."""
        kind = self.kind(batch)
        name = dict(attributes='classification', domain='domain_classification')[kind]
        if name not in self.losses:
            return {}
        logits = outputs[0].attributes
        part = logits[:, :self.num_attributes] if kind == 'attributes' else logits[:, self.num_attributes:]
        return {name: self.losses[name](part, batch.get(f'{whose}{kind}', batch[kind]))}

    def discriminate(self, real: Tensor, fake: Tensor) -> list[list[DiscriminatorOutput]]:
        """D(x) and D(G(x, c)) from one forward: it has no norm."""
        return parted(self.discriminator(torch.cat([real, fake.to(real.dtype)])), 2)
