"""CycleGAN: translation between two domains of which no pairs are known.

Zhu et al., Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, ICCV 2017.
"""
from __future__ import annotations

from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, MODELS

from ..layers.derived import Derived
from ..layers.image_pool import ImagePool
from .base import BaseGAN, Batch, Fakes, TestInputs
from .options import GANOptions


@MODELS.register_module()
class CycleGAN(BaseGAN):
    """CycleGAN: G from source to target, F back, and a discriminator for each domain.

    Losses, by name (equation 3): ``adversarial`` (least squares, equation 1; the discriminators' halved),
    ``cycle`` (L1, weight 10, equation 2) and ``identity`` (L1, weight 5: equation in section 5.2). Each is
    counted in both directions. ``cycle_source`` (lambda_A of the released code: x, G(x), F(G(x))) and
    ``cycle_target`` (lambda_B) take the place of ``cycle`` in their direction, and so do ``identity_source``
    (F(x) to x, released: lambda_identity * lambda_A) and ``identity_target`` (lambda_identity * lambda_B).
    Generators share one optimiser, discriminators another.

    Paper and code: the paper has the identity loss for paintings alone, the code by default for everything
    (leave ``identity`` out for the paper's reading). In the code the generators' turn comes first, and the
    discriminators then see fakes from before that update (``reuse_fakes``), through the pools.

    Args:
        generator: G; reads ``source_image`` alone. F is built like it.
        discriminator: D_Y, of target images; D_X, of the source domain, is built like it.
        source_field: what the source domain is: ``'source_image'``, or another picture of the
            vocabulary with three channels, such as ``'target_guide'`` (label maps in colours).
        pool_size: of each domain's :class:`ImagePool`; 0 for none.

    The other arguments are :class:`BaseGAN`'s. Its networks: ``generator`` (released: G_A),
    ``inverse_generator`` (G_B), ``discriminator`` (D_A), ``source_discriminator`` (D_B).
    """

    loss_names = ('adversarial', 'cycle', 'identity',
                  'cycle_source', 'cycle_target', 'identity_source', 'identity_target')
    player_networks = dict(generator=('generator', 'inverse_generator'),
                           discriminator=('discriminator', 'source_discriminator'))
    pooled_turns = ('discriminator',)
    only_in_training = ('inverse_generator',)
    default_options = GANOptions(reuse_fakes=True, norm_at_test='batch', dropout_at_test=True,
                                 init=dict(method='normal', gain=0.02))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, source_field: str = 'source_image',
                 pool_size: int = 50) -> None:
        super().__init__(generator, discriminator, losses, options)
        if self.generator_inputs != ('source_image',):
            raise InputError('CycleGAN: its generators must read source_image alone, found '
                             f'{", ".join(self.generator_inputs)}')
        self.inverse_generator = self.build_network(GENERATORS, generator)
        self.source_discriminator = self.build_network(
            DISCRIMINATORS, discriminator, 'source_discriminator')
        self.source_field = source_field
        self.target_pool, self.source_pool = ImagePool(pool_size), ImagePool(pool_size)

    def derived(self) -> dict[str, dict[str, Derived]]:
        return self.from_generator.in_channels(dict(discriminator=('image',),
                                                    source_discriminator=('source_image',)))

    def test_inputs(self) -> TestInputs:
        inverse = ('target_image',) if self.inverse_generator is not None else ()
        return TestInputs((self.source_field,), inverse)

    def generate(self, batch: Batch) -> Fakes:
        """``image`` = G(x) and, where there are a target image y and F, ``source_like`` = F(y)."""
        fakes = dict(image=self.to_target(batch[self.source_field]))
        if 'target_image' in batch and self.inverse_generator is not None:
            fakes['source_like'] = self.to_source(batch['target_image'])
        return fakes

    def to_target(self, source: Tensor) -> Tensor:
        """G."""
        return self.generator(source_image=source)['image']

    def to_source(self, target: Tensor) -> Tensor:
        """F."""
        return self.inverse_generator(source_image=target)['image']

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        source, target = batch[self.source_field], batch['target_image']
        losses = {}
        if 'adversarial' in self.losses:
            adversarial = self.losses['adversarial'].generator
            losses['adversarial_target'] = adversarial(self.discriminator(fakes['image']),
                                                       lambda: self.discriminator(target))
            losses['adversarial_source'] = adversarial(self.source_discriminator(fakes['source_like']),
                                                       lambda: self.source_discriminator(source))
        drawn = dict(cycle_source=lambda: (self.to_source(fakes['image']), source),
                     cycle_target=lambda: (self.to_target(fakes['source_like']), target),
                     identity_target=lambda: (self.to_target(target), target),
                     identity_source=lambda: (self.to_source(source), source))
        for name, pair in drawn.items():
            loss = self.loss_of(name)
            if loss is not None:
                losses[name] = loss(*pair())
        return losses

    def loss_of(self, name: str) -> nn.Module | None:
        """The loss of a term in one direction: its own, else that of both, else none."""
        both = name.partition('_')[0]
        return next((self.losses[key] for key in (name, both) if key in self.losses), None)

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = {}
        for domain, discriminator, real, fake, pool in (
                ('target', self.discriminator, batch['target_image'], fakes['image'], self.target_pool),
                ('source', self.source_discriminator, batch[self.source_field], fakes['source_like'],
                 self.source_pool)):
            terms = self.losses['adversarial'].discriminator(discriminator(real),
                                                             discriminator(pool.exchange(fake)))
            losses.update({f'{name}_{domain}': term for name, term in terms.items()})
        return losses
