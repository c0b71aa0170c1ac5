"""Frechet inception distance."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.linalg
from mmengine.logging import print_log
from numpy.typing import NDArray
from scipy.linalg.lapack import dpstrf

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS

from ..feature_rows import DEFAULT, FeatureNetwork, FeatureRows
from ..moments import Moments
from .base import StreamingMetric

Statistics = tuple[NDArray[np.float64], NDArray[np.float64]]


def frechet_distance(first: Statistics, second: Statistics) -> float:
    """|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)) of two Gaussians (Dowson and Landau 1982).

    Args:
        first, second: mean (D,) and covariance (D, D), which may be singular.
    """
    (mean_1, covariance_1), (mean_2, covariance_2) = first, second
    step = mean_1 - mean_2
    return float(step @ step + np.trace(covariance_1) + np.trace(covariance_2)
                 - 2 * trace_of_root(covariance_1, covariance_2))


def trace_of_root(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """tr (A B)^(1/2) of symmetric matrices without negative eigenvalues.

    With A = L L^T, the product has the eigenvalues of the symmetric L^T B L, so that the trace is the sum
    of their roots: always real, and no matrix root is made. Eigenvalues that rounding can account for are 0.
    """
    factor = square_factor(first)
    if not factor.size:
        return 0.0
    values = scipy.linalg.eigvalsh(factor.T @ second @ factor, overwrite_a=True, check_finite=False)
    return float(np.sqrt(values[values > rounding(values)]).sum())


def square_factor(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """L (D, R) with ``matrix`` = L L^T, R its rank: Cholesky's factor, pivoted: it may be singular."""
    triangle, order, rank, _ = dpstrf(matrix, lower=1)
    factor = np.empty((len(matrix), rank))
    factor[order - 1] = np.tril(triangle)[:, :rank]
    return factor


def rounding(values: NDArray[np.float64]) -> float:
    """Up to where eigenvalues are nothing but rounding."""
    return len(values) * np.finfo(np.float64).eps * np.abs(values).max(initial=0)


@METRICS.register_module()
class FID(StreamingMetric):
    """Frechet inception distance (Heusel et al., NeurIPS 2017), lower is better.

    Protocol: 8-bit RGB; bilinear to 299 x 299, no antialiasing; the 2048 values of the last average pooling
    of TensorFlow's Inception-v3 of 2015; mean and covariance (N - 1) in double precision over all generated
    and over all real images. Reference: pytorch_fid 0.3.0 (GauGAN, LGGAN, DAGAN, SelectionGAN on layouts);
    with ``resize='tensorflow'`` TTUR (GestureGAN). The root goes through eigenvalues, where pytorch_fid
    takes scipy's ``sqrtm``; with fewer images than features theirs is approximate, and the two differ by
    some 1e-4 of the value. With so few images the value is defined but far too high: a warning says so.

    Args:
        weights: path or URL of the network's file (pytorch_fid's); None looks into torch's hub cache.
        statistics: ``.npz`` of the real images with ``mu`` and ``sigma`` (pytorch_fid's, or what
            ``tools/analysis_tools/feature_statistics.py`` writes), instead of the samples' ``target``.
        feature_network, layer, resize: see :class:`~ggtoolbox.evaluation.feature_rows.FeatureRows`; of
            another network than Inception-v3 the distance is called ``FD_<network>``.

    Raises:
        InputError: no weights; fewer than two images on a side; values that are not finite; statistics of
            another size.
    """

    def __init__(self, key: str = 'image', target: str = 'target_image', weights: str | None = None,
                 statistics: str | None = None, feature_network: FeatureNetwork = DEFAULT,
                 layer: str | None = None, resize: str = 'half_pixel', collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.sides = dict(generated=key, **({} if statistics else dict(real=target)))
        self.features = FeatureRows('FID', feature_network, layer, weights, resize)
        self.name, self.protocol = self.features.name, f'{self.features.protocol}; all images'
        self.statistics = None if statistics is None else read_statistics(statistics, self.features)

    def new_state(self) -> dict[str, Moments]:
        return dict(generated=Moments(), real=Moments())

    def contributions(self, samples: list[dict]) -> list[dict[str, NDArray]]:
        return self.features.of_samples(samples, self.sides)

    def fold(self, contribution: dict[str, NDArray]) -> None:
        for side, row in contribution.items():
            self.state[side].add(row)

    def summarise(self, states: list[dict[str, Moments]]) -> dict[str, float]:
        first, *others = states
        for other in others:
            for side, moments in first.items():
                moments.merge(other[side])
        generated = self._finish('generated', first['generated'])
        real = self.statistics or self._finish('real', first['real'])
        if len(generated[0]) != len(real[0]):
            raise InputError(f'{self.name}: the statistics of the real images are of '
                             f'{len(real[0])} features, expected {len(generated[0])}')
        return self.tell({self.name: frechet_distance(generated, real)}, first['generated'].count)

    def _finish(self, side: str, moments: Moments) -> Statistics:
        if moments.count < 2:
            raise InputError(f'{self.name}: a covariance needs at least 2 {side} images, found '
                             f'{moments.count}')
        if moments.count <= len(moments.mean):
            print_log(f'{self.name}: {moments.count} {side} images are not more than the {len(moments.mean)} '
                      'features, so the covariance is singular and the distance too high; compare it only '
                      'with values of as many images', 'current', 30)
        return moments.mean, moments.covariance()


def read_statistics(path: str | Path, features: FeatureRows) -> Statistics:
    """``mu`` (D,) and ``sigma`` (D, D) of an ``.npz`` file."""
    mean, covariance = features.read(path, ('mu', 'sigma'))
    if mean.ndim != 1 or covariance.shape != (len(mean), len(mean)):
        raise InputError(f'{path}: expected mu (D,) and sigma (D, D), found {mean.shape} and '
                         f'{covariance.shape}')
    return mean, covariance
