"""Mean and covariance of rows that come one after another."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import dsyrk

from ggtoolbox.errors import InputError

BLOCK = 256  # rows gathered for one matrix product


class Moments:
    """Count, mean and sum of outer products about the mean, in double precision.

    Blocks of rows are joined by the formula of Chan, Golub and LeVeque (1979), which subtracts no large
    numbers. Memory is that of one D x D matrix and of one block, however many rows come.

    Attributes:
        count: rows so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._joined = 0  # those that are in the mean and in the scatter
        self._mean: NDArray[np.float64] | None = None
        self._scatter: NDArray[np.float64] | None = None  # zeros below the diagonal
        self._waiting: list[NDArray] = []

    def add(self, row: NDArray) -> None:
        """One more row, (D,).

        Raises:
            InputError: it is not as long as the others, or not finite.
        """
        row = np.array(row, copy=True)
        if self._mean is None:
            self._mean = np.zeros(len(row))
            self._scatter = np.zeros((len(row), len(row)), order='F')
        if row.shape != self._mean.shape:
            raise InputError(f'Moments: expected rows of {len(self._mean)} values, found {row.shape}')
        if not np.isfinite(row).all():
            raise InputError('Moments: a row of features holds values that are not finite')
        self._waiting.append(row)
        self.count += 1
        if len(self._waiting) == BLOCK:
            self._join_waiting()

    def merge(self, other: Moments) -> None:
        """Take in the rows of another one, which is not changed but for rows that it had not joined yet."""
        other._join_waiting()
        self._join_waiting()
        if other._mean is None:
            return
        if self._mean is None:
            self._mean, self._scatter = np.zeros_like(other._mean), np.zeros_like(other._scatter)
        self._scatter += other._scatter
        self.count += other._joined
        self._join(other._joined, other._mean, np.empty((0, len(self._mean))))

    @property
    def mean(self) -> NDArray[np.float64]:
        """(D,)"""
        self._join_waiting()
        return self._mean

    def covariance(self) -> NDArray[np.float64]:
        """(D, D), divided by N - 1.

        Raises:
            InputError: of fewer than two rows.
        """
        if self.count < 2:
            raise InputError(f'a covariance needs at least 2 images, found {self.count}')
        self._join_waiting()
        whole = self._scatter + self._scatter.T
        np.fill_diagonal(whole, np.diag(self._scatter))
        whole /= self.count - 1
        return whole

    def _join_waiting(self) -> None:
        if self._waiting:
            rows = np.stack(self._waiting).astype(np.float64)
            self._waiting = []
            mean = rows.mean(0)
            self._join(len(rows), mean, rows - mean)

    def _join(self, count: int, mean: NDArray, deviations: NDArray) -> None:
        """``count`` rows of this mean; their deviations from it, unless the scatter has them already."""
        total, step = self._joined + count, mean - self._mean
        between = step * np.sqrt(self._joined * count / total) if total else step
        rows = np.concatenate([deviations, between[None]])
        dsyrk(1.0, rows.T, beta=1.0, c=self._scatter, overwrite_c=1)
        self._mean += step * (count / total)
        self._joined = total
