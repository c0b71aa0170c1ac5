"""X-Seq: another view of a scene, and from that its label map.

Regmi and Borji, Cross-View Image Synthesis Using Conditional GANs, CVPR 2018, section 4.3.
"""
from __future__ import annotations

from torch import Tensor

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, MODELS

from ..layers.derived import Derived
from .base import Batch, Fakes
from .pix2pix import Pix2pix
from .xfork import XFork


@MODELS.register_module()
class XSeq(XFork):
    """X-Seq; reads ``source_image``, learns ``target_image`` and ``target_guide``, its label map in colours.

    G1 draws the image and G2, from the image, the label map. D1 sees source and image, D2 generated image
    and label map, also with the real label map.

    Losses, by name (equations 8 to 11 of CVPR 2018): ``adversarial`` and ``pixel`` (L1, 100) of G1,
    ``guide_adversarial`` and ``guide`` (L1, 100) of G2.

    Paper and code: in the paper the sum is minimised. The code lets a tenth of the gradient of G2's terms
    reach G1, through G2 and not through what D2 is conditioned on (``feedback``). It takes the turns D2, G2,
    D1, G1 on fakes made once; two players, discriminators first, make the same steps.

    Args:
        guide_generator: config of ``GENERATORS``: G2, which reads the image as ``source_image``; None: like
            G1.
        guide_discriminator: config of ``DISCRIMINATORS``: D2; None: like D1.
        feedback: factor of the gradient that G1 has from G2.

    The other arguments are :class:`XFork`'s. At test G2 is not needed for ``image``.
    """

    loss_names = (*Pix2pix.loss_names, 'guide_adversarial', 'guide')
    only_in_training = ('guide_generator',)
    player_networks = dict(generator=('generator', 'guide_generator'),
                           discriminator=('discriminator', 'guide_discriminator'))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, condition: tuple[str, ...] | None = None,
                 reset_biases: bool = True, guide_generator: dict | None = None,
                 guide_discriminator: dict | None = None, feedback: float = 0.1) -> None:
        super().__init__(generator, discriminator, losses, options, condition, reset_biases)
        self.guide_generator = self.build_network(GENERATORS, guide_generator or generator)
        self.guide_discriminator = self.build_network(
            DISCRIMINATORS, guide_discriminator or discriminator, 'guide_discriminator')
        self.feedback = feedback

    def derived(self) -> dict[str, dict[str, Derived]]:
        """D2 sees two pictures, image and label map."""
        return dict(super().derived(),
                    **self.from_generator.in_channels(dict(guide_discriminator=('image', 'image'))))

    def generate(self, batch: Batch) -> Fakes:
        """I' = G1(I_a), and, where there is G2, S' = G2(I')."""
        fakes = super().generate(batch)
        if self.guide_generator is not None:
            image = scale_gradient(fakes['image'], self.feedback)
            fakes['guide_image'] = self.guide_generator(source_image=image)['image']
        return fakes

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = super().generator_losses(batch, fakes)
        if 'guide_adversarial' in self.losses:
            on_fake = self.guide_discriminator(fakes['guide_image'], fakes['image'].detach())
            losses['guide_adversarial'] = self.losses['guide_adversarial'].generator(
                on_fake, lambda: self.guide_discriminator(batch['target_guide'], fakes['image'].detach()))
        return losses

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = super().discriminator_losses(batch, fakes)
        if 'guide_adversarial' in self.losses:
            on_real, on_fake = (self.guide_discriminator(guide, fakes['image'])
                                for guide in (batch['target_guide'], fakes['guide_image']))
            terms = self.losses['guide_adversarial'].discriminator(on_real, on_fake)
            losses.update({f'{name}_guide': term for name, term in terms.items()})
        return losses


def scale_gradient(x: Tensor, factor: float) -> Tensor:
    """x as it is, whose gradient is multiplied by ``factor``."""
    return x + (factor - 1) * (x - x.detach())
