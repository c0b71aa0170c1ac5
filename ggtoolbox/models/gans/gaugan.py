"""GauGAN: semantic image synthesis with spatially-adaptive normalisation.

Park et al., Semantic Image Synthesis with Spatially-Adaptive Normalization, CVPR 2019. With
``generator.upsampler=dict(type='SAU')`` it is GauGAN+SAU (Tang et al., Local and Global GANs with
Semantic-Aware Upsampling, section 4.2).
"""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES, MODELS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.derived import Derived
from ..losses.segmentation_gan import draw_label_mask, label_mix
from .base import BaseGAN, Batch, Fakes, TestInputs
from .side_by_side import judge_side_by_side


@MODELS.register_module()
class GauGAN(BaseGAN):
    """GauGAN; reads ``label`` (and ``edge``), learns ``target_image``.

    Losses, by name: ``adversarial`` (hinge), ``feature_matching`` (10), ``perceptual`` (10), with an
    encoder ``kl`` (0.05), and in SelectionGAN's semantic variant ``pixel`` (L1, 10). With
    ``OASISGenerator``, ``OASISDiscriminator`` and ``SegmentationGANLoss`` it is OASIS, whose ``label_mix`` is
    an ``L2Loss`` (10).

    Paper and code differ in what is trained how, not in these equations: Adam's beta2 is 0.999 in
    the paper and 0.9 in the released code (the configs'); spectral norm is on all layers in the paper
    and on the residual blocks' and inner discriminator convolutions in the code.

    Args:
        encoder: config of ``BACKBONES``: the image encoder of the variational variant, which shares
            the generator's optimiser; None leaves the latent out (or, when the generator has a
            ``latent_dim``, draws it from N(0, 1)).
        encoded_image: what the encoder reads: ``'target_image'``, or ``'source_image'`` in the
            released guided variants. None is for a test whose styles are to be drawn, although there is a
            picture to take them from.

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'feature_matching', 'perceptual', 'kl', 'pixel', 'label_mix')
    player_networks = dict(generator=('generator', 'encoder'), discriminator=('discriminator',))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, encoder: dict | None = None,
                 encoded_image: str | None = 'target_image') -> None:
        super().__init__(generator, discriminator, losses, options)
        self.encoder = self.build_network(BACKBONES, encoder, 'encoder')
        self.encoded_image = encoded_image

    def derived(self) -> dict[str, dict[str, Derived]]:
        channels = self.from_generator.channels
        judge = dict(in_channels=channels('image', *self.generator_inputs), num_classes=channels('label'))
        return dict(discriminator=judge, encoder=dict(latent_dim=self.from_generator.attribute('latent_dim')))

    def test_inputs(self) -> TestInputs:
        """The picture that gives the style, or the latent itself, may be given."""
        styles = (self.encoded_image,) if self.encoder is not None and self.encoded_image else ()
        if self.latent_dim:
            styles = (*styles, 'latent')
        return TestInputs(self.generator_inputs, styles)

    def generate(self, batch: Batch) -> Fakes:
        """x = G(s, z) with z = mu + exp(log sigma^2 / 2) * eps, where there is an encoder."""
        if self.encoder is None or self.encoded_image not in batch:
            if self.encoder is not None and self.generator.training:
                raise InputError('GauGAN: the encoder learns from encoded_image, expected one of the fields '
                                 f'{", ".join(batch)}, found {self.encoded_image!r}')
            return self.generator(**self.guidance(batch), latent=batch.get('latent'))
        code = self.encoder(batch[self.encoded_image])
        noise = torch.randn_like(code['mean'])
        latent = code['mean'] + noise * torch.exp(0.5 * code['log_variance'])
        return {**self.generator(**self.guidance(batch), latent=latent), **code}

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = {}
        if 'adversarial' in self.losses:
            on_fake, on_real = self.discriminate(batch, fakes['image'])
            losses['adversarial'] = self.losses['adversarial'].generator(on_fake, on_real,
                                                                         self.judged_label(batch))
            if 'feature_matching' in self.losses:
                losses['feature_matching'] = self.losses['feature_matching'](on_fake, on_real)
        if 'perceptual' in self.losses:
            losses['perceptual'] = self.losses['perceptual'](fakes['image'], batch['target_image'])
        if 'kl' in self.losses:
            losses['kl'] = self.losses['kl'](fakes['mean'], fakes['log_variance'])
        if 'pixel' in self.losses:
            losses['pixel'] = self.losses['pixel'](fakes['image'], batch['target_image'])
        return losses

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        on_fake, on_real = self.discriminate(batch, fakes['image'])
        losses = self.losses['adversarial'].discriminator(on_real, on_fake, self.judged_label(batch))
        if 'label_mix' in self.losses:
            losses['label_mix'] = self.label_mix(batch, fakes['image'], on_fake, on_real)
        return losses

    def judged_label(self, batch: Batch) -> Tensor | None:
        """The classes of the pixels that the discriminator sees."""
        return self.judging.moved(batch.get('label'))

    def label_mix(self, batch: Batch, fake: Tensor, on_fake: list[DiscriminatorOutput],
                  on_real: list[DiscriminatorOutput]) -> Tensor:
        """D(LabelMix(x, G(z, s))) against LabelMix(D(x), D(G(z, s))) (OASIS, section 3.1)."""
        mask = draw_label_mask(batch['label'])
        of_mixture, = self.discriminator(label_mix(batch['target_image'], fake, mask))
        mixture = label_mix(on_real[0].logits, on_fake[0].logits, self.judging.moved(mask))
        return self.losses['label_mix'](of_mixture.logits, mixture)

    def discriminate(self, batch: Batch, fake: Tensor) -> list[list[DiscriminatorOutput]]:
        """D(s, fake) and D(s, real), as from one forward: both see the same spectral norm."""
        condition = self.guided_input(**self.guidance(batch))
        return judge_side_by_side(self.discriminator, [fake, batch['target_image'].to(fake.dtype)], condition)
