"""DanceGAN's first stage: a dance, as skeletons, from music (Tang, PhD thesis, section 7.3.1)."""
from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ggtoolbox.registry import DISCRIMINATORS, MODELS
from ggtoolbox.structures import parted

from ..losses.gradient_penalty import draw_interpolation
from .base import BaseGAN, Batch, Fakes, TestInputs


@MODELS.register_module()
class DanceGANMotion(BaseGAN):
    """DanceGAN, stage I; reads ``audio``, learns ``target_motion``.

    Losses, by name (equation 7.5, whose factors the thesis does not give; in brackets those of the released
    code of MDVS, Ren et al., ACM MM 2020, which it follows): ``adversarial`` L_gan (1), of the scores of
    windows and of whole dances; ``perceptual`` L_p (a ``PerceptualLoss`` over ``STGCN``, whose ten layers
    count 20, 5, 1, ..., 1), ``feature_matching`` L_f (1), over the maps of the global discriminator's pose
    encoder, which no dropout touches then; ``reconstruction`` L_l1 (200), and in the global discriminator's
    turn ``gradient_penalty`` (1).

    Order and reuse of fakes are MDVS's: generator, local, global discriminator, and both of these see the
    dances from before the generator's update. The generator and both discriminators draw their weights
    themselves, as PyTorch and Glorot do.

    Args:
        local_discriminator, global_discriminator: configs of ``DISCRIMINATORS``
            (``LocalTemporalDiscriminator``, ``GlobalContentDiscriminator``).

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'perceptual', 'feature_matching', 'reconstruction', 'gradient_penalty')
    player_networks = dict(generator=('generator',), local_discriminator=('local_discriminator',),
                           global_discriminator=('global_discriminator',))
    default_options = replace(BaseGAN.default_options, reuse_fakes=True, init=dict(method=None))
    products = {'motion': 'target_motion'}

    def __init__(self, generator: dict, local_discriminator: dict | None = None,
                 global_discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None) -> None:
        super().__init__(generator, losses=losses, options=options)
        self.local_discriminator = self.build_network(DISCRIMINATORS, local_discriminator)
        self.global_discriminator = self.build_network(DISCRIMINATORS, global_discriminator)
        self.noise_channels = self.generator.noise_channels

    def test_inputs(self) -> TestInputs:
        """The noise is drawn where it is not given."""
        return TestInputs(('audio',), ('noise',) if self.noise_channels else ())

    def prepare(self, batch: Batch) -> Batch:
        """The generator's noise, and the penalty's weights from U(0, 1)."""
        drawn = dict(batch, noise=self.draw_noise(batch))
        if 'interpolation' not in batch:
            drawn['interpolation'] = draw_interpolation(batch['target_motion'])
        return {name: value for name, value in drawn.items() if value is not None}

    def draw_noise(self, batch: Batch) -> Tensor | None:
        """(B, F, Z), unless the batch holds some."""
        if 'noise' in batch or not self.noise_channels:
            return batch.get('noise')
        audio = batch['audio']
        return torch.randn(*audio.shape[:2], self.noise_channels, device=audio.device)

    def generate(self, batch: Batch) -> Fakes:
        """S = G_I(M)."""
        return self.generator(audio=batch['audio'], noise=self.draw_noise(batch))

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses, fake, real = {}, fakes['motion'], batch['target_motion']
        if 'adversarial' in self.losses:
            loss = self.losses['adversarial']
            if self.local_discriminator is not None:
                losses['adversarial_local'] = loss.generator(
                    self.local_discriminator(fake), lambda: self.local_discriminator(real))
            if self.global_discriminator is not None:
                losses['adversarial_global'] = loss.generator(
                    self.global_discriminator(fake, batch['audio']),
                    lambda: self.global_discriminator(real, batch['audio']))
        if 'feature_matching' in self.losses:
            on_fake, = self.global_discriminator(fake)
            with torch.no_grad():
                on_real, = self.global_discriminator(real)
            losses['feature_matching'] = self.losses['feature_matching']([on_fake], [on_real])
        for name in ('perceptual', 'reconstruction'):
            if name in self.losses:
                losses[name] = self.losses[name](fake, real)
        return losses

    def local_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        real = batch['target_motion']
        outputs = self.local_discriminator(torch.cat([real, fakes['motion'].to(real.dtype)]))
        return self.losses['adversarial'].discriminator(*parted(outputs, 2))

    def global_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """Real and generated dances of one music from one forward, which encodes it once."""
        audio, real, fake = batch['audio'], batch['target_motion'], fakes['motion']
        outputs = self.global_discriminator(torch.cat([real, fake.to(real.dtype)]), audio)
        losses = self.losses['adversarial'].discriminator(*parted(outputs, 2))
        if 'gradient_penalty' in self.losses:
            losses['gradient_penalty'] = self.losses['gradient_penalty'](
                lambda motion: self.global_discriminator(motion, audio), real, fake,
                batch.get('interpolation'))
        return losses
