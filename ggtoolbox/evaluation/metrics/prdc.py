"""Precision, recall, density and coverage of sets of images."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS

from ..feature_rows import DEFAULT, FeatureNetwork
from .set_distance import SetDistance


def neighbour_radii(rows: NDArray, neighbours: int) -> NDArray[np.float64]:
    """(N,) distance of each row to the k-th nearest of the others."""
    return np.partition(cdist(rows, rows), neighbours, axis=1)[:, neighbours]


def precision_recall_density_coverage(generated: NDArray, real: NDArray, neighbours: int = 5
                                      ) -> tuple[float, float, float, float]:
    """In this order, with balls around rows that reach to their k-th nearest neighbour on their own side:

    precision, the share of generated rows in a real row's ball; recall, of real rows in a generated row's
    ball (Kynkaanniemi et al., NeurIPS 2019); density, the mean over generated rows of the number of real
    balls they are in, divided by k; coverage, the share of real balls that a generated row is in (Naeem et
    al., ICML 2020).

    Args:
        generated, real: (N, D) and (M, D).
        neighbours: k, smaller than N and M.
    """
    distances = cdist(real, generated)
    in_real = distances < neighbour_radii(real, neighbours)[:, None]
    in_generated = distances < neighbour_radii(generated, neighbours)[None]
    return (float(in_real.any(0).mean()), float(in_generated.any(1).mean()),
            float(in_real.sum(0).mean() / neighbours), float(in_real.any(1).mean()))


@METRICS.register_module()
class PRDC(SetDistance):
    """Precision (of generated images that are like real ones), recall (of real images that are like generated
    ones), density and coverage, which outliers do not mislead; higher is better, 1 for equal sets but for
    density, which may be larger.

    Protocol: the features of :class:`~.fid.FID`, Euclidean distances, balls that reach to the 5th nearest
    neighbour; see :func:`precision_recall_density_coverage`. The values depend on the numbers of images,
    which should be alike. Reference: Naeem et al.'s ``prdc``. A row of features an image is kept.

    Args:
        key, target, statistics, feature_network, layer, weights: as in :class:`SetDistance`.
        neighbours: k.

    Raises:
        InputError: no weights; as many images as ``neighbours`` on a side, or fewer.
    """

    def __init__(self, key: str = 'image', target: str = 'target_image', statistics: str | None = None,
                 neighbours: int = 5, feature_network: FeatureNetwork = DEFAULT, layer: str | None = None,
                 weights: str | None = None, collect_device: str = 'cpu') -> None:
        if neighbours < 1:
            raise InputError(f'PRDC: neighbours must be positive, found {neighbours}')
        super().__init__('PRDC', key, target, statistics, feature_network, layer, weights, 'half_pixel',
                         collect_device)
        self.neighbours = neighbours
        ending = self.name.removeprefix('PRDC')
        self.values = tuple(f'{what}{ending}' for what in ('Precision', 'Recall', 'Density', 'Coverage'))
        self.protocol = f'{self.features.protocol}; {neighbours} nearest neighbours'

    def summarise(self, results: list[dict[str, NDArray]]) -> dict[str, float]:
        sides = self.rows(results, self.neighbours + 1)
        return dict(zip(self.values, precision_recall_density_coverage(*sides, self.neighbours)))
