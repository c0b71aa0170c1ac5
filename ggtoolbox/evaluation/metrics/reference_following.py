"""Whether an image has taken the look of its exemplar."""
from __future__ import annotations

import numpy as np
import torch

from ggtoolbox.registry import METRICS

from ..networks import describe, shared_extractor
from .base import ListMetric


@METRICS.register_module()
class ReferenceFollowing(ListMetric):
    """Share of images that are nearer to their exemplar than to another one of the same domain, 0 to 1.

    Protocol: Euclidean distances of a layer's features; an image half way counts a half. What ignores its
    exemplar has 0.5 (the floor: sources handed back), the exemplar handed back has 1. Ours: StarGAN v2 shows
    pictures, and measures diversity alone.

    Args:
        feature_network: of ``BACKBONES``, a module, or a judge's name.
        layer: of its features, a vector an image.
        key, exemplar, other: fields of the generated image and of both exemplars.
    """

    name = 'Following'

    def __init__(self, feature_network: dict | torch.nn.Module | str, layer: str = 'features',
                 key: str = 'image', exemplar: str = 'exemplar_image', other: str = 'second_exemplar_image',
                 collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.layer, self.fields = layer, (key, exemplar, other)
        self.extractor = shared_extractor(feature_network)
        self.protocol = f'{describe(feature_network)}, {layer}, nearer to the exemplar than to another'

    def judge(self, samples: list[dict]) -> list[float]:
        found = zip(*(self.extractor.of_field(samples, field, self.name) for field in self.fields))
        return [self._nearer(*(features[self.layer] for features in trio)) for trio in found]

    @staticmethod
    def _nearer(image: torch.Tensor, exemplar: torch.Tensor, other: torch.Tensor) -> float:
        difference = (image - other).norm() - (image - exemplar).norm()
        return 0.5 + 0.5 * float(difference.sign())

    def summarise(self, results: list[float]) -> dict[str, float]:
        return {self.name: float(np.mean(results))}
