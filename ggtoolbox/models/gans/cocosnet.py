"""CoCosNet: an image with the layout wanted and the look of an exemplar.

Zhang et al., Cross-domain Correspondence Learning for Exemplar-based Image Translation, CVPR 2020.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.derived import Derived
from ..layers.layout import one_hot
from .base import BaseGAN, Batch, Fakes, TestInputs
from .options import GANOptions
from .side_by_side import judge_side_by_side

WANTED, EXEMPLARS = ('label', 'target_guide'), ('exemplar_label', 'exemplar_guide')


@MODELS.register_module()
class CoCosNet(BaseGAN):
    """CoCosNet; reads ``label`` or ``target_guide``, ``exemplar_image`` and its own ``exemplar_label`` or
    ``exemplar_guide``, learns ``target_image``.

    The exemplar is another image, or in training the image itself in another crop (``self_reference`` 1).

    Losses, by name: ``adversarial`` (hinge, 10), ``feature_matching`` (of D, 10), ``features``
    (:class:`ExemplarFeatureLoss`: equations 5 to 7), ``domain_alignment`` (L1, 10; equation 8),
    ``warp_cycle`` (L1, equation 9), ``warp_self`` (L1, 100 for poses) of self-referenced samples, and
    ``label`` (:class:`CorrespondingLabelLoss`, 100). Small configs, which go without VGG19's features, add
    ``pixel`` (L1), of self-referenced samples, too: equation 5 at the image itself.

    Paper and code: the cycle of warps regularises all set-ups in the paper; in the code its weight is 0 for
    ADE20K and DeepFashion, which have ``label`` and ``warp_self`` instead; matching of D's features and D's
    attention are in the code alone. One forward serves both turns, the generators' first.

    Args:
        correspondence_network: config of ``GENERATORS``; shares the generator's optimiser. What it is told
            of the layout is the generator's.
        overlaid_class: a class whose pixels ``mask`` and ``exemplar_mask`` give beside those of ``label``
            (glasses of CelebA-HQ: 16); None for none.

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'feature_matching', 'features', 'domain_alignment', 'warp_cycle',
                  'warp_self', 'label', 'pixel')
    player_networks = dict(generator=('generator', 'correspondence_network'),
                           discriminator=('discriminator',))
    default_options = GANOptions(reuse_fakes=True)

    def __init__(self, generator: dict, correspondence_network: dict, discriminator: dict | None = None,
                 losses: dict | None = None, options: dict | None = None,
                 overlaid_class: int | None = None) -> None:
        super().__init__(generator, discriminator, losses, options)
        self.correspondence_network = self.build_network(
            GENERATORS, correspondence_network, 'correspondence_network')
        self.blind, self.overlaid_class = self.correspondence_network.blind, overlaid_class
        self.num_classes = self.guided_input.num_classes
        self.wanted = tuple(name for name in WANTED if name in self.guided_input.names)
        if overlaid_class is not None and not 0 <= overlaid_class < self.num_classes:
            raise InputError(f'CoCosNet: overlaid_class must be one of the {self.num_classes} classes, found '
                             f'{overlaid_class}')

    def derived(self) -> dict[str, dict[str, Derived]]:
        layout = tuple(name for name in WANTED if name in self.generator_inputs)
        told = dict(num_classes=self.from_generator.channels('label'),
                    guide_channels=self.from_generator.channels('target_guide'))
        return dict(self.from_generator.in_channels(dict(discriminator=('image', *layout))),
                    correspondence_network=told)

    def test_inputs(self) -> TestInputs:
        """The layout wanted, the exemplar, and its own layout unless the network is blind to that."""
        masks = ('mask', 'exemplar_mask') if self.overlaid_class is not None else ()
        own = () if self.blind else tuple(EXEMPLARS[WANTED.index(name)] for name in self.wanted)
        return TestInputs((*self.wanted, 'exemplar_image', *own), masks)

    def layout(self, batch: Batch) -> dict[str, Tensor]:
        """The layout wanted, by the networks' arguments."""
        given = {name: batch[name] for name in self.wanted}
        return self._overlay(given, 'label', batch.get('mask'))

    def exemplar_layout(self, batch: Batch) -> dict[str, Tensor]:
        """The exemplar's own layout, by the networks' arguments."""
        if self.blind:
            return {}
        given = {EXEMPLARS[WANTED.index(name)]: batch[EXEMPLARS[WANTED.index(name)]] for name in self.wanted}
        return self._overlay(given, 'exemplar_label', batch.get('exemplar_mask'))

    def _overlay(self, given: dict[str, Tensor], name: str, mask: Tensor | None) -> dict[str, Tensor]:
        if self.overlaid_class is None or mask is None:
            return given
        classes = one_hot(given[name], self.num_classes, mask.dtype)
        classes[:, self.overlaid_class] = torch.maximum(classes[:, self.overlaid_class], mask[:, 0])
        return {**given, name: classes}

    def generate(self, batch: Batch) -> Fakes:
        """r = the exemplar, warped into the layout (equations 3 and 4), and G(x, r)."""
        layout = self.layout(batch)
        real = batch.get('target_image') if self.training else None
        found = self.correspondence_network(batch['exemplar_image'], target_image=real, **layout,
                                            **self.exemplar_layout(batch))
        drawn = self.generator(source_image=found['image'], **layout)
        return {**found, 'warped_image': found['image'], **drawn}

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses, real = {}, batch['target_image']
        own = batch.get('self_reference')
        own = real.new_zeros(len(real)) if own is None else own
        if 'domain_alignment' in self.losses:
            losses['domain_alignment'] = self.losses['domain_alignment'](fakes['layout_features'],
                                                                         fakes['image_features'])
        if 'warp_cycle' in self.losses:
            losses['warp_cycle'] = self.losses['warp_cycle'](fakes['cycled'], fakes['small_exemplar'])
            if 'cycled_target' in fakes:
                losses['warp_cycle_target'] = self.losses['warp_cycle'](fakes['cycled_target'],
                                                                        fakes['small_target'])
        share = (own / (own.sum() + 1e-5)).view(-1, 1, 1, 1)
        for name, drawn in (('warp_self', 'warped_image'), ('pixel', 'image')):
            if name in self.losses:
                losses[name] = self.losses[name](share * fakes[drawn], share * real)
        if 'adversarial' in self.losses:
            on_fake, on_real = self.discriminate(batch, fakes['image'])
            losses['adversarial'] = self.losses['adversarial'].generator(on_fake, on_real)
            if 'feature_matching' in self.losses:
                losses['feature_matching'] = self.losses['feature_matching'](on_fake, on_real)
        if 'features' in self.losses:
            losses.update(self.losses['features'].terms(fakes['image'], real, batch['exemplar_image'], own))
        if 'label' in self.losses:
            size = fakes['warped_layout'].shape[2:]
            label, exemplar_label = (resize_ids(batch[name], size) for name in ('label', 'exemplar_label'))
            losses['label'] = self.losses['label'](fakes['warped_layout'], label, exemplar_label)
        return losses

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        on_fake, on_real = self.discriminate(batch, fakes['image'])
        return self.losses['adversarial'].discriminator(on_real, on_fake)

    def discriminate(self, batch: Batch, fake: Tensor) -> list[list[DiscriminatorOutput]]:
        """D(x, fake) and D(x, real), as from one forward: both see the same spectral norm."""
        layout = self.layout(batch)
        condition = self.guided_input(source_image=fake.detach(), dtype=fake.dtype, **layout)[:, 3:]
        return judge_side_by_side(self.discriminator, [fake, batch['target_image'].to(fake.dtype)], condition)


def resize_ids(label: Tensor, size: tuple[int, int]) -> Tensor:
    """(B, H, W) class ids -> (B, *size), by nearest neighbour."""
    return F.interpolate(label.unsqueeze(1).float(), size=size, mode='nearest').squeeze(1).long()
