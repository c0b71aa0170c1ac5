"""Are generated images copies of training images?"""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import rankdata

from ggtoolbox.datasets.files import list_images, read_image
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS, METRICS

from ..feature_rows import DEFAULT, FeatureNetwork, FeatureRows, two_sides
from ..images import image_bytes
from .base import ListMetric

CLOSEST = 0.05  # of the real test images: as near as these is close


def share_nearer(generated: NDArray, real: NDArray) -> float:
    """Of all pairs of a generated and a real image, the share in which the generated one is nearer; equal
    ones count half.

    It is the statistic of Mann and Whitney's test over its largest value, as in Meehan et al., AISTATS 2020.

    Args:
        generated, real: (N,) and (M,) distances to the nearest training image.
    """
    ranks = rankdata(np.concatenate([generated, real]))[:len(generated)]
    farther = ranks.sum() - len(generated) * (len(generated) + 1) / 2
    return float(1 - farther / (len(generated) * len(real)))


def share_close(generated: NDArray, real: NDArray, closest: float = CLOSEST) -> float:
    """Share of the generated images that are nearer to training images than all but the ``closest`` share of
    the real ones; as :func:`share_nearer`."""
    return float((generated < np.quantile(real, closest)).mean())


def nearest_images(rows: NDArray, training: NDArray) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(N,) distance to the nearest of the training rows, and which one it is."""
    return cKDTree(training).query(rows)


def training_images(training: str | dict) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Names and pictures: of a folder, or ``target_image`` of a data set."""
    if isinstance(training, str):
        for file in list_images(training):
            yield str(file), read_image(file, eight_bits=True)
        return
    pictures = DATASETS.build(training)
    for index in range(len(pictures)):
        sample = pictures[index]
        yield str(sample.get('name', index)), image_bytes(sample, 'target_image', 'Memorisation')


@METRICS.register_module()
class Memorisation(ListMetric):
    """Are generated images nearer to the training images than real test images are? For sets of some hundred
    images, which a network can learn by heart.

    ``Memorisation``: of all pairs of a generated and a real test image, the share in which the generated one
    is nearer to its nearest training image: 0.5 where both are alike, 1 where every generated image is
    nearer (copies); far below 0.5 says only that generated images are unlike all real ones.
    ``Memorisation_close``: the share of generated images that are nearer than 95 % of the real ones, 0.05
    where both are alike; it sees few copies among many images.

    Protocol: the features of :class:`~.fid.FID`, Euclidean distances. Meehan et al., AISTATS 2020, without
    their cells.

    Args:
        training: folder of the training images, or the config of their data set (its ``target_image``).
        feature_network, layer, weights: as in :class:`~.fid.FID`; ``Memorisation_<network>``.

    Attributes:
        nearest: after ``evaluate``: (name, name of the nearest training image, distance) of each generated
            image, the nearest first.

    Raises:
        InputError: no weights, no training images; fewer than two test images on a side.
    """

    values = '{name}', '{name}_close'

    def __init__(self, training: str | dict, key: str = 'image', target: str = 'target_image',
                 feature_network: FeatureNetwork = DEFAULT, layer: str | None = None,
                 weights: str | None = None, collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.sides = dict(generated=key, real=target)
        self.features = FeatureRows('Memorisation', feature_network, layer, weights)
        self.name = self.features.name
        self.names: list[str] = []
        self.training = self.features.of_images(self._named(training))
        if not self.names:
            raise InputError(f'{self.name}: expected training images, found none in {training}')
        self.nearest: list[tuple[str, str, float]] = []
        self.protocol = f'{self.features.protocol}; nearest of {len(self.names)} training images'

    def _named(self, training: str | dict) -> Iterator[NDArray[np.uint8]]:
        for name, image in training_images(training):
            self.names.append(name)
            yield image

    def judge(self, samples: list[dict]) -> list[dict[str, NDArray]]:
        rows = self.features.of_samples(samples, self.sides)
        return [dict(row, name=str(sample.get('name'))) for row, sample in zip(rows, samples)]

    def number(self, results: list[dict]) -> int:
        return sum('generated' in row for row in results)

    def summarise(self, results: list[dict]) -> dict[str, float]:
        generated, real = (nearest_images(rows, self.training)
                           for rows in two_sides(results, None, self.name))
        names = [row['name'] for row in results if 'generated' in row]
        self.nearest = sorted(((name, self.names[place], float(distance))
                               for name, distance, place in zip(names, *generated)), key=lambda it: it[2])
        return {self.name: share_nearer(generated[0], real[0]),
                f'{self.name}_close': share_close(generated[0], real[0])}

