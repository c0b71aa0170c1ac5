"""Average precision of boxes, as COCO measures it."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

COCO_THRESHOLDS = tuple(np.arange(50, 100, 5) / 100)


class Boxes(NamedTuple):
    """Boxes of one image.

    Attributes:
        corners: (N, 4) x1, y1, x2, y2 in pixels.
        classes: (N,) integers.
        scores: (N,) of detections; None for the truth.
    """

    corners: NDArray
    classes: NDArray
    scores: NDArray | None = None


def overlaps(one: NDArray, other: NDArray) -> NDArray[np.float64]:
    """Intersection over union of (N, 4) with (M, 4) corners: (N, M)."""
    one, other = np.float64(one)[:, None], np.float64(other)[None]
    sides = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    common = sides.clip(min=0).prod(-1)
    areas = [(corners[..., 2:] - corners[..., :2]).clip(min=0).prod(-1) for corners in (one, other)]
    union = areas[0] + areas[1] - common
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)


def match(detected: NDArray, truth: NDArray, threshold: float) -> NDArray[np.bool_]:
    """Which detections, the best first, find a true box of their own: each takes, of those that nobody has
    taken, the one that it overlaps most, if by ``threshold`` at least."""
    found, taken = np.zeros(len(detected), bool), np.zeros(len(truth), bool)
    for index, row in enumerate(overlaps(detected, truth)):
        free = np.where(taken, -1.0, row)
        if len(free) and free.max() >= threshold:
            taken[free.argmax()] = found[index] = True
    return found


def average_precision(detections: Sequence[Boxes], truths: Sequence[Boxes],
                      thresholds: Sequence[float] = COCO_THRESHOLDS, recall_points: int = 101,
                      most: int = 100) -> dict[int, NDArray[np.float64]]:
    """Class -> average precision at each threshold, for the classes that the truth holds.

    Detections of a class are ordered by score over all images (at most ``most`` an image, its best).
    Precision is made to fall with recall and averaged over ``recall_points`` recalls from 0 to 1.
    """
    results = {}
    for kind in sorted({int(c) for truth in truths for c in truth.classes}):
        scores, hits, count = [], [], 0
        for found, truth in zip(detections, truths):
            best = np.argsort(-found.scores, kind='stable')[:most]
            best = best[found.classes[best] == kind]
            wanted = truth.corners[truth.classes == kind]
            count += len(wanted)
            scores.append(found.scores[best])
            hits.append([match(found.corners[best], wanted, threshold) for threshold in thresholds])
        order = np.argsort(-np.concatenate(scores), kind='stable')
        found = np.concatenate([np.array(hit).reshape(len(thresholds), -1) for hit in hits], axis=1)
        results[kind] = np.array([_area(row[order], count, recall_points) for row in found])
    return results


def _area(hits: NDArray[np.bool_], count: int, recall_points: int) -> float:
    """Mean precision over recalls, of hits and misses in the order of their scores."""
    if not len(hits):
        return 0.0
    true = np.cumsum(hits)
    recall, precision = true / count, true / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, np.linspace(0, 1, recall_points), side='left')
    return float(np.append(precision, 0.0)[places].mean())


def instance_boxes(label: NDArray, instance: NDArray, things: Sequence[int]) -> Boxes:
    """The boxes of the instances of some classes, around their pixels: (H, W) and (H, W) integers."""
    corners, classes = [], []
    for kind in things:
        inside = label == kind
        for one in np.unique(instance[inside]):
            rows, columns = np.nonzero(inside & (instance == one))
            corners.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
            classes.append(kind)
    return Boxes(np.array(corners, np.float64).reshape(-1, 4), np.array(classes, np.int64))
