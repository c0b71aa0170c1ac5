"""SelectionGAN and SelectionGAN++: image translation under a guide, in two stages.

Tang et al., Multi-Channel Attention Selection GAN with Cascaded Semantic Guidance for Cross-View Image
Translation, CVPR 2019; Multi-Channel Attention Selection GANs for Guided Image-to-Image Translation, TPAMI
2022; thesis chapter 5. The two differ in the generator's head (``channel_selection=True``).
"""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.derived import Derived
from ..layers.fastest import Fastest
from ..losses.uncertainty import UncertaintyPixelLoss
from .base import BaseGAN, Batch, Fakes
from .options import GANOptions

# What the four pixel losses compare, in the paper's order (lambda_1 to lambda_4 of equation 5.10).
PIXEL_TERMS = {'coarse_image': 'target_image', 'coarse_guide': 'target_guide',
               'image': 'target_image', 'guide': 'target_guide'}


@MODELS.register_module()
class SelectionGAN(BaseGAN):
    """SelectionGAN; reads ``source_image`` and ``target_guide``, learns ``target_image``.

    Losses, by name: ``adversarial`` (equations 5.7 to 5.9), the uncertainty-guided pixel losses
    ``coarse_image`` (100), ``coarse_guide`` (1), ``image`` (200) and ``guide`` (2) (equation 5.6), and
    ``total_variation`` (1e-6) of the final image. A generator of one stage has ``image`` and ``guide`` alone.

    Paper and code differ:

    - K maps of uncertainty, one a pixel loss (``head.uncertainty=4`` of the generator), or one for all four
      (``'shared'``, the released code and our configs);
    - the pixel losses have a plain L1 term beside, of the same weight, in the code alone (``plain``);
    - the paper trains the generators first, the code the discriminator (``update_order``).

    Args:
        stage_weights: of the adversarial terms of the stages; the real pair's is their sum (paper: 1 and
            lambda = 4).
        stage_at_test: 1 judges and saves the coarse image instead of the final one (table 5.2).

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', *PIXEL_TERMS, 'total_variation')
    default_options = GANOptions(update_order=('discriminator', 'generator'), reuse_fakes=True,
                                 init=dict(method='normal', gain=0.02))
    fastest = dict(cpu=Fastest(channels_last=('generator', 'discriminator')))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, stage_weights: tuple[float, ...] = (1.0, 4.0),
                 stage_at_test: int = 2) -> None:
        super().__init__(generator, discriminator, losses, options)
        stages = self.generator.num_stages
        if len(stage_weights) != stages:
            raise InputError(f'SelectionGAN: stage_weights must name one weight for each of the {stages} '
                             f'stages, found {tuple(stage_weights)}')
        if stages == 1 and any(term in self.losses for term in ('coarse_image', 'coarse_guide')):
            raise InputError('SelectionGAN: a generator of one stage has no coarse_image and coarse_guide, '
                             f'found losses {", ".join(self.losses)}')
        if stage_at_test not in (1, 2):
            raise InputError(f'SelectionGAN: stage_at_test must be 1 or 2, found {stage_at_test}')
        self.stage_weights, self.stage_at_test = tuple(stage_weights), stage_at_test

    def derived(self) -> dict[str, dict[str, Derived]]:
        return self.from_generator.in_channels(dict(discriminator=('image', 'source_image')))

    def generate(self, batch: Batch) -> Fakes:
        """I' = G_i(I_a, S_g), S' = G_s(I'), I'' = G_a(I_a, I', F_i, F_s), S'' = G_s(I'')."""
        return self.generator(batch.get('source_image'), batch.get('target_guide'))

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """Both stages before the same D; the real pair counts once for each (equation 5.9)."""
        on_fakes = {name: self.discriminate(batch, image) for name, image in self.images(fakes).items()}
        on_real = self.discriminate(batch, batch['target_image'])
        losses = {}
        for weight, (name, on_fake) in zip(self.stage_weights, on_fakes.items()):
            terms = self.losses['adversarial'].discriminator(on_real, on_fake)
            losses[f'fake_{name}'] = weight * terms['fake']
            losses['real'] = losses.get('real', 0) + weight * terms['real']
        return losses

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = {}
        if 'adversarial' in self.losses:
            for weight, (name, image) in zip(self.stage_weights, self.images(fakes).items()):
                on_fake = self.discriminate(batch, image)
                losses[f'adversarial_{name}'] = weight * self.losses['adversarial'].generator(
                    on_fake, lambda: self.discriminate(batch, batch['target_image']))
        for index, (name, target) in enumerate(PIXEL_TERMS.items()):
            if name in self.losses:
                losses[name] = self.pixel_loss(name, fakes, batch[target], index)
        if 'total_variation' in self.losses:
            losses['total_variation'] = self.losses['total_variation'](fakes['image'])
        return losses

    def pixel_loss(self, name: str, fakes: Fakes, target: Tensor, index: int) -> Tensor:
        """The loss map |x - y| under its uncertainty U_i, or under the one that all four share."""
        loss = self.losses[name]
        if not isinstance(loss, UncertaintyPixelLoss):
            return loss(fakes[name], target)
        maps = fakes.get('uncertainty')
        if maps is None or maps.shape[1] not in (1, len(PIXEL_TERMS)):
            found = 'none' if maps is None else maps.shape[1]
            raise InputError(f"SelectionGAN: the loss {name} needs a head with uncertainty='shared' or "
                             f'{len(PIXEL_TERMS)} maps, found {found}')
        return loss(fakes[name], target, maps if maps.shape[1] == 1 else maps[:, index:index + 1])

    def images(self, fakes: Fakes) -> dict[str, Tensor]:
        """The image of each stage, in order."""
        return {name: fakes[name] for name in ('coarse_image', 'image') if name in fakes}

    def discriminate(self, batch: Batch, image: Tensor) -> list[DiscriminatorOutput]:
        """D(I_a, image); each image by itself, because batch norm must not mix fake and real."""
        return self.discriminator(image, batch['source_image'])

    @torch.no_grad()
    def predict(self, batch: Batch) -> list[dict]:
        samples = super().predict(batch)
        if self.stage_at_test == 1:
            for sample in samples:
                sample['image'] = sample.get('coarse_image', sample['image'])
        return samples
