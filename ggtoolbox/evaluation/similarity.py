"""Structural similarity, but for how a protocol blurs."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def similarity_map(x: NDArray[np.float64], y: NDArray[np.float64], blur: Callable[[NDArray], NDArray],
                   data_range: float) -> NDArray[np.float64]:
    """Wang et al. 2004, eq. 13: (2 m_x m_y + C1) (2 s_xy + C2) / ((m_x^2 + m_y^2 + C1) (s_x^2 + s_y^2 + C2)).

    Args:
        x, y: pictures of one shape.
        blur: takes local means; its weights' sum is 1.
        data_range: C1 = (0.01 ``data_range``)^2, C2 = (0.03 ``data_range``)^2.
    """
    mean_x, mean_y = blur(x), blur(y)
    variance_x, variance_y = blur(x * x) - mean_x ** 2, blur(y * y) - mean_y ** 2
    covariance = blur(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    return ((2 * mean_x * mean_y + c1) * (2 * covariance + c2)
            / ((mean_x ** 2 + mean_y ** 2 + c1) * (variance_x + variance_y + c2)))
