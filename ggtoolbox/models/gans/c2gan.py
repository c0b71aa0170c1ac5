"""C2GAN, cycle in cycle: a cycle of images, and in it cycles of the guides.

Tang et al., Cycle In Cycle Generative Adversarial Networks for Keypoint-Guided Image Generation, ACM MM 2019;
extended to other guides in thesis chapter 3, whose numbers of equations are used here.
"""
from __future__ import annotations

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput, require_fields

from ..layers.derived import Derived
from ..layers.fastest import Fastest
from ..layers.image_pool import ImagePool
from .base import BaseGAN, Batch, Fakes
from .options import GANOptions


class Mapping(NamedTuple):
    """[start, guide] -> image -> made_guide, by the names of fakes (``image``, ``made_guide``) and batch;
    ``real`` is the image that it should become, ``guidance_cycle`` the paper's name of the guides' cycle."""

    image: str
    start: str
    guide: str
    real: str
    made_guide: str
    guidance_cycle: str


GENERATION = Mapping('image', 'source_image', 'target_guide', 'target_image', 'guide', 'G2I2G')
RECONSTRUCTION = Mapping('recovered_image', 'target_image', 'source_guide', 'source_image', 'recovered_guide',
                         'G2R2G')


@MODELS.register_module()
class C2GAN(BaseGAN):
    """C2GAN; reads ``source_image`` I_x and ``target_guide`` L_y, learns ``target_image`` I_y; the cycles
    read ``source_guide`` L_x, too.

    Losses, by name (equation 3.13): ``adversarial`` (weight 1; equation 3.4; the discriminators' halved),
    ``cycle`` (L1, 10; 3.5), ``pixel`` (L1, 10; 3.12), ``guidance_adversarial`` (1; 3.10),
    ``guidance_cycle`` (L1, 10; 3.11); ``mask``, a second pixel loss of where ``mask`` is 1, so that with the
    weight of the first these pixels count twice (PG2's mask loss, for persons); and in the released extension
    ``perceptual`` (10) of both images.

    Paper and code differ:

    - which losses train the image generator: see ``guidance_gradient``;
    - the paper's adversarial losses are vanilla, those of the code least squares (the loss's ``mode``).

    The released code steps G_i, D_i, G_g, D_g one after another, on fakes that are made once. What a step
    reads has not been stepped before it, so that two players, the generators and then the discriminators,
    make the same steps.

    Args:
        generator: G_i, reads ``source_image`` and ``target_guide``; makes I'_y and, of I'_y, I'_x.
        discriminator: D_i, judges [start, guide, image].
        guidance_generator: G_g, reads an image as ``source_image`` and makes a guide of as many channels.
        guidance_discriminator: D_g, judges [image, guide].
        guidance_cycles: ``'G2I2G'`` (of I'_y, equation 3.6), ``'G2R2G'`` (of I'_x, 3.7), both or none; none
            builds neither G_g nor D_g, and no loss of theirs.
        shared_generators: I'_x is made by G_i, and its guide by G_g. Otherwise by networks of their own
            (``reconstruction_generator``, ``reconstruction_guidance_generator``) that are built alike:
            "non-sharing" in table 3.5.
        guidance_gradient: the losses of guides train G_i through the images that guides are made of, as in
            the paper (end of section 3.3.3). False: they train G_g alone, as in the released code, where
            this gradient comes after the step of G_i and is thrown away.
        cross_modal: discriminators see images and guides. False, "single-modal" in table 3.5: D_i sees
            [start, image]; D_g, of which the paper does not speak there, the guide alone.
        pool_size: of the :class:`ImagePool` of each discriminator (released code: 50); 0 for none.

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'cycle', 'pixel', 'mask', 'guidance_adversarial', 'guidance_cycle',
                  'perceptual')
    only_in_training = ('guidance_generator', 'reconstruction_generator', 'reconstruction_guidance_generator')
    player_networks = dict(
        generator=('generator', 'reconstruction_generator', 'guidance_generator',
                   'reconstruction_guidance_generator'),
        discriminator=('discriminator', 'guidance_discriminator'))
    pooled_turns = ('discriminator',)
    fastest = dict(cpu=Fastest(step_in_backward=True))
    default_options = GANOptions(
        reuse_fakes=True, norm_at_test='batch', dropout_at_test=True,
        init=dict(method='xavier', gain=1.0, keep_biases=True, norm_scales=(0.02, 1.0)))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, guidance_generator: dict | None = None,
                 guidance_discriminator: dict | None = None,
                 guidance_cycles: tuple[str, ...] = ('G2I2G', 'G2R2G'), shared_generators: bool = True,
                 guidance_gradient: bool = True, cross_modal: bool = True, pool_size: int = 50) -> None:
        super().__init__(generator, None, losses, options)
        self.cross_modal = cross_modal
        self.discriminator = self.build_network(DISCRIMINATORS, discriminator, 'discriminator')
        if not set(guidance_cycles) <= {'G2I2G', 'G2R2G'}:
            raise InputError("C2GAN: guidance_cycles must be made of 'G2I2G' and 'G2R2G', found "
                             f'{tuple(guidance_cycles)}')
        if guidance_cycles and guidance_generator is None:
            raise InputError('C2GAN: guidance_cycles need a guidance_generator, found none')
        if not guidance_cycles:
            guidance_generator = guidance_discriminator = None
            for name in {'guidance_adversarial', 'guidance_cycle'} & set(self.losses):
                del self.losses[name]
        self.guidance_cycles = tuple(guidance_cycles)
        self.guidance_generator = self.build_network(GENERATORS, guidance_generator, 'guidance_generator')
        self.guidance_discriminator = self.build_network(
            DISCRIMINATORS, guidance_discriminator, 'guidance_discriminator')
        own = None if shared_generators else generator
        own_guidance = None if shared_generators or 'G2R2G' not in guidance_cycles else guidance_generator
        self.reconstruction_generator = self.build_network(GENERATORS, own)
        self.reconstruction_guidance_generator = self.build_network(
            GENERATORS, own_guidance, 'reconstruction_guidance_generator')
        self.guidance_gradient = guidance_gradient
        self.pool, self.guidance_pool = ImagePool(pool_size), ImagePool(pool_size)

    def derived(self) -> dict[str, dict[str, Derived]]:
        pair = ('image', 'target_guide') if self.cross_modal else ('target_guide',)
        triplet = ('source_image', *pair) if self.cross_modal else ('source_image', 'image')
        judges = self.from_generator.in_channels(dict(discriminator=triplet, guidance_discriminator=pair))
        made = dict(source_channels=self.from_generator.channels('image'),
                    out_channels=self.from_generator.channels('target_guide'))
        return dict(judges, guidance_generator=made, reconstruction_guidance_generator=made)

    def mappings(self, guidance: bool = False) -> list[Mapping]:
        """The mappings that are trained; with ``guidance``, those that make a guide."""
        return [mapping for mapping in (GENERATION, RECONSTRUCTION)
                if not guidance or mapping.guidance_cycle in self.guidance_cycles]

    def generate(self, batch: Batch) -> Fakes:
        """``image`` I'_y = G_i(I_x, L_y).

        In training also, unless all that is learnt from is I'_y: ``recovered_image`` I'_x = G_i(I'_y, L_x)
        (equation 3.1), ``guide`` L'_y = G_g(I'_y) (3.6) and ``recovered_guide`` L'_x = G_g(I'_x) (3.7); at
        test, if there is a G_g, ``source_guide_found`` = G_g(I_x).
        """
        start, fakes = batch['source_image'], {}
        if not self.generator.training:
            fakes['image'] = self.generator(source_image=start, target_guide=batch['target_guide'])['image']
            if self.guidance_generator is not None:
                fakes['source_guide_found'] = self.guidance_generator(source_image=start)['image']
            return fakes
        if self.losses and set(self.losses) <= {'pixel', 'mask'}:
            return dict(image=self.generator(source_image=start, target_guide=batch['target_guide'])['image'])
        require_fields(batch, ['source_guide'], 'C2GAN')
        for mapping in self.mappings():
            make_image, _ = self.networks(mapping)
            start = make_image(source_image=start, target_guide=batch[mapping.guide])['image']
            fakes[mapping.image] = start
        for mapping in self.mappings(guidance=True):
            _, make_guide = self.networks(mapping)
            fakes[mapping.made_guide] = make_guide(source_image=self.guiding_image(fakes, mapping))['image']
        return fakes

    def networks(self, mapping: Mapping) -> tuple[nn.Module, nn.Module | None]:
        """G_i and G_g of a mapping: the same for both, if they are shared."""
        if mapping is GENERATION:
            return self.generator, self.guidance_generator
        return (self.reconstruction_generator or self.generator,
                self.reconstruction_guidance_generator or self.guidance_generator)

    def guiding_image(self, fakes: Fakes, mapping: Mapping) -> Tensor:
        """The image that a guide is made of, with or without a way back for the gradient."""
        image = fakes[mapping.image]
        return image if self.guidance_gradient else image.detach()

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """Equation 3.13: its terms for images, then those for guides."""
        losses: dict[str, Tensor] = {}
        real, image = batch['target_image'], fakes['image']
        if 'adversarial' in self.losses:
            for mapping in self.mappings():
                on_fake = self.discriminator(self.triplet(batch, mapping, fakes[mapping.image]))
                losses[f'adversarial_{mapping.image}'] = self.losses['adversarial'].generator(
                    on_fake, partial(self.judge_real, batch, mapping))
        if 'cycle' in self.losses:
            losses['cycle'] = self.losses['cycle'](fakes['recovered_image'], batch['source_image'])
        if 'pixel' in self.losses:
            losses['pixel'] = self.losses['pixel'](image, real)
        if 'mask' in self.losses:
            require_fields(batch, ['mask'], 'C2GAN')
            losses['mask'] = self.losses['mask'](image * batch['mask'], real * batch['mask'])
        if 'perceptual' in self.losses:
            losses['perceptual'] = sum(self.losses['perceptual'](fakes[mapping.image], batch[mapping.real])
                                       for mapping in self.mappings())
        for mapping in self.mappings(guidance=True):
            if mapping.made_guide not in fakes:
                continue
            made = fakes[mapping.made_guide]
            if 'guidance_adversarial' in self.losses:
                on_fake = self.guidance_discriminator(self.pair(self.guiding_image(fakes, mapping), made))
                losses[f'guidance_adversarial_{mapping.made_guide}'] = (
                    self.losses['guidance_adversarial'].generator(
                        on_fake, partial(self.judge_real_guide, batch, mapping, fakes)))
            if 'guidance_cycle' in self.losses:
                term = self.losses['guidance_cycle'](made, batch[mapping.guide])
                losses['guidance_cycle'] = losses.get('guidance_cycle', 0) + term
        return losses

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """Equations 3.2, 3.3, 3.8 and 3.9; former fakes come from the pools."""
        losses: dict[str, Tensor] = {}

        def add(name: str, loss: str, on_real: list[DiscriminatorOutput],
                on_fake: list[DiscriminatorOutput]) -> None:
            terms = self.losses[loss].discriminator(on_real, on_fake)
            losses.update({f'{side}_{name}': term for side, term in terms.items()})

        for mapping in self.mappings() if 'adversarial' in self.losses else ():
            fake = self.triplet(batch, mapping, fakes[mapping.image])
            on_fake = self.discriminator(self.pool.exchange(fake))
            add(mapping.image, 'adversarial', self.judge_real(batch, mapping), on_fake)
        for mapping in self.mappings(guidance=True) if 'guidance_adversarial' in self.losses else ():
            image = fakes[mapping.image]
            fake = self.pair(image, fakes[mapping.made_guide])
            on_fake = self.guidance_discriminator(self.guidance_pool.exchange(fake))
            on_real = self.judge_real_guide(batch, mapping, fakes)
            add(mapping.made_guide, 'guidance_adversarial', on_real, on_fake)
        return losses

    def judge_real(self, batch: Batch, mapping: Mapping) -> list[DiscriminatorOutput]:
        return self.discriminator(self.triplet(batch, mapping, batch[mapping.real]))

    def judge_real_guide(self, batch: Batch, mapping: Mapping, fakes: Fakes) -> list[DiscriminatorOutput]:
        return self.guidance_discriminator(self.pair(fakes[mapping.image].detach(), batch[mapping.guide]))

    def triplet(self, batch: Batch, mapping: Mapping, image: Tensor) -> Tensor:
        """What D_i judges: [start, guide, image]."""
        shown = [batch[mapping.start], batch[mapping.guide], image] if self.cross_modal else [
            batch[mapping.start], image]
        return torch.cat(shown, dim=1)

    def pair(self, image: Tensor, guide: Tensor) -> Tensor:
        """What D_g judges: [image, guide]."""
        return torch.cat([image, guide], dim=1) if self.cross_modal else guide
