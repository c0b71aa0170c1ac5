"""Whether generated faces have the attributes that were asked for."""
from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS

from ..images import read_array
from ..networks import describe, shared_extractor
from .base import ListMetric

Row = tuple[NDArray[np.bool_], NDArray[np.bool_] | None]  # attributes that are right, that were to change


@METRICS.register_module()
class AttributeAccuracy(ListMetric):
    """What a classifier finds in generated images against the ``attributes`` asked for, 0 to 1.

    Protocol: an attribute is there where its logit is above 0. ``Attributes``: share of all attributes of all
    images that are as asked for. Where samples hold ``source_attributes``: ``Changed``, of the images that
    were to change, the share in which everything that was to has (StarGAN's test; its paper gives the
    classification error of translated expressions); ``Kept``, the share of the other attributes that are the
    source's. NaN where there is nothing to count.

    Args:
        classifier: a network of ``BACKBONES``, a module, or a judge's name, with ``attribute_logits`` (B, A).
        key: field of the generated image.

    Raises:
        InputError: the classifier finds another number of attributes than the samples hold, or none.
    """

    name = 'Attributes'
    values = 'Attributes', 'Changed', 'Kept'

    def __init__(self, classifier: dict | torch.nn.Module | str, key: str = 'image',
                 collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.key, self.extractor = key, shared_extractor(classifier)
        self.protocol = f'{describe(classifier)}, logits above 0'

    def judge(self, samples: list[dict]) -> list[Row]:
        """Of each sample, which attributes are right and which were to change."""
        found = self.extractor.of_field(samples, self.key, self.name)
        return [self._row(sample, features) for sample, features in zip(samples, found)]

    def _row(self, sample: dict, features: dict[str, torch.Tensor]) -> Row:
        if 'attribute_logits' not in features:
            raise InputError(f'{self.name}: expected a classifier with attribute_logits, found '
                             f'{", ".join(features)}')
        there = features['attribute_logits'].cpu().numpy() > 0
        wanted = read_array(sample, 'attributes', self.name) > 0.5
        if wanted.shape != there.shape:
            raise InputError(f'{self.name}: the classifier knows {there.size} attributes, the samples hold '
                             f'{wanted.size}')
        if 'source_attributes' not in sample:
            return there == wanted, None
        return there == wanted, wanted != (read_array(sample, 'source_attributes', self.name) > 0.5)

    def summarise(self, results: list[Row]) -> dict[str, float]:
        values = dict(Attributes=float(np.mean([right for right, _ in results])))
        pairs = [(right, change) for right, change in results if change is not None]
        if pairs:
            reached = [right[change].all() for right, change in pairs if change.any()]
            kept = np.concatenate([right[~change] for right, change in pairs])
            values.update(Changed=np.mean(reached) if reached else float('nan'),
                          Kept=np.mean(kept) if kept.size else float('nan'))
        return values
