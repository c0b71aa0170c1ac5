"""Kernel inception distance."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones.inception import ADDRESS
from ggtoolbox.registry import METRICS

from ..networks import find_weights, name_of, shared_extractor
from .base import ListMetric
from .fid import inception_name, side_features


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
        weights, network, layer, resize: as in :class:`~.fid.FID`.
        subsets, subset_size, seed: of the draws.

    Raises:
        InputError: no weights; fewer than two images on a side.
    """

    values = '{name}', '{name}_std'

    def __init__(self, key: str = 'image', target: str = 'target_image', weights: str | None = None,
                 network: dict | None = None, layer: str = 'pool', resize: str = 'half_pixel',
                 subsets: int = 100, subset_size: int = 1000, seed: int = 0,
                 collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.key, self.target, self.layer = key, target, layer
        self.name = inception_name('KID', network, resize)
        self.subsets, self.subset_size, self.seed = subsets, subset_size, seed
        if network is None:
            network = dict(type='InceptionV3', weights=find_weights(weights, ADDRESS, self.name),
                           resize=resize)
        self.extractor = shared_extractor(network)
        self.protocol = f'{name_of(network)}, {layer}; cubic kernel, {subsets} subsets of {subset_size}'

    def judge(self, samples: list[dict]) -> list[dict[str, NDArray]]:
        return side_features(self, samples)

    def number(self, results: list[dict[str, NDArray]]) -> int:
        return sum('generated' in row for row in results)

    def summarise(self, results: list[dict[str, NDArray]]) -> dict[str, float]:
        sides = {side: [row[side] for row in results if side in row] for side in ('generated', 'real')}
        for side, rows in sides.items():
            if len(rows) < 2:
                raise InputError(f'{self.name}: needs at least 2 {side} images, found {len(rows)}')
        found = kernel_distances(np.stack(sides['generated']), np.stack(sides['real']), self.subsets,
                                 self.subset_size, self.seed)
        return {self.name: found.mean(), f'{self.name}_std': found.std()}
