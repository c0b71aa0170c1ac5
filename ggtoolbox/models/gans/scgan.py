"""SCGAN: images from a segmentation, attributes and a latent vector.

Jiang et al., Spatially Constrained Generative Adversarial Networks for Conditional Image Generation.
"""
from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES, MODELS

from ..layers.derived import Derived
from ..layers.pretrained import load_strictly, read_weights
from .base import Batch, Fakes
from .wgan_gp import WGANGP


@MODELS.register_module()
class SCGAN(WGANGP):
    """SCGAN; reads ``target_image``, ``label`` and ``attributes``.

    Losses, by name: those of :class:`WGANGP`, with classification weight 5, and ``segmentation`` (weight 1,
    equations 8 and 10). Three players: discriminator and segmentor learn from real images, the generator,
    in each fifth iteration, from both. It is given the segmentations of the batch in another order
    (algorithm 1, line 7), the attributes in theirs.

    In validation it is given a sample's own segmentation, and attributes; see :class:`WGANGP` for what PSNR
    and SSIM then mean. The paper's measure is how well a segmentor finds the segmentation again.

    Args:
        segmentor: config of ``BACKBONES``, such as ``Segmentor``; None leaves the segmentation loss out.
        segmentor_weights: a checkpoint of an ``SCGAN`` whose segmentor is taken over and fixed (section 5.7:
            trained beforehand with ``update_order=('segmentor',)``, it saves time and memory, and images
            are a little worse); it is read when training begins. None: it is trained beside the others.

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = (*WGANGP.loss_names, 'segmentation')
    players_without_fakes = ('segmentor',)
    player_networks = dict(WGANGP.player_networks, segmentor=('segmentor',))
    only_in_training = ('segmentor',)
    default_options = replace(WGANGP.default_options,
                              update_order=('discriminator', 'segmentor', 'generator'))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, segmentor: dict | None = None,
                 segmentor_weights: str | None = None) -> None:
        super().__init__(generator, discriminator, losses, options)
        self.segmentor = self.build_network(BACKBONES, segmentor, 'segmentor')
        self.segmentor_weights = segmentor_weights
        if self.segmentor is None and ('segmentation' in self.losses or segmentor_weights is not None):
            raise InputError('SCGAN: segmentor must be given for the segmentation loss or segmentor_weights, '
                             'found None')
        if segmentor_weights is not None:
            self.segmentor.requires_grad_(False)

    def init_weights(self) -> None:
        """Read ``segmentor_weights``, if there are any; the runner calls this before training."""
        if self.segmentor_weights is not None:
            state = read_weights(self.segmentor_weights)
            state = {name.removeprefix('segmentor.'): value for name, value in state.items()
                     if name.startswith('segmentor.')}
            load_strictly(self.segmentor, state, self.segmentor_weights)

    def derived(self) -> dict[str, dict[str, Derived]]:
        return dict(super().derived(), segmentor=dict(num_classes=self.from_generator.channels('label')))

    def players(self) -> dict[str, list[nn.Module]]:
        """The segmentor is none if it is fixed or nobody asks it."""
        trained = 'segmentation' in self.losses and self.segmentor_weights is None
        return {player: networks for player, networks in super().players().items()
                if trained or player != 'segmentor'}

    def prepare(self, batch: Batch) -> Batch:
        """As of WGAN-GP, and s_t, the segmentations of the batch in another order (algorithm 1, line 7)."""
        label = batch['label']
        order = torch.randperm(len(label), device=label.device)
        return dict(super().prepare(batch), shuffled_label=label[order])

    def generate(self, batch: Batch) -> Fakes:
        """G(z, c, s_t), in validation G(z, c, s)."""
        return super().generate(dict(batch, label=target_label(batch)))

    def segmentor_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """L_S = A_s(s, S(x)) (equation 4)."""
        logits = self.segmentor(batch['target_image'])['logits']
        return dict(segmentation=self.losses['segmentation'](logits, batch['label']))

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """L_G = - D(G) + lambda_cls * L_cls(G) + lambda_seg * A_s(s_t, S(G)) (equation 6)."""
        losses = super().generator_losses(batch, fakes)
        if 'segmentation' in self.losses:
            logits = self.segmentor(fakes['image'])['logits']
            losses['segmentation'] = self.losses['segmentation'](logits, target_label(batch))
        return losses


def target_label(batch: Batch) -> Tensor:
    """What the generator is given: s_t in training, s in validation."""
    return batch.get('shuffled_label', batch['label'])
