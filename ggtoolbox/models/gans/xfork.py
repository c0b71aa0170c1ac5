"""X-Fork: another view of a scene, and its label map beside it.

Regmi and Borji, Cross-View Image Synthesis Using Conditional GANs, CVPR 2018; Cross-view Image Synthesis
Using Geometry-Guided Conditional GANs, CVIU 2019.
"""
from __future__ import annotations

from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS

from ..layers.initialisation import zero_convolution_biases
from .base import Batch, Fakes
from .pix2pix import Pix2pix


@MODELS.register_module()
class XFork(Pix2pix):
    """X-Fork; reads ``source_image``, learns ``target_image`` and ``target_guide``, its label map in colours.

    The generator's head draws both (``head=dict(type='ForkHead')``); X-Fork++ of the thesis reads the label
    map, too (``guide_channels=3``).

    Losses, by name (equations 5 to 7 of CVPR 2018): ``adversarial`` (vanilla, of the image alone; the
    released code wants 0.9 of real images and of its own), ``pixel`` (L1, weight 100) and ``guide`` (L1 of
    the label map, weight 100).

    At test the networks stay as in training: norms of the test batch, dropout active; results so depend on
    which images share a batch (released: ten).

    Args:
        reset_biases: set all biases of convolutions to 0 in front of each turn, as the released code does:
            so D always judges without, and G's are those of one step from 0. False lets them learn (paper:
            silent).

    The other arguments are :class:`Pix2pix`'s.
    """

    loss_names = (*Pix2pix.loss_names, 'guide')

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, condition: tuple[str, ...] | None = None,
                 reset_biases: bool = True) -> None:
        super().__init__(generator, discriminator, losses, options, condition)
        self.reset_biases = reset_biases

    def player_losses(self, player: str, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """The terms of one player; see ``reset_biases``. The fakes were made before."""
        if self.reset_biases:
            for networks in self.players().values():
                zero_convolution_biases(networks)
        return super().player_losses(player, batch, fakes)

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = super().generator_losses(batch, fakes)
        if 'guide' in self.losses:
            if 'guide_image' not in fakes:
                raise InputError(f'{type(self).__name__}: the loss guide needs a generator that draws a '
                                 "guide_image, such as one with head=dict(type='ForkHead')")
            losses['guide'] = self.losses['guide'](fakes['guide_image'], batch['target_guide'])
        return losses
