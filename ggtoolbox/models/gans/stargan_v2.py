"""StarGAN v2: one generator for many domains, with styles from a latent or from another image.

Choi et al., StarGAN v2: Diverse Image Synthesis for Multiple Domains, CVPR 2020.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput

from ..backbones.style import pick
from ..layers.derived import Derived, first_attribute
from .base import BaseGAN, Batch, Fakes, TestInputs
from .options import GANOptions

TURNS = ('latent_discriminator', 'reference_discriminator', 'latent_generator', 'reference_generator')


@MODELS.register_module()
class StarGANv2(BaseGAN):
    """StarGAN v2; reads ``source_image`` of ``source_domain`` and a ``domain``, in training also
    ``exemplar_image`` and ``second_exemplar_image`` of that domain.

    Losses, by name (equation 6): ``adversarial`` (vanilla, of the logit of the own domain; equation 1),
    ``r1`` (1), ``style`` (L1, 1; equation 2), ``diversity`` (L1, 1 for CelebA-HQ, 2 for AFHQ; equation 3,
    subtracted), ``cycle`` (L1, 1; equation 4).

    An iteration has four turns: the discriminator's and the generator's (with mapping network and style
    encoder), each with styles of latents, then with styles of exemplars.

    Paper and code differ: the paper trains G, F and E by all losses; in the code the second turn of the
    generator moves G alone (``joint_reference=False``). The weight of ``diversity`` falls linearly to 0
    in the paper; the code subtracts, and may pass 0 by one step (:func:`falling_weight`). The averaged
    networks of the code start from other weights than the trained ones; ours from the same.

    Args:
        mapping_network, style_encoder: configs of ``BACKBONES``; the first says how many domains there are.
        diversity_iterations: in which the weight of ``diversity`` falls to 0.
        joint_reference: see above.
        truncation: psi at test: styles of latents are brought nearer to the domain's mean style, of 10,000
            latents; 1 leaves them as they are.

    ``source_guide`` (see :class:`StarGANv2Generator`) holds the masks of faces, and ``mask_network``,
    a :class:`FaceAlignment` of ``BACKBONES``, makes those of fakes, and of sources that come without; None
    leaves both out.

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'r1', 'style', 'diversity', 'cycle')
    player_networks = dict(generator=('generator', 'mapping_network', 'style_encoder'),
                           discriminator=('discriminator',))
    extra_turns = {turn: turn.partition('_')[2] for turn in TURNS}
    players_without_fakes = ('generator', 'discriminator')
    products = dict(image='source_image')
    default_options = GANOptions(update_order=TURNS, init=dict(method='kaiming'))

    def __init__(self, generator: dict, mapping_network: dict, style_encoder: dict,
                 discriminator: dict | None = None, losses: dict | None = None, options: dict | None = None,
                 mask_network: dict | None = None, diversity_iterations: int = 100000,
                 joint_reference: bool = False, truncation: float = 1.0) -> None:
        super().__init__(generator, None, losses, options)
        self.num_domains: int | None = None
        self.mapping_network = self.build_network(BACKBONES, mapping_network, 'mapping_network')
        self.num_domains = self.mapping_network.num_domains
        self.style_encoder = self.build_network(BACKBONES, style_encoder, 'style_encoder')
        self.discriminator = self.build_network(DISCRIMINATORS, discriminator, 'discriminator')
        self.mask_network = None if mask_network is None else BACKBONES.build(mask_network)
        self.diversity_iterations = diversity_iterations
        self.joint_reference, self.truncation = joint_reference, truncation
        if diversity_iterations < 1:
            raise InputError('StarGANv2: diversity_iterations must be from 1 on, found '
                             f'{diversity_iterations}')

    def derived(self) -> dict[str, dict[str, Derived]]:
        """As many domains as the mapping network has; all else is the generator's."""
        size, style = map(self.from_generator.attribute, ('resolution', 'style_channels'))
        domains = Derived(self.num_domains, 'as model.mapping_network.num_domains')
        return dict(mapping_network=dict(style_channels=style),
                    style_encoder=dict(num_domains=domains, resolution=size, style_channels=style),
                    discriminator=dict(num_domains=domains, resolution=size))

    @property
    def latent_dim(self) -> int:
        """Of the latents that styles are made of."""
        return first_attribute(self.mapping_network, 'latent_dim')

    def test_inputs(self) -> TestInputs:
        """The style comes from an exemplar, a latent, or is drawn."""
        return TestInputs(('source_image', 'domain'), ('exemplar_image', 'latent', 'style', 'source_guide'))

    def prepare(self, batch: Batch) -> Batch:
        """Two latents of N(0, 1), and the masks of the sources where there is a network for them."""
        like = batch['source_image']
        drawn = {name: torch.randn(len(like), self.latent_dim, device=like.device)
                 for name in ('latent', 'second_latent') if name not in batch}
        return self.with_masks({**batch, **drawn})

    def with_masks(self, batch: Batch) -> Batch:
        """The batch, with masks of its sources if they are asked for."""
        if self.mask_network is None or 'source_guide' in batch:
            return batch
        return {**batch, 'source_guide': self.masks_of(batch['source_image'])}

    def masks_of(self, image: Tensor) -> Tensor | None:
        """(B, 2, 256, 256) masks of faces, or None without a network for them."""
        return None if self.mask_network is None else self.mask_network(image)['masks']

    # Styles

    def style_of(self, batch: Batch, kind: str, which: str = '') -> Tensor:
        """F(z) or E(x_ref) of the wanted domain; ``which`` is ``'second_'`` for the other latent or
        exemplar."""
        if kind == 'latent':
            latent = batch.get(f'{which}latent')
            if latent is None:
                latent = torch.randn(len(batch['domain']), self.latent_dim, device=batch['domain'].device)
            return pick(self.mapping_network(latent)['styles'], batch['domain'])
        return pick(self.style_encoder(batch[f'{which}exemplar_image'])['styles'], batch['domain'])

    @torch.no_grad()
    def mean_styles(self, latents: Tensor) -> Tensor:
        """(K, S): the mean style of each domain, of latents (N, Z)."""
        return torch.cat([self.mapping_network(some)['styles'] for some in latents.split(500)]).mean(0)

    @staticmethod
    def truncated(style: Tensor, mean: Tensor, psi: float) -> Tensor:
        """mean + psi * (style - mean)."""
        return mean + psi * (style - mean)

    def translate(self, batch: Batch, style: Tensor) -> Tensor:
        """G(x, s)."""
        return self.generator(batch['source_image'], style, batch.get('source_guide'))['image']

    def generate(self, batch: Batch) -> Fakes:
        """G(x, s) with s as given, of an exemplar, of a latent, or of a latent that is drawn."""
        batch = self.with_masks(batch)
        if 'style' in batch:
            style = batch['style']
        elif 'exemplar_image' in batch:
            style = self.style_of(batch, 'reference')
        else:
            style = self.style_of(batch, 'latent')
            if self.truncation != 1:
                many = torch.randn(10000, self.latent_dim, device=style.device)
                style = self.truncated(style, self.mean_styles(many)[batch['domain']], self.truncation)
        return dict(image=self.translate(batch, style), style=style)

    # The four turns

    def latent_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.turn_of_discriminator(batch, 'latent')

    def reference_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.turn_of_discriminator(batch, 'reference')

    def latent_generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.turn_of_generator(batch, 'latent')

    def reference_generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        if self.joint_reference:
            return self.turn_of_generator(batch, 'reference')
        with fixed(self.mapping_network, self.style_encoder):
            return self.turn_of_generator(batch, 'reference')

    def turn_of_discriminator(self, batch: Batch, kind: str) -> dict[str, Tensor]:
        """-log D_y(x) - log(1 - D_y~(G(x, s~))), and R1 (equation 1)."""
        with torch.no_grad():
            fake = self.translate(batch, self.style_of(batch, kind))
        real, losses = batch['source_image'], {}
        if 'adversarial' in self.losses:
            losses.update(self.losses['adversarial'].discriminator(
                self.judge(real, batch['source_domain']), self.judge(fake, batch['domain'])))
        if 'r1' in self.losses:
            losses['r1'] = self.losses['r1'](lambda image: self.judge(image, batch['source_domain']), real)
        return losses

    def turn_of_generator(self, batch: Batch, kind: str) -> dict[str, Tensor]:
        """L_adv + lambda_sty L_sty - lambda_ds L_ds + lambda_cyc L_cyc (equations 1 to 5)."""
        style, source, losses = self.style_of(batch, kind), batch['source_image'], {}
        fake = self.translate(batch, style)
        if 'adversarial' in self.losses:
            losses['adversarial'] = self.losses['adversarial'].generator(
                self.judge(fake, batch['domain']), lambda: self.judge(source, batch['source_domain']))
        if 'style' in self.losses:
            found = pick(self.style_encoder(fake)['styles'], batch['domain'])
            losses['style'] = self.losses['style'](found, style)
        factor = falling_weight(1.0, self.diversity_iterations, self.iteration)
        if 'diversity' in self.losses and factor:
            with torch.no_grad():  # the second image is a constant
                other = self.translate(batch, self.style_of(batch, kind, 'second_'))
            losses['diversity'] = -factor * self.losses['diversity'](fake, other)
        if 'cycle' in self.losses:
            own = pick(self.style_encoder(source)['styles'], batch['source_domain'])
            masks = batch.get('fake_guide')
            masks = self.masks_of(fake.detach()) if masks is None else masks
            back = self.generator(fake, own, masks)['image']
            losses['cycle'] = self.losses['cycle'](back, source)
        return losses

    def judge(self, image: Tensor, domain: Tensor) -> list[DiscriminatorOutput]:
        """D_y: the logit (B,) of each image's domain."""
        return [DiscriminatorOutput(pick(output.logits, domain), []) for output in self.discriminator(image)]


@contextmanager
def fixed(*networks: nn.Module) -> Iterator[None]:
    """No gradient for the parameters of ``networks``."""
    free = [p for network in networks for p in network.parameters() if p.requires_grad]
    for parameter in free:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in free:
            parameter.requires_grad_(True)


def falling_weight(start: float, iterations: int, iteration: int, as_released: bool = False) -> float:
    """The weight in force in ``iteration``, counted from 0: ``start``, falling to 0 in ``iterations`` steps.

    A function of the iteration alone, so that a resumed run goes on where it was (the released code begins
    again from ``start``).

    Args:
        as_released: subtract step by step while the weight is positive; rounding may leave a little, and
            then one more full step makes it -start / iterations for good.
    """
    if not as_released:
        return start * max(0.0, 1 - iteration / iterations)
    weight, step = start, start / iterations
    for _ in range(iteration):
        if weight <= 0:
            break
        weight -= step
    return weight
