"""What the measures of key points share."""
from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ..detector import KeypointDetector, keypoint_pairs
from .base import ListMetric


def count_near(near: NDArray, predicted: NDArray, target: NDArray) -> tuple[int, int]:
    """(correct, counted) joints of one image: joints that the target lacks do not count, those that only the
    prediction lacks are wrong.

    Args:
        near: (J,), where the prediction is near enough.
        predicted, target: (J, 3), of which the visibility is looked at.
    """
    counted = target[:, 2] > 0
    return int((near & counted & (predicted[:, 2] > 0)).sum()), int(counted.sum())


class KeypointMetric(ListMetric):
    """Correct over counted joints, pooled over images; NaN if none counts.

    A subclass sets ``name`` and ``protocol`` (from ``finder``, who found the key points) and says
    :meth:`count`.

    Args:
        name: of the measure.
        keypoints: field with the target's (J, 3).
        predicted: field with the key points found in the generated image; read where there is no detector.
        detector: a network of ``BACKBONES``, a module, or a judge's name, that returns ``heat_maps``
            (B, J, h, w), whose maxima are taken, scaled to the image.
        threshold: a map without a larger value has no joint.
        key: the generated image, for the detector.
        alpha: share of what the distance is measured by.
    """

    def __init__(self, name: str, keypoints: str, predicted: str,
                 detector: dict | torch.nn.Module | str | None, threshold: float, key: str, alpha: float,
                 collect_device: str) -> None:
        super().__init__(collect_device)
        self.name, self.alpha = name, alpha
        self.keypoints, self.predicted, self.key = keypoints, predicted, key
        self.detector = None if detector is None else KeypointDetector(detector, threshold, name)
        self.finder = 'given key points' if detector is None else self.detector.description

    def count(self, predicted: NDArray, target: NDArray) -> tuple[int, int]:
        """(correct, counted) joints of one image, of key points (J, 3)."""
        raise NotImplementedError

    def judge(self, samples: list[dict]) -> list[tuple[int, int]]:
        pairs = keypoint_pairs(samples, self.detector, self.key, self.predicted, self.keypoints, self.name)
        return [self.count(*pair) for pair in pairs]

    def summarise(self, results: list[tuple[int, int]]) -> dict[str, float]:
        correct, counted = np.sum(results, axis=0)
        return {self.name: correct / counted if counted else float('nan')}

    def number(self, results: list[tuple[int, int]]) -> int:
        return sum(counted > 0 for _, counted in results)
