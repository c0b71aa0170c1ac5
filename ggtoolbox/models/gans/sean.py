"""SEAN: image synthesis with a style for each region.

Zhu et al., SEAN: Image Synthesis with Semantic Region-Adaptive Normalization, CVPR 2020.
"""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.registry import MODELS
from ggtoolbox.structures import require_fields

from .base import BaseGAN, Batch, Fakes, TestInputs
from .gaugan import GauGAN

STYLES = ('exemplar_image', 'exemplar_label', 'region_styles', 'style_shares')


@MODELS.register_module()
class SEAN(GauGAN):
    """SEAN; reads ``label`` (and ``edge``) and a picture whose regions give the styles, learns
    ``target_image``.

    In training, and in the released test, that picture is ``target_image`` itself with its own label: the
    generator learns to reconstruct it (section 3.3). For another style give ``exemplar_image`` or, of a
    picture with another layout, its ``exemplar_label`` as well; with ``style_shares`` only some classes, as a
    whole or in part, have the exemplar's style and the rest that of ``target_image``. Or give
    ``region_styles``, which :func:`mix_styles` mixes.

    Losses are GauGAN's without an encoder of the whole image: ``adversarial`` (hinge), ``feature_matching``
    (10), ``perceptual`` (10). The paper has no pixel and no style loss; small configs, which go without
    perceptual weights, add ``pixel`` (L1).
    """

    loss_names = ('adversarial', 'feature_matching', 'perceptual', 'pixel', 'label_mix')
    player_networks = BaseGAN.player_networks

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None) -> None:
        super().__init__(generator, discriminator, losses, options)

    def test_inputs(self) -> TestInputs:
        """The styles come from a picture, of another layout where its label is given, or are given."""
        return TestInputs((*self.generator_inputs, 'target_image'), STYLES)

    def generate(self, batch: Batch) -> Fakes:
        """x = G(s, st), st the styles of a picture's regions."""
        if 'style_shares' in batch:
            return self.generator(**self.guidance(batch), region_styles=self.mixed_styles(batch))
        styles = {name: batch[name] for name in STYLES if name in batch}
        if not {'exemplar_image', 'region_styles'} & {*styles}:
            styles['exemplar_image'] = batch['target_image']
        return self.generator(**self.guidance(batch), **styles)

    def mixed_styles(self, batch: Batch) -> Tensor:
        """(B, N, S): of ``target_image`` and ``exemplar_image``, by ``style_shares``; further channels of the
        layout, edges and guides, have the classes' mean share."""
        require_fields(batch, ('target_image', 'exemplar_image'), 'SEAN: style_shares')
        encode, label, shares = self.generator.encode, batch['label'], batch['style_shares']
        own = encode(batch['target_image'], label, batch.get('edge'))
        other = encode(batch['exemplar_image'], batch.get('exemplar_label', label))
        further = shares.mean(1, keepdim=True).expand(-1, own.shape[1] - shares.shape[1])
        return mix_styles(own, other, share=torch.cat([shares, further], 1).unsqueeze(2))


def mix_styles(own: Tensor, other: Tensor, regions: list[int] | None = None,
               share: float | Tensor = 1.0) -> Tensor:
    """Styles with some regions' taken, as a whole or in part, from another picture.

    (1 - share) * own + share * other in the regions that are named and that the other picture has; the
    released interface mixes linearly, too.

    Args:
        own, other: (B, N, S).
        regions: indices; None for all.
        share: of the other one, 0 to 1; a tensor (B, N, 1) for one of each region.
    """
    chosen = other.abs().sum(-1, keepdim=True) > 0  # a region without a pixel has the style 0
    if regions is not None:
        named = own.new_zeros(own.shape[1], dtype=chosen.dtype)
        named[list(regions)] = True
        chosen = chosen & named.view(1, -1, 1)
    return own + chosen * share * (other - own)
