"""Share of correct key points, relative to the head."""
from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ggtoolbox.registry import METRICS

from .keypoint_metric import KeypointMetric, count_near

HEAD = (0, 1, 14, 15, 16, 17)  # nose, neck, eyes, ears


def head_box(keypoints: NDArray, head: tuple[int, ...] = HEAD) -> tuple[float, float] | None:
    """Width and height of the box around the visible ones of these joints; None of fewer than two."""
    points = np.asarray(keypoints)[list(head)]
    points = points[points[:, 2] > 0, :2]
    return tuple(map(float, np.ptp(points, axis=0))) if len(points) > 1 else None


def correct_keypoints(predicted: NDArray, target: NDArray, alpha: float = 0.5,
                      head: tuple[int, ...] = HEAD) -> tuple[int, int]:
    """(correct, counted) joints of one image; (0, 0) where the target's head has no box.

    Args:
        predicted, target: (J, 3) key points, counted as :func:`count_near` says.
    """
    box = head_box(target, head)
    if box is None:
        return 0, 0
    predicted, target = np.float64(predicted), np.float64(target)
    near = (np.abs(predicted - target)[:, :2] < alpha * np.array(box)).all(1)
    return count_near(near, predicted, target)


@METRICS.register_module()
class PCKh(KeypointMetric):
    """Share of key points that a detector finds where they were asked for, 0 to 1, higher is better.

    Protocol: the head's box is that of the target's visible nose, neck, eyes and ears; images with fewer than
    two of these are left out. A joint is correct where |dx| < 0.5 box width **and** |dy| < 0.5 box height
    (strictly; not the usual distance), so that a box without width or height makes all wrong. Correct over
    counted joints, pooled over images; NaN if none counts. Reference: ``tool/calPCKH_*.py`` of
    Ha0Tang/XingGAN, whose detector (the Keras port of OpenPose) is not here: give another one, or key points.

    Args:
        keypoints, predicted, detector, threshold, key: as in :class:`KeypointMetric`.
        alpha: share of the box.
    """

    name = 'PCKh'

    def __init__(self, keypoints: str = 'keypoints', predicted: str = 'predicted_keypoints',
                 detector: dict | torch.nn.Module | str | None = None, threshold: float = 0.1,
                 key: str = 'image', alpha: float = 0.5, collect_device: str = 'cpu') -> None:
        super().__init__(self.name, keypoints, predicted, detector, threshold, key, alpha, collect_device)
        self.protocol = f'{self.finder}; {alpha:g} of the head box along each axis, pooled joints'

    def count(self, predicted: NDArray, target: NDArray) -> tuple[int, int]:
        return correct_keypoints(predicted, target, self.alpha)
