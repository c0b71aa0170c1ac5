"""A key-point detector as a judge."""
from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ggtoolbox.datasets.person_pose import keypoints_of_maps
from ggtoolbox.errors import InputError

from .images import read_array
from .networks import describe, shared_extractor


class KeypointDetector:
    """Key points of images: where a network's heat maps are largest.

    Args:
        network: of ``BACKBONES``, a module, or a judge's name; returns ``heat_maps`` (B, J, h, w).
        threshold: a map without a larger value has no joint.
        owner: the metric, for errors.
    """

    def __init__(self, network: dict | torch.nn.Module | str, threshold: float, owner: str) -> None:
        self.extractor, self.threshold, self.owner = shared_extractor(network), threshold, owner
        self.description = describe(network)

    def __call__(self, samples: list[dict], field: str) -> list[NDArray[np.float32]]:
        """(J, 3) key points of a field of each sample, in the image's pixels."""
        found = []
        for sample, features in zip(samples, self.extractor.of_field(samples, field, self.owner)):
            maps, image = features['heat_maps'].cpu().numpy(), sample[field]
            height, width = image.shape[:2] if isinstance(image, np.ndarray) else image.shape[-2:]
            points = keypoints_of_maps(maps, self.threshold)
            seen = points[:, 2] > 0
            points[seen, 0] *= width / maps.shape[2]
            points[seen, 1] *= height / maps.shape[1]
            found.append(points)
        return found


def keypoint_pairs(samples: list[dict], detector: KeypointDetector | None, key: str, predicted: str,
                   keypoints: str, owner: str) -> list[tuple[NDArray, NDArray]]:
    """(found, target) key points (J, 3) of each sample.

    Args:
        detector: looks at the field ``key``; None reads the field ``predicted``.
        keypoints: field of the target's.

    Raises:
        InputError: a field is missing, or the two differ in shape.
    """
    found = [read_array(sample, predicted, owner) for sample in samples] if detector is None \
        else detector(samples, key)
    targets = [read_array(sample, keypoints, owner) for sample in samples]
    for sample, points, target in zip(samples, found, targets):
        if points.shape != target.shape:
            raise InputError(f"{owner}: the sample {sample.get('name')!r} has key points of shape "
                             f'{points.shape}, expected {target.shape} as its target')
    return list(zip(found, targets))
