"""Pix2pix: image-to-image translation with a conditional GAN and L1.

Isola et al., Image-to-Image Translation with Conditional Adversarial Networks, CVPR 2017. With a source
image and a guide as input it is the baseline of cross-view translation.
"""
from __future__ import annotations

from torch import Tensor

from ggtoolbox.registry import DISCRIMINATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.derived import Derived
from .base import BaseGAN, Batch, Fakes
from .options import GANOptions


@MODELS.register_module()
class Pix2pix(BaseGAN):
    """Pix2pix; reads what its generator was built to read, learns ``target_image``.

    Losses, by name (equation 4): ``adversarial`` (vanilla, equation 1; the discriminator's halved) and
    ``pixel`` (L1, weight 100, equation 3). The noise z is the generator's dropout, which is why dropout
    and the statistics of the batch stay on at test (section 3.4).

    As in the released code, one forward pass of the generator serves both turns (``reuse_fakes``), and
    the discriminator's turn comes first.

    Args:
        condition: which parts of the generator's input the discriminator sees beside the image: None for
            all, as in equation 1; ``()`` for none (equation 2, the unconditional variant);
            ``('source_image',)`` where a guide steers the generator alone.

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'pixel')
    default_options = GANOptions(
        update_order=('discriminator', 'generator'), reuse_fakes=True, norm_at_test='batch',
        dropout_at_test=True, init=dict(method='normal', gain=0.02))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, condition: tuple[str, ...] | None = None) -> None:
        super().__init__(generator, None, losses, options)
        self.condition = self.guided_input.only(self.guided_input.names if condition is None else condition)
        self.discriminator = self.build_network(DISCRIMINATORS, discriminator, 'discriminator')

    def derived(self) -> dict[str, dict[str, Derived]]:
        seen = () if self.condition is None else self.condition.names
        return self.from_generator.in_channels(dict(discriminator=('image', *seen)))

    def generate(self, batch: Batch) -> Fakes:
        """y = G(x), x being all that the generator reads."""
        fakes = self.generator(**self.guidance(batch))
        return {name: value for name, value in fakes.items() if name != 'features'}

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        on_fake, on_real = self.discriminate(batch, fakes['image'], batch['target_image'])
        return self.losses['adversarial'].discriminator(on_real, on_fake)

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = {}
        if 'adversarial' in self.losses:
            on_fake, = self.discriminate(batch, fakes['image'])
            losses['adversarial'] = self.losses['adversarial'].generator(
                on_fake, lambda: self.discriminate(batch, batch['target_image'])[0])
        if 'pixel' in self.losses:
            losses['pixel'] = self.losses['pixel'](fakes['image'], batch['target_image'])
        return losses

    def discriminate(self, batch: Batch, *images: Tensor) -> list[list[DiscriminatorOutput]]:
        """D(x, y) of each y; one after another, because batch norm must not mix fake and real."""
        condition = None
        if self.condition is not None:
            condition = self.condition(**{name: batch.get(name) for name in self.condition.names})
        return [self.discriminator(image, condition) for image in images]
