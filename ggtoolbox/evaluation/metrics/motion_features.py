"""What is measured on the features of dances: a Frechet distance, diversity and multimodality."""
from __future__ import annotations

import hashlib

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS

from ..dance import mean_distance
from ..images import read_array, read_field
from ..moments import Moments
from ..networks import describe, name_of, shared_extractor
from .base import ListMetric
from .fid import frechet_distance

# Of a sample: of what was generated and of the real dance, (D,) each, and whose music it is.
Features = tuple[NDArray, NDArray, str]


@METRICS.register_module()
class MotionFeatures(ListMetric):
    """How dances are distributed, by the features of a pose network (Lee et al., Dancing to Music, NeurIPS
    2019).

    Values: ``FD_<network>``, the Frechet distance between generated and real dances, lower is better, which
    DanceGAN's tables call FID and whose network the thesis does not name; ``Diversity``, the mean Euclidean
    distance over all pairs of generated dances, and ``Diversity_real`` of the real ones, which it should come
    near; where several dances have the same music ``Multimodality``, the mean over musics of the mean
    distance between its dances, and ``Multimodality_real``.

    Protocol: mean of the last block over frames and joints; unbiased covariances in double precision.

    Args:
        feature_network: of ``BACKBONES``, a module, or a judge's name; takes (B, F, J, 2), and returns
            ``layer``.
        layer: (B, D) features.
        key, target: fields of the generated and of the real dance, (F, J, 2).

    Raises:
        InputError: fewer than two dances; a network without such a layer.
    """

    def __init__(self, feature_network: dict | torch.nn.Module | str = 'toyworld_dance',
                 layer: str = 'features', key: str = 'motion', target: str = 'target_motion',
                 collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.name, self.layer, self.key, self.target = f'FD_{name_of(feature_network)}', layer, key, target
        self.protocol = f'{describe(feature_network)}, {layer}; all dances'
        self.network = shared_extractor(feature_network).network

    def judge(self, samples: list[dict]) -> list[Features]:
        sides = []
        for field in (self.key, self.target):
            dances = [torch.as_tensor(read_field(sample, field, self.name)) for sample in samples]
            sides.append(self._features(torch.stack(dances).float()))
        musics = [hashlib.sha256(np.ascontiguousarray(read_array(sample, 'audio', self.name))).hexdigest()
                  for sample in samples]
        return list(zip(*sides, musics))

    @torch.no_grad()
    def _features(self, dances: Tensor) -> NDArray:
        outputs = self.network.to(dances.device)(dances)
        if self.layer not in outputs:
            raise InputError(f'{self.name}: the network has no layer {self.layer!r} (it has '
                             f'{", ".join(outputs)})')
        return outputs[self.layer].cpu().double().numpy()

    def summarise(self, results: list[Features]) -> dict[str, float]:
        *sides, musics = zip(*results)
        sides = [np.stack(side) for side in sides]
        values = {self.name: frechet_distance(*map(_statistics, sides))}
        groups: dict[str, list[int]] = {}
        for place, music in enumerate(musics):
            groups.setdefault(music, []).append(place)
        several = [places for places in groups.values() if len(places) > 1]
        for ending, features in zip(('', '_real'), sides):
            values[f'Diversity{ending}'] = mean_distance(features)
            if several:
                values[f'Multimodality{ending}'] = np.mean([mean_distance(features[g]) for g in several])
        return values


def _statistics(features: NDArray) -> tuple[NDArray, NDArray]:
    moments = Moments()
    for row in features:
        moments.add(row)
    return moments.mean, moments.covariance()
