"""SketchyCOCO's EdgeGAN: objects from freehand sketches, learnt from pairs of edges and photographs.

Gao et al., SketchyCOCO: Image Generation from Freehand Scene Sketches, CVPR 2020, section 3.1. (Not the edge
guided ``EdgeGAN`` of this toolbox.) The scene stage is :class:`Pix2pix`.
"""
from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.derived import Derived
from ..layers.tensorflow_layers import double_bicubic
from ..losses.gradient_penalty import draw_interpolation
from .base import BaseGAN, Batch, Fakes, TestInputs
from .options import GANOptions

DISCRIMINATORS_OF = {'joint_discriminator': 'joint', 'discriminator': 'image', 'edge_discriminator': 'edge'}


@MODELS.register_module()
class SketchyCOCO(BaseGAN):
    """EdgeGAN of SketchyCOCO; learns ``target_image`` and ``target_guide``, its edges as a picture, of
    ``domain``.

    One latent and the class give both pictures. At test the latent comes from a sketch, ``source_guide``, by
    the encoder; it may be given, too.

    Losses, by name: ``adversarial`` (Wasserstein, of pairs, images and edges; equations 1 to 3) and
    ``gradient_penalty`` (10), ``classification`` (focal, of real images), ``image_class`` (0.5, of fakes;
    equation 4), ``latent`` (L1, 10; equation 5). Ours, for trainings too short to begin adversarially:
    ``pixel`` (L1) of both pictures that real edges give by way of the encoder, without its noise; the encoder
    learns by it, too.

    Each iteration has seven turns, the generators' twice. Paper and code: the penalty is of D in the paper;
    the code sums the gradients of D and of its sigmoid (``sigmoid_penalty``). The latent's noise is one
    number for a whole batch in the code (:class:`EdgeEncoder`).

    Args:
        edge_generator, encoder, classifier, joint_discriminator, edge_discriminator: configs of their
            registries; ``discriminator`` judges images.
        sigmoid_penalty: see above.
        enlarge: images and edges are enlarged twice (bicubic) for the discriminators that see one of them,
            as released; False, at a quarter of the price: not.
        critic_weights: of ``joint``, ``image`` and ``edge`` in the generators' adversarial terms (released
            options; 1 where not said).

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'gradient_penalty', 'classification', 'image_class', 'latent', 'pixel')
    player_networks = dict(
        joint_discriminator=('joint_discriminator',), discriminator=('discriminator',),
        edge_discriminator=('edge_discriminator',), classifier=('classifier',),
        generator=('generator', 'edge_generator'), encoder=('encoder',))
    extra_turns = {'second_generator': 'generator'}
    players_without_fakes = ('classifier',)
    default_options = GANOptions(
        update_order=('joint_discriminator', 'discriminator', 'edge_discriminator', 'classifier', 'generator',
                      'encoder', 'second_generator'),
        init=dict(method='normal', gain=0.02))

    def __init__(self, generator: dict, edge_generator: dict, encoder: dict,
                 discriminator: dict | None = None,
                 joint_discriminator: dict | None = None, edge_discriminator: dict | None = None,
                 classifier: dict | None = None, losses: dict | None = None, options: dict | None = None,
                 sigmoid_penalty: bool = True, enlarge: bool = True,
                 critic_weights: dict[str, float] | None = None) -> None:
        super().__init__(generator, discriminator, losses, options)
        self.edge_generator = self.build_network(GENERATORS, edge_generator, 'edge_generator')
        self.encoder = self.build_network(BACKBONES, encoder, 'encoder')
        self.joint_discriminator = self.build_network(DISCRIMINATORS, joint_discriminator)
        self.edge_discriminator = self.build_network(DISCRIMINATORS, edge_discriminator)
        self.classifier = self.build_network(BACKBONES, classifier, 'classifier')
        self.sigmoid_penalty, self.enlarge = sigmoid_penalty, enlarge
        self.critic_weights = dict.fromkeys(DISCRIMINATORS_OF.values(), 1.0) | (critic_weights or {})
        if unknown := self.critic_weights.keys() - {*DISCRIMINATORS_OF.values()}:
            raise InputError(f'SketchyCOCO: critic_weights are of joint, image and edge, found '
                             f'{sorted(unknown)[0]!r}')

    def derived(self) -> dict[str, dict[str, Derived]]:
        latent, classes = map(self.from_generator.attribute, ('latent_dim', 'num_classes'))
        return dict(edge_generator=dict(latent_dim=latent, num_classes=classes),
                    encoder=dict(latent_dim=latent), classifier=dict(num_classes=classes))

    def networks_at_test(self) -> list[str]:
        """The encoder draws, too."""
        return [*super().networks_at_test(), 'encoder']

    def test_inputs(self) -> TestInputs:
        return TestInputs(('domain',), ('source_guide', 'latent'))

    def prepare(self, batch: Batch) -> Batch:
        """z of N(0, 1), and places between real and fake for each penalty."""
        like, drawn = batch['target_image'], {}
        if 'latent' not in batch:
            drawn['latent'] = torch.randn(len(like), self.latent_dim, device=like.device)
        for kind in DISCRIMINATORS_OF.values():
            if f'{kind}_interpolation' not in batch:
                drawn[f'{kind}_interpolation'] = draw_interpolation(like)
        return {**batch, **drawn}

    def generate(self, batch: Batch) -> Fakes:
        """G_I(z, c) and G_E(z, c); z as given, of the sketch, or drawn."""
        latent, domain = batch.get('latent'), batch['domain']
        if latent is None and 'source_guide' in batch:
            latent = self.encoder(batch['source_guide'], batch.get('encoder_noise'))['latent']
        if latent is None:
            latent = torch.randn(len(domain), self.latent_dim, device=domain.device)
        return dict(latent=latent, image=self.generator(latent, domain)['image'],
                    edge_image=self.edge_generator(latent, domain)['image'])

    def joint_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.critic_losses('joint_discriminator', batch, fakes)

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.critic_losses('discriminator', batch, fakes)

    def edge_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.critic_losses('edge_discriminator', batch, fakes)

    def critic_losses(self, name: str, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """D(fake) - D(real), and the penalty of its gradient between them."""
        network, kind, losses = getattr(self, name), DISCRIMINATORS_OF[name], {}
        real = self.judged(kind, batch['target_image'], batch['target_guide'])
        fake = self.judged(kind, fakes['image'], fakes['edge_image'])
        if 'adversarial' in self.losses:
            losses.update(self.losses['adversarial'].discriminator(network(real), network(fake)))
        if 'gradient_penalty' in self.losses:
            critic = (lambda image: with_sigmoid(network(image))) if self.sigmoid_penalty else network
            losses['gradient_penalty'] = self.losses['gradient_penalty'](
                critic, real, fake, batch.get(f'{kind}_interpolation'))
        return losses

    def judged(self, kind: str, image: Tensor, edges: Tensor) -> Tensor:
        """What a discriminator sees: edges and image side by side, or one of them, enlarged."""
        if kind == 'joint':
            return torch.cat([edges, image], dim=3)
        seen = image if kind == 'image' else edges
        return double_bicubic(seen) if self.enlarge else seen

    def classifier_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        logits = self.classifier(batch['target_image'])['logits']
        return dict(classification=self.losses['classification'](logits, batch['domain']))

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """Pairs, images and edges that look real, and images of the right class."""
        losses = {}
        for name, kind in DISCRIMINATORS_OF.items():
            network = getattr(self, name)
            if network is not None and 'adversarial' in self.losses:
                fake = self.judged(kind, fakes['image'], fakes['edge_image'])
                real = self.judged(kind, batch['target_image'], batch['target_guide'])
                term = self.losses['adversarial'].generator(network(fake), partial(network, real))
                losses[f'adversarial_{kind}'] = self.critic_weights[kind] * term
        if 'image_class' in self.losses:
            logits = self.classifier(fakes['image'])['logits']
            losses['image_class'] = self.losses['image_class'](logits, batch['domain'])
        return {**losses, **self.pixel_losses(batch)}

    def second_generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.generator_losses(batch, fakes)

    def encoder_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """|z - E(G_E(z, c))|."""
        found = self.encoder(fakes['edge_image'], batch.get('encoder_noise'))['latent']
        return dict(latent=self.losses['latent'](found, fakes['latent']), **self.pixel_losses(batch))

    def pixel_losses(self, batch: Batch) -> dict[str, Tensor]:
        """|x - G_I(mu, c)| + |e - G_E(mu, c)| of a real image x and its edges e; mu is E(e) without noise."""
        if 'pixel' not in self.losses:
            return {}
        edges = batch['target_guide']
        drawn = self.generate({**batch, 'latent': self.encoder(edges)['mean']})
        return dict(pixel=self.losses['pixel'](drawn['image'], batch['target_image'])
                    + self.losses['pixel'](drawn['edge_image'], edges))


def with_sigmoid(outputs: list[DiscriminatorOutput]) -> list[DiscriminatorOutput]:
    """Logits, and their sigmoids added."""
    return [DiscriminatorOutput(output.logits + output.logits.sigmoid(), []) for output in outputs]
