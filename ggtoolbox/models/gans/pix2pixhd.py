"""pix2pixHD: high-resolution synthesis from label maps, with styles of instances to choose.

Wang et al., High-Resolution Image Synthesis and Semantic Manipulation with Conditional GANs, CVPR 2018.
"""
from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS

from ..layers.derived import Derived
from ..layers.feature_clusters import FeatureClusters
from .base import Batch, Fakes, TestInputs
from .gaugan import GauGAN
from .options import GANOptions


@MODELS.register_module()
class Pix2pixHD(GauGAN):
    """pix2pixHD, whose objective GauGAN took over; reads ``label`` and ``edge``, learns ``target_image``.

    Losses, by name: ``adversarial`` (least squares, summed over the scales: equation 3),
    ``feature_matching`` (10; equation 4) and ``perceptual`` (10). With an encoder E, which reads
    ``instance`` too, the generator gets E(x), averaged over each instance, beside the labels, and the
    discriminator the labels alone. A test draws the style of each instance from the centres that
    :meth:`cluster` has found; before that it encodes the real image, as the released code does for the
    pictures that it shows in training.

    Paper and code differ: equation 5 adds the feature matching up over the scales, the released code
    averages it (as we do: with three scales, weight 30 is the paper's); the paper has three discriminators,
    the released code two at 1024 x 512 and three at 2048 x 1024. In the code one forward of the generator
    serves both turns (``reuse_fakes``).

    Args:
        encoder: config of ``BACKBONES`` (``InstanceFeatureEncoder``), which shares the generator's
            optimiser; None for a generator that reads no ``instance_features``.
        num_clusters: styles of a class to choose from.

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('adversarial', 'feature_matching', 'perceptual')
    default_options = GANOptions(reuse_fakes=True)

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, encoder: dict | None = None, num_clusters: int = 10) -> None:
        super().__init__(generator, discriminator, losses, options, encoder)
        features = getattr(self.generator, 'feature_channels', 0)
        if bool(features) != (self.encoder is not None):
            found = 'none' if self.encoder is None else 'one'
            raise InputError('Pix2pixHD: an encoder and model.generator.feature_channels need each other, '
                             f'found {found} and {features}')
        self.clusters = None
        if features:
            self.clusters = FeatureClusters(self.guided_input.num_classes, features, num_clusters)

    def derived(self) -> dict[str, dict[str, Derived]]:
        return dict(super().derived(),
                    encoder=dict(feature_channels=self.from_generator.attribute('feature_channels')))

    def test_inputs(self) -> TestInputs:
        """With an encoder also ``instance``, and the real image until :meth:`cluster` has found styles."""
        if self.encoder is None:
            return TestInputs(self.generator_inputs)
        fitted = self.clusters is not None and self.clusters.fitted
        real = () if fitted else ('target_image',)
        return TestInputs((*self.generator_inputs, 'instance', *real), ('instance_features',))

    def generate(self, batch: Batch) -> Fakes:
        """x = G(s, E(x)), or G(s, f) with the ``instance_features`` f of the batch."""
        features = batch.get('instance_features')
        if features is None and self.encoder is not None:
            features = self.encode(batch)
        styles = {} if features is None else dict(instance_features=features)
        return self.generator(**self.guidance(batch), **styles)

    def encode(self, batch: Batch) -> Tensor:
        """The style of each instance of the real images, (B, F, H, W)."""
        return self.encoder(batch['target_image'], _instances(batch))['instance_features']

    @torch.no_grad()
    def cluster(self, batches: Iterable[Batch]) -> None:
        """Find the styles of each class in ``batches`` of real images (on the model's device)."""
        was_training = self.encoder.training
        self.encoder.eval()
        found = [self.clusters.collect(self.encode(batch), batch['label'], _instances(batch))
                 for batch in batches]
        self.encoder.train(was_training)
        self.clusters.fit(*map(torch.cat, zip(*found)))

    @torch.no_grad()
    def predict(self, batch: Batch) -> list[dict]:
        """As :meth:`BaseGAN.predict`, with styles drawn at random where the batch gives none."""
        if self.clusters is not None and self.clusters.fitted and 'instance_features' not in batch:
            batch = {**batch, 'instance_features': self.clusters.draw(batch['label'], _instances(batch))}
        return super().predict(batch)


def _instances(batch: Batch) -> Tensor:
    if 'instance' not in batch:
        raise InputError("Pix2pixHD: styles of instances need 'instance' in the batch; add it to the keys of "
                         'PackTensors')
    return batch['instance']
