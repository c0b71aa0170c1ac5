"""Kernel inception distance."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.registry import METRICS

from ..feature_rows import DEFAULT, FeatureNetwork
from .set_distance import SetDistance


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
class KID(SetDistance):
    """Kernel inception distance (Binkowski et al., ICLR 2018), lower is better, 0 on average for equals.

    Protocol: the features of :class:`~.fid.FID`; mean (``KID``) and population deviation (``KID_std``) of the
    unbiased estimate with the kernel (x . y / D + 1)^3 over 100 subsets of 1000 images of each side, drawn
    with a fixed seed; of fewer images, subsets have as many as there are. Not multiplied by 1000 or 100.
    A row of features an image is kept. Reference: the paper; torch-fidelity has the same numbers.

    Args:
        key, target, statistics, weights, feature_network, layer, resize: as in :class:`SetDistance`;
            ``KID_<network>``.
        subsets, subset_size, seed: of the draws.

    Raises:
        InputError: no weights; fewer than two images on a side.
    """

    values = '{name}', '{name}_std'

    def __init__(self, key: str = 'image', target: str = 'target_image', weights: str | None = None,
                 statistics: str | None = None, feature_network: FeatureNetwork = DEFAULT,
                 layer: str | None = None, resize: str = 'half_pixel', subsets: int = 100,
                 subset_size: int = 1000, seed: int = 0, collect_device: str = 'cpu') -> None:
        super().__init__('KID', key, target, statistics, feature_network, layer, weights, resize,
                         collect_device)
        self.subsets, self.subset_size, self.seed = subsets, subset_size, seed
        self.protocol = f'{self.features.protocol}; cubic kernel, {subsets} subsets of {subset_size}'

    def summarise(self, results: list[dict[str, NDArray]]) -> dict[str, float]:
        found = kernel_distances(*self.rows(results), self.subsets, self.subset_size, self.seed)
        return {self.name: found.mean(), f'{self.name}_std': found.std()}
