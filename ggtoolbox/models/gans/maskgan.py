"""MaskGAN: faces from label maps and a picture's style, trained on simulated edits.

Lee et al., MaskGAN: Towards Diverse and Interactive Facial Image Manipulation, CVPR 2020. The training loop
was never released: the networks and all terms are, and what the paper says of their order is followed.
"""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS, check_arguments

from ..layers.initialisation import initialise
from ..layers.layout import one_hot
from ..layers.maskgan import AlphaBlender, MaskVAE
from .base import Batch, Fakes, TestInputs
from .gaugan import GauGAN
from .options import GANOptions

STYLES = ('exemplar_image', 'exemplar_label', 'style')


@MODELS.register_module()
class MaskGAN(GauGAN):
    """MaskGAN; reads ``label`` and a picture whose style is taken, learns ``target_image``.

    Losses, by name, for image and blend alike: ``adversarial`` (least squares, summed over the scales),
    ``feature_matching`` (10), ``perceptual`` (10); and of the MaskVAE ``mask_reconstruction`` (pixel-wise
    cross-entropy) and ``mask_kl`` (1e-5). Small configs, which go without perceptual weights, add ``pixel``
    (L1).

    Players: the generator, by the image of its own label map; the blender with the generator, by the blend;
    the discriminator; the MaskVAE, by the batch's label maps alone. Editing-behaviour simulated training
    (section 3.3): the MaskVAE draws two maps, slightly towards and away from a reference's; both are rendered
    with the style of the real image, and their blend must look like it. Without a ``blender`` there is none
    of it (as, it seems, in SAU's paper on street scenes). Maps that were made before, ``inter_label`` and
    ``outer_label`` of the batch, are taken as they are (the released code's data).

    Open: the turns' order (generator, blender, discriminator, MaskVAE here); the paper trains the parts first
    (stage 1), then all (stage 2), while here they learn side by side; the reference is the batch's next map.

    Args:
        blender: arguments of :class:`AlphaBlender`; None for none.
        mask_vae: arguments of :class:`MaskVAE` but for ``num_classes``; None for none.
        lambda_inter: of the interpolation (2.5).

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'feature_matching', 'perceptual', 'pixel', 'label_mix',
                  'mask_reconstruction', 'mask_kl')
    player_networks = dict(generator=('generator',), blender=('generator', 'blender'),
                           discriminator=('discriminator',), mask_vae=('mask_vae',))
    generating_players = ('generator', 'blender')
    players_without_fakes = ('mask_vae',)
    only_in_training = ('blender', 'mask_vae')
    # Convolutions from N(0, 0.02), PyTorch's biases. (The released code leaves transposed ones at PyTorch's.)
    default_options = GANOptions(init=dict(method='normal', gain=0.02, keep_biases=True))

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, blender: dict | None = None, mask_vae: dict | None = None,
                 lambda_inter: float = 2.5) -> None:
        super().__init__(generator, discriminator, losses, options)
        self.blender = self.mask_vae = None
        for name, kind, arguments in (('blender', AlphaBlender, blender), ('mask_vae', MaskVAE, mask_vae)):
            check_arguments(kind, arguments or {}, name, given=('num_classes',), complete=False)
        if blender is not None:
            self.blender = initialise(AlphaBlender(**blender), **self.options.init)
        if mask_vae is not None:
            self.mask_vae = MaskVAE(self.guided_input.num_classes, **mask_vae)
        self.lambda_inter = lambda_inter

    def players(self) -> dict[str, list[nn.Module]]:
        """Without a blender there is no such player, though the generator would be left of it."""
        players = super().players()
        return players if self.blender is not None else {
            name: networks for name, networks in players.items() if name != 'blender'}

    def test_inputs(self) -> TestInputs:
        """The style comes from a picture, of another label map where that is given."""
        return TestInputs((*self.generator_inputs, 'target_image'), STYLES)

    def prepare(self, batch: Batch) -> Batch:
        """With two simulated edits of the label maps (equation 2), where there is a MaskVAE to draw them."""
        if self.mask_vae is None or self.blender is None or 'inter_label' in batch:
            return batch
        semantics = self.semantics(batch)
        with torch.no_grad():
            drawn = self.mask_vae(semantics, semantics.roll(1, 0), self.lambda_inter)
        return dict(batch, inter_label=drawn['inter_logits'].argmax(1),
                    outer_label=drawn['outer_logits'].argmax(1))

    def semantics(self, batch: Batch) -> Tensor:
        return one_hot(batch['label'], self.guided_input.num_classes, batch['target_image'].dtype)

    def generate(self, batch: Batch) -> Fakes:
        """I = G(M, style(I_t, M_t)); with edits their two images as well, and the blend (equation 3).

        The style is read once, and all label maps are rendered in one pass.
        """
        given = {name: batch[name] for name in STYLES if name in batch}
        if not {'exemplar_image', 'style'} & {*given}:
            given['exemplar_image'] = batch['target_image']
        if self.training:
            batch = self.prepare(batch)
        if self.blender is None or 'inter_label' not in batch:
            return self.generator(**self.guidance(batch), **given)
        labels = torch.cat([batch['label'], batch['inter_label'], batch['outer_label']])
        image, inter, outer = self.generator(labels, exemplar_image=batch['target_image'],
                                             exemplar_label=batch['label'])['image'].chunk(3)
        return dict(image=image, inter_image=inter, outer_image=outer, **self.blender(inter, outer))

    def blender_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """The same terms, of the blend."""
        if 'blend' not in fakes:
            raise InputError('MaskGAN: its blender learns from simulated edits; give it a mask_vae, or '
                             'inter_label and outer_label in the batch')
        return super().generator_losses(batch, dict(image=fakes['blend']))

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = super().discriminator_losses(batch, fakes)
        if 'blend' in fakes:
            on_blend, on_real = self.discriminate(batch, fakes['blend'])
            losses['blend'] = self.losses['adversarial'].discriminator(on_real, on_blend,
                                                                       self.judged_label(batch))['fake']
        return losses

    def mask_vae_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        drawn = self.mask_vae(self.semantics(batch))
        return dict(
            mask_reconstruction=self.losses['mask_reconstruction'](drawn['label_logits'], batch['label']),
            mask_kl=self.losses['mask_kl'](drawn['mean'], drawn['log_variance']))
