"""Kernel inception distance."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.registry import METRICS

from ..feature_rows import DEFAULT, FeatureNetwork, FeatureRows, two_sides
from .base import ListMetric


def squared_discrepancy(first: NDArray, second: NDArray) -> float:
    """Unbiased squared maximum mean discrepancy with the kernel (x . y / D + 1)^3; can be negative.

    Args:
        first, second: (N, D) and (M, D), of at least two rows each.
    """
    first, second = np.float64(first), np.float64(second)

    def within(rows: NDArray) -> float:
        kernel = (rows @ rows.T / rows.shape[1] + 1) ** 3
        return (kernel.sum() - np.trace(kernel)) / (len(rows) * (len(rows) - 1))

    between = ((first @ second.T / first.shape[1] + 1) ** 3).mean()
    return float(within(first) + within(second) - 2 * between)


def kernel_distances(generated: NDArray, real: NDArray, subsets: int = 100, subset_size: int = 1000,
                     seed: int = 0) -> NDArray[np.float64]:
    """(``subsets``,) discrepancies of rows drawn without replacement from both sides."""
    random = np.random.default_rng(seed)
    size = min(subset_size, len(generated), len(real))
    return np.array([squared_discrepancy(*(rows[random.choice(len(rows), size, replace=False)]
                                           for rows in (generated, real))) for _ in range(subsets)])


@METRICS.register_module()
class KID(ListMetric):
    """Kernel inception distance (Binkowski et al., ICLR 2018), lower is better, 0 on average for equals.

    Protocol: the features of :class:`~.fid.FID`; mean (``KID``) and population deviation (``KID_std``) of the
    unbiased estimate with the kernel (x . y / D + 1)^3 over 100 subsets of 1000 images of each side, drawn
    with a fixed seed; of fewer images, subsets have as many as there are. Not multiplied by 1000 or 100.
    A row of features an image is kept. Reference: the paper; torch-fidelity has the same numbers.

    Args:
        weights, feature_network, layer, resize: as in :class:`~.fid.FID`; ``KID_<network>``.
        statistics: ``.npz`` of the real images with ``features`` (N, D), as
            ``tools/analysis_tools/feature_statistics.py`` writes it, instead of the samples' ``target``.
        subsets, subset_size, seed: of the draws.

    Raises:
        InputError: no weights; fewer than two images on a side.
    """

    values = '{name}', '{name}_std'

    def __init__(self, key: str = 'image', target: str = 'target_image', weights: str | None = None,
                 statistics: str | None = None, feature_network: FeatureNetwork = DEFAULT,
                 layer: str | None = None, resize: str = 'half_pixel', subsets: int = 100,
                 subset_size: int = 1000, seed: int = 0, collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.sides = dict(generated=key, **({} if statistics else dict(real=target)))
        self.subsets, self.subset_size, self.seed = subsets, subset_size, seed
        self.features = FeatureRows('KID', feature_network, layer, weights, resize)
        self.name = self.features.name
        self.real = None if statistics is None else self.features.read_rows(statistics)
        self.protocol = f'{self.features.protocol}; cubic kernel, {subsets} subsets of {subset_size}'

    def judge(self, samples: list[dict]) -> list[dict[str, NDArray]]:
        return self.features.of_samples(samples, self.sides)

    def number(self, results: list[dict[str, NDArray]]) -> int:
        return sum('generated' in row for row in results)

    def summarise(self, results: list[dict[str, NDArray]]) -> dict[str, float]:
        found = kernel_distances(*two_sides(results, self.real, self.name), self.subsets, self.subset_size,
                                 self.seed)
        return {self.name: found.mean(), f'{self.name}_std': found.std()}
