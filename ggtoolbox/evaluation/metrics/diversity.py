"""How much the samples of one input differ."""
from __future__ import annotations

from itertools import combinations

import numpy as np
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS

from ..images import image_bytes, read_field
from ..networks import name_of
from .base import ListMetric
from .lpips import LPIPSDistance


@METRICS.register_module()
class Diversity(ListMetric):
    """Mean LPIPS between the samples of one input, higher is more diverse.

    Protocol: all pairs of an input's samples, their mean; then the mean over inputs, so that every input
    counts the same; LPIPS as in :class:`~.lpips.LPIPS`. Equal samples have 0. The number of images in the
    table is the number of inputs. Zhu et al., NeurIPS 2017 (BicycleGAN), who draw pairs at random.

    Args:
        key: the field with an input's samples: (S, 3, H, W) in [-1, 1], or a list of (H, W, 3) of 8 bits.
        backbone, weights, linear_weights, feature_network: see :class:`~.lpips.LPIPSDistance`.

    Raises:
        InputError: no weights; an input with fewer than two samples, or samples of different sizes.
    """

    def __init__(self, key: str = 'samples', backbone: str = 'alex', weights: str | None = None,
                 linear_weights: str | None = None,
                 feature_network: dict | nn.Module | str | None = None, collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.key = key
        self.name = 'Diversity' if feature_network is None else f'Diversity_{name_of(feature_network)}'
        self.distance = LPIPSDistance(self.name, backbone, weights, linear_weights, feature_network)
        network = backbone if feature_network is None else name_of(feature_network)
        self.protocol = f'LPIPS {network}, all pairs of the samples of an input, mean of inputs'

    def judge(self, samples: list[dict]) -> list[float]:
        return [self._of_input(sample) for sample in samples]

    def _of_input(self, sample: dict) -> float:
        drawn = read_field(sample, self.key, self.name)
        images = [image_bytes({'name': sample.get('name'), self.key: image}, self.key, self.name)
                  for image in drawn]
        if len(images) < 2:
            raise InputError(f"{self.name}: the input {sample.get('name')!r} has {len(images)} sample, "
                             'expected two or more')
        if len({image.shape for image in images}) > 1:
            raise InputError(f"{self.name}: the samples of the input {sample.get('name')!r} differ in size")
        features = self.distance.extractor.of_images(images, getattr(drawn, 'device', None))
        first, second = zip(*combinations(features, 2))
        return float(np.mean(self.distance(first, second)))

    def summarise(self, results: list[float]) -> dict[str, float]:
        return {self.name: np.mean(results)}
