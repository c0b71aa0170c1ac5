"""PATN, XingGAN and BiGraphGAN: a person, or a face, in another pose.

Zhu et al., Progressive Pose Attention Transfer for Person Image Generation, CVPR 2019; Tang et al., XingGAN
for Person Image Generation, ECCV 2020; Bipartite Graph Reasoning GANs for Person Image Generation, BMVC 2020,
and for faces IJCV 2022; thesis chapter 4. They differ in the generator and in the weights of the losses.
"""
from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from ggtoolbox.registry import DISCRIMINATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.derived import Derived
from ..layers.fastest import Fastest
from ..layers.image_pool import ImagePool
from .base import BaseGAN, Batch, Fakes
from .options import GANOptions

# What each discriminator sees beside the image (thesis section 4.3.4).
CONDITIONS = {'appearance': 'source_image', 'shape': 'target_guide'}


@MODELS.register_module()
class PoseTransferGAN(BaseGAN):
    """Pose transfer; reads ``source_image``, ``source_guide`` and ``target_guide``, learns ``target_image``.

    Losses, by name (equations 4.8 and 4.16): ``adversarial`` by each discriminator, ``pixel`` (L1) and
    ``perceptual`` (VGG19). The appearance discriminator judges whether an image shows the person of the
    source image, the shape discriminator whether it shows the target pose.

    ``adversarial.weight`` is that of each discriminator's term: the released code (our configs) halves
    lambda_gan over the two. It multiplies the discriminators' own losses by lambda_gan, too
    (``adversarial.discriminator_weight``); the paper does not say.

    As in the released code the generator's turn is first, then the appearance discriminator's, then the
    shape discriminator's; both see, through pools, the fakes from before the generator's step.

    Args:
        appearance_discriminator: sees the image beside ``source_image``; released: D_PP.
        shape_discriminator: sees the image beside ``target_guide``; released: D_PB.
        pool_size: of each discriminator's :class:`ImagePool` of pairs; 0 for none.
        discriminator_init: arguments of :func:`initialise` for the discriminators; None keeps PyTorch's
            weights, as the released code does.

    The other arguments are :class:`BaseGAN`'s. Its networks: ``generator``, ``appearance_discriminator``,
    ``shape_discriminator``, each with an optimiser of its own.
    """

    loss_names = ('adversarial', 'pixel', 'perceptual')
    player_networks = dict(generator=('generator',), appearance_discriminator=('appearance_discriminator',),
                           shape_discriminator=('shape_discriminator',))
    pooled_turns = ('appearance_discriminator', 'shape_discriminator')
    default_options = GANOptions(reuse_fakes=True,
                                 init=dict(method='normal', gain=0.02, keep_biases=True))
    fastest = dict(cpu=Fastest(
        channels_last=('generator', 'appearance_discriminator', 'shape_discriminator')))

    def __init__(self, generator: dict, appearance_discriminator: dict | None = None,
                 shape_discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, pool_size: int = 50,
                 discriminator_init: dict | None = None) -> None:
        super().__init__(generator, None, losses, options)
        draw = discriminator_init or dict(method=None)
        self.appearance_discriminator, self.shape_discriminator = (
            self.build_network(DISCRIMINATORS, cfg, f'{name}_discriminator', draw)
            for name, cfg in dict(appearance=appearance_discriminator, shape=shape_discriminator).items())
        self.pools = {name: ImagePool(pool_size) for name in CONDITIONS}

    def derived(self) -> dict[str, dict[str, Derived]]:
        return self.from_generator.in_channels({
            f'{name}_discriminator': ('image', condition) for name, condition in CONDITIONS.items()})

    def judges(self) -> list[str]:
        """``'appearance'``, ``'shape'``: of which there is a discriminator."""
        return [name for name in CONDITIONS if getattr(self, f'{name}_discriminator') is not None]

    def generate(self, batch: Batch) -> Fakes:
        """I'_t = G(I_s, P_s, P_t)."""
        fakes = self.generator(**self.guidance(batch))
        return {name: value for name, value in fakes.items() if name != 'features'}

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = {}
        if 'adversarial' in self.losses:
            for name in self.judges():
                on_fake = self.judge(name, fakes['image'], batch[CONDITIONS[name]])
                losses[f'adversarial_{name}'] = self.losses['adversarial'].generator(
                    on_fake, partial(self.judge, name, batch['target_image'], batch[CONDITIONS[name]]))
        for name in ('pixel', 'perceptual'):
            if name in self.losses:
                losses[name] = self.losses[name](fakes['image'], batch['target_image'])
        return losses

    def appearance_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.pair_losses('appearance', batch, fakes['image'])

    def shape_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.pair_losses('shape', batch, fakes['image'])

    def pair_losses(self, name: str, batch: Batch, fake: Tensor) -> dict[str, Tensor]:
        """Real pair against fake pair, each by itself, because batch norm must not mix them."""
        condition = batch[CONDITIONS[name]]
        on_real = self.judge(name, batch['target_image'], condition)
        pair = self.pools[name].exchange(torch.cat([fake, condition.to(fake.dtype)], dim=1))
        on_fake = self.judge(name, *pair.split([fake.shape[1], condition.shape[1]], dim=1))
        return self.losses['adversarial'].discriminator(on_real, on_fake)

    def judge(self, name: str, image: Tensor, condition: Tensor) -> list[DiscriminatorOutput]:
        """D_I(I_s, image) or D_P(P_t, image)."""
        return getattr(self, f'{name}_discriminator')(image, condition)
