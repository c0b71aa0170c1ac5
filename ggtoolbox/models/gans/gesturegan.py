"""GestureGAN: translation under a guide, there and back with one generator.

Tang et al., GestureGAN for Hand Gesture-to-Gesture Translation in the Wild, ACM MM 2018; extended in Unified
Generative Adversarial Networks for Controllable Image-to-Image Translation, TIP 2020; thesis chapter 2.
"""
from __future__ import annotations

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput, require_fields

from ..layers.derived import Derived
from ..layers.fastest import Fastest
from .base import BaseGAN, Batch, Fakes
from .options import GANOptions


class Cycle(NamedTuple):
    """A way from a start to a goal and back, by the fields of the batch; ``made`` is what the fakes call the
    image that is made for the goal."""

    made: str
    start: str
    start_guide: str
    goal: str
    goal_guide: str


CYCLES = (Cycle('image', 'source_image', 'source_guide', 'target_image', 'target_guide'),
          Cycle('source_like', 'target_image', 'target_guide', 'source_image', 'source_guide'))


@MODELS.register_module()
class GestureGAN(BaseGAN):
    """GestureGAN; reads ``source_image`` x and ``target_guide`` C_y, learns ``target_image`` y. All but the
    plainest objective read ``source_guide`` C_x, too.

    Losses, by name, of each cycle and added up: ``adversarial`` (vanilla; equation 2.7; the discriminators'
    halved), ``colour`` (2.10), ``pixel`` (L1 or L2, 2.8), ``cycle`` (2.3), ``colour_cycle`` (``colour`` of
    the reconstruction instead: row E11 of table 2.9), ``self_content`` (2.11), ``perceptual`` (2.12 and 2.13)
    and ``total_variation`` (2.14).

    Paper and code differ:

    - the paper trains the generator first, the code the discriminators (``update_order``); one forward of
      the generator serves both turns (``reuse_fakes``);
    - the paper's objective has one colour loss; the code has ``colour`` and ``pixel`` of the same weight;
    - what is real in the second cycle: see ``mirror_real_pair``;
    - the paper mentions no dropout; in the code it is active, at test as well.

    Args:
        discriminator: the traditional one, D([x], y); None for none.
        guided_discriminator: the one that sees the guide, D([x, C_y], y), in that order; None for none. Both
            are the dual discriminator (section 2.3.4), with one optimiser.
        cycles: 1: x to y and back (equation 2.1); 2: y to x and back as well (2.2).
        mirror_real_pair: what the traditional discriminator takes for real in the second cycle: (y, x), as
            equation 2.7 has it (True), or (x, y) once more, as the released code does (False).

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'colour', 'pixel', 'cycle', 'colour_cycle', 'self_content', 'perceptual',
                  'total_variation')
    player_networks = dict(generator=('generator',), discriminator=('discriminator', 'guided_discriminator'))
    default_options = GANOptions(
        update_order=('discriminator', 'generator'), reuse_fakes=True, norm_at_test='batch',
        dropout_at_test=True, init=dict(method='normal', gain=0.02))
    fastest = dict(cpu=Fastest(channels_last=('generator',)))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, guided_discriminator: dict | None = None, cycles: int = 1,
                 mirror_real_pair: bool = False) -> None:
        super().__init__(generator, discriminator, losses, options)
        if cycles not in (1, 2):
            raise InputError(f'GestureGAN: cycles must be 1 or 2, found {cycles}')
        self.guided_discriminator = self.build_network(
            DISCRIMINATORS, guided_discriminator, 'guided_discriminator')
        self.cycles, self.mirror_real_pair = CYCLES[:cycles], mirror_real_pair
        self.judges = [name for name, network in (('plain', self.discriminator),
                                                  ('guided', self.guided_discriminator)) if network]
        if self.losses and bool(self.judges) != ('adversarial' in self.losses):  # without any: a test
            raise InputError('GestureGAN: the loss adversarial and a discriminator need each other, found '
                             f'losses {", ".join(self.losses)} and {len(self.judges)} discriminators')

    def derived(self) -> dict[str, dict[str, Derived]]:
        return self.from_generator.in_channels(dict(
            discriminator=('image', 'source_image'),
            guided_discriminator=('image', 'source_image', 'target_guide')))

    def generate(self, batch: Batch) -> Fakes:
        """``image`` y' = G(x, C_y), and in training what the losses ask for.

        ``image_back`` x'' = G(y', C_x) (equation 2.1) and ``image_kept`` G(x, C_x); in the second cycle
        ``source_like`` x' = G(y, C_x), ``source_like_back`` y'' = G(x', C_y) (2.2) and ``source_like_kept``
        G(y, C_y). The order is the released code's, which running statistics depend on.
        """
        if not self.generator.training:
            return dict(image=self.translate(batch['source_image'], batch['target_guide']))
        fakes: Fakes = {}
        back = any(name in self.losses for name in ('cycle', 'colour_cycle'))
        kept = 'self_content' in self.losses
        if back or kept or len(self.cycles) == 2:
            require_fields(batch, ['source_guide'], 'GestureGAN')
        for cycle in self.cycles:
            fakes[cycle.made] = self.translate(batch[cycle.start], batch[cycle.goal_guide])
            if back:
                fakes[f'{cycle.made}_back'] = self.translate(fakes[cycle.made], batch[cycle.start_guide])
        for cycle in self.cycles if kept else ():
            fakes[f'{cycle.made}_kept'] = self.translate(batch[cycle.start], batch[cycle.start_guide])
        return fakes

    def translate(self, image: Tensor, guide: Tensor) -> Tensor:
        """G(image, guide)."""
        return self.generator(source_image=image, target_guide=guide)['image']

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """Equations 2.5 and 2.6, of both discriminators."""
        losses, on_real = {}, {}
        for judge in self.judges:
            for cycle in self.cycles:
                mirrored = judge == 'guided' or self.mirror_real_pair
                pair = judge, cycle if mirrored else self.cycles[0]
                if pair not in on_real:
                    on_real[pair] = self.judge(*pair, batch, batch[pair[1].goal])
                on_fake = self.judge(judge, cycle, batch, fakes[cycle.made])
                terms = self.losses['adversarial'].discriminator(on_real[pair], on_fake)
                losses.update({f'{side}_{judge}_{cycle.made}': term for side, term in terms.items()})
        return losses

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """Equation 2.15; a term of two cycles is the sum of both."""
        losses: dict[str, Tensor] = {}
        for cycle in self.cycles:
            made, back, kept = (fakes.get(f'{cycle.made}{end}') for end in ('', '_back', '_kept'))
            start, goal = batch[cycle.start], batch[cycle.goal]
            compared = dict(colour=(made, goal), pixel=(made, goal), cycle=(back, start),
                            colour_cycle=(back, start), self_content=(kept, start), perceptual=(made, goal),
                            total_variation=(made,))
            terms = {f'adversarial_{judge}': self.losses['adversarial'].generator(
                self.judge(judge, cycle, batch, made), partial(self.judge, judge, cycle, batch, goal))
                for judge in self.judges if 'adversarial' in self.losses}
            terms.update({name: self.losses[name](*images) for name, images in compared.items()
                          if name in self.losses})
            for name, term in terms.items():
                losses[name] = losses.get(name, 0) + term
        return losses

    def judge(self, judge: str, cycle: Cycle, batch: Batch, image: Tensor) -> list[DiscriminatorOutput]:
        """D([x], image) of the ``plain`` one, D([x, C_y], image) of the ``guided`` one; x and C_y are the
        cycle's start and its goal's guide. One image after another, as batch norm must not mix fake and
        real."""
        if judge == 'plain':
            return self.discriminator(image, batch[cycle.start])
        return self.guided_discriminator(image, torch.cat([batch[cycle.start], batch[cycle.goal_guide]], 1))
