"""Share of correct key points, relative to the box around all of them."""
from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS

from .keypoint_metric import KeypointMetric, count_near


def correct_in_box(predicted: NDArray, target: NDArray, alpha: float) -> tuple[int, int]:
    """(correct, counted) joints of one image.

    Args:
        predicted, target: (J, 3) key points, counted as :func:`count_near` says.
        alpha: share of the longer side of the box around the target's visible joints.
    """
    predicted, target = np.float64(predicted), np.float64(target)
    counted = target[:, 2] > 0
    if not counted.any():
        return 0, 0
    reach = alpha * np.ptp(target[counted, :2], axis=0).max()
    near = np.hypot(*(predicted - target)[:, :2].T) <= reach
    return count_near(near, predicted, target)


@METRICS.register_module()
class PCK(KeypointMetric):
    """Share of key points that a detector finds where they were asked for, 0 to 1, higher is better.

    Protocol: a joint is correct where its distance is at most ``alpha`` times the longer side of the box
    around the target's visible joints (Yang and Ramanan, PAMI 2013, section 6); correct over counted joints,
    pooled over images; NaN if none counts. For hands and faces, which have no head's box as
    :class:`~ggtoolbox.evaluation.metrics.pckh.PCKh` wants it; the name holds ``alpha``: ``PCK_0.1``.

    Args:
        alpha: share of the box.
        keypoints, predicted, detector, threshold, key: as in :class:`KeypointMetric`.

    Raises:
        InputError: ``alpha`` is not positive; key points of another number than the target's.
    """

    def __init__(self, alpha: float = 0.1, keypoints: str = 'keypoints',
                 predicted: str = 'predicted_keypoints',
                 detector: dict | torch.nn.Module | str | None = None, threshold: float = 0.1,
                 key: str = 'image', collect_device: str = 'cpu') -> None:
        if alpha <= 0:
            raise InputError(f'PCK: alpha must be positive, found {alpha}')
        super().__init__(f'PCK_{alpha:g}', keypoints, predicted, detector, threshold, key, alpha,
                         collect_device)
        self.protocol = f"{self.finder}; {alpha:g} of the longer side of the target's box, pooled joints"

    def count(self, predicted: NDArray, target: NDArray) -> tuple[int, int]:
        return correct_in_box(predicted, target, self.alpha)
