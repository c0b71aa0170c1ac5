"""LGGAN: local class-specific and global image-level generation, fused.

Tang et al., Local Class-Specific and Global Image-Level Generative Adversarial Networks for Semantic-Guided
Scene Generation, CVPR 2020. With ``generator.upsampler=dict(type='SAU')`` it is LGGAN++ (Local and Global
GANs with Semantic-Aware Upsampling for Image Generation). Equation numbers are those of the second.
"""
from __future__ import annotations

from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.derived import Derived
from .base import BaseGAN, Batch, Fakes, TestInputs
from .side_by_side import judge_side_by_side

# Whose log entry is whose: the fused image, the global one, the local one.
_SUFFIXES = dict(image='', global_image='_global', local_image='_local')

Judgement = tuple[list[DiscriminatorOutput], list[DiscriminatorOutput] | None]


@MODELS.register_module()
class LGGAN(BaseGAN):
    """LGGAN; reads ``label`` and what else its generator reads, learns ``target_image``.

    Losses, by name: ``class_pixel`` (equation 3), ``classification`` (equation 6), ``adversarial`` (equations
    9 and 10), and those of the released code alone: ``feature_matching``, ``perceptual``, ``pixel`` (L1),
    ``total_variation``. Where an image is compared, each of ``judged`` is, and the terms are summed.

    Paper and code differ: the paper's discriminators see the fused image and have a logarithmic loss; the
    released code's see global and local image, too, with the hinge loss in semantic synthesis.

    Args:
        discriminator: the semantic-guided one, D_s (equation 9): is conditioned on all that the generator
            reads but ``source_image``.
        image_discriminator: the image-guided one, D_i (equation 10), for cross-view translation: is
            conditioned on ``source_image``. One optimiser serves both.
        judged: the images that are judged and compared: ``('image', 'global_image', 'local_image')`` in the
            released code, ``('image',)`` in the paper.
        judge_in_turn: False: a discriminator judges all images and the real one in a single forward. True,
            as the released code does: one after another, each beside the real image. The numbers are the
            same but for what a forward in train mode leaves behind (power iterations, running statistics);
            a discriminator with batch norm needs True, lest the images share their statistics.

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('class_pixel', 'classification', 'adversarial', 'feature_matching', 'perceptual', 'pixel',
                  'total_variation')
    player_networks = dict(generator=('generator',), discriminator=('discriminator', 'image_discriminator'))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, image_discriminator: dict | None = None,
                 judged: tuple[str, ...] = ('image', 'global_image', 'local_image'),
                 judge_in_turn: bool = False) -> None:
        super().__init__(generator, None, losses, options)
        self.judged, self.judge_in_turn, self.groups = tuple(judged), judge_in_turn, self.generator.groups
        self.semantics = self.guided_input.only(
            tuple(name for name in self.generator_inputs if name != 'source_image'))
        if discriminator is not None and self.semantics is None:
            raise InputError('LGGAN: the discriminator sees what the generator reads beside source_image, '
                             'found nothing; use image_discriminator')
        self.discriminator = self.build_network(DISCRIMINATORS, discriminator, 'discriminator')
        self.image_discriminator = self.build_network(
            DISCRIMINATORS, image_discriminator, 'image_discriminator')

    def derived(self) -> dict[str, dict[str, Derived]]:
        semantics = () if self.semantics is None else self.semantics.names
        return self.from_generator.in_channels(dict(
            discriminator=('image', *semantics), image_discriminator=('image', 'source_image')))

    def test_inputs(self) -> TestInputs:
        """``label`` in any case: it says which class's network draws a pixel."""
        return TestInputs(tuple(dict.fromkeys((*self.generator_inputs, 'label'))))

    def generate(self, batch: Batch) -> Fakes:
        """I_C = I_G * W_g + I_L * W_l (equation 8), and its parts."""
        return self.generator(**{**self.guidance(batch), 'label': batch.get('label')})

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses, terms, real = {}, dict(self.losses.items()), batch['target_image']
        images = [fakes[name] for name in self.judged]
        if 'class_pixel' in terms:
            losses['class_pixel'] = terms['class_pixel'](fakes['class_images'], real,
                                                         self.groups(batch['label']))
        if 'classification' in terms:
            losses['classification'] = terms['classification'](fakes['class_logits'], fakes['class_valid'])
        if 'adversarial' in terms:
            matching = terms.get('feature_matching')
            with_real = matching is not None or getattr(terms['adversarial'], 'compares', False)
            for judge, pairs in self.judge(batch, fakes, with_real=with_real).items():
                losses[f'{judge}adversarial'] = sum(terms['adversarial'].generator(on_fake, on_real)
                                                    for on_fake, on_real in pairs)
                if matching is not None:
                    losses[f'{judge}feature_matching'] = sum(matching(*pair) for pair in pairs)
        if 'perceptual' in terms:
            features = terms['perceptual'].real_features(real)
            losses['perceptual'] = sum(terms['perceptual'].against(image, features) for image in images)
        if 'pixel' in terms:
            losses['pixel'] = sum(terms['pixel'](image, real) for image in images)
        if 'total_variation' in terms:
            losses['total_variation'] = sum(map(terms['total_variation'], images))
        return losses

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """``fake``, ``fake_global``, ``fake_local`` and ``real`` (summed, as often as there are fakes);
        the image-guided discriminator's begin with ``image_``."""
        losses = {}
        for judge, pairs in self.judge(batch, fakes, with_real=True).items():
            terms = [self.losses['adversarial'].discriminator(on_real, on_fake) for on_fake, on_real in pairs]
            losses.update({f'{judge}fake{_SUFFIXES[name]}': term['fake']
                           for name, term in zip(self.judged, terms)})
            losses[f'{judge}real'] = sum(term['real'] for term in terms)
        return losses

    def judge(self, batch: Batch, fakes: Fakes, with_real: bool) -> dict[str, list[Judgement]]:
        """What each discriminator says of each judged image, and of the real one beside it (or None).

        Returns:
            ``''`` -> the judgements of D_s, ``'image_'`` -> those of D_i, as far as they exist.
        """
        images = [fakes[name] for name in self.judged]
        real = batch['target_image'].to(images[0].dtype) if with_real else None
        judgements = {}
        if self.discriminator is not None:
            condition = self.semantics(**{name: batch.get(name) for name in self.semantics.names})
            judgements[''] = self._judge(self.discriminator, condition, images, real)
        if self.image_discriminator is not None:
            judgements['image_'] = self._judge(self.image_discriminator, batch['source_image'], images, real)
        return judgements

    def _judge(self, discriminator: nn.Module, condition: Tensor, images: list[Tensor],
               real: Tensor | None) -> list[Judgement]:
        if self.judge_in_turn and len(images) > 1:
            return [pair for image in images for pair in self._judge(discriminator, condition, [image], real)]
        judgements = judge_side_by_side(discriminator, images if real is None else [*images, real], condition)
        on_real = None if real is None else judgements.pop()
        return [(on_fake, on_real) for on_fake in judgements]
