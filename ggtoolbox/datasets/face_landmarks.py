"""Sixty-eight landmarks of a face: as a picture, and as a segmentation.

Landmarks are (68, 3): x and y in pixels and visibility, in the order of iBUG's 68 points that dlib and
OpenFace use.
"""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import InputError

JAW, RIGHT_BROW, LEFT_BROW, NOSE = range(0, 17), range(17, 22), range(22, 27), range(27, 36)
RIGHT_EYE, LEFT_EYE = range(36, 42), range(42, 48)
OUTER_LIPS, INNER_LIPS = range(48, 60), range(60, 68)
NUM_LANDMARKS = 68
FACE_CLASSES = ('background', 'skin', 'brow', 'eye', 'nose', 'lips', 'mouth')
FACE_PALETTE = ((0, 0, 0), (228, 180, 150), (96, 60, 36), (70, 130, 220), (240, 210, 120), (210, 60, 80),
                (120, 20, 40))
# Class, outline, and whether its convex hull is meant. A later region lies on an earlier one.
REGIONS = ((1, (*JAW, *RIGHT_BROW, *LEFT_BROW), True), (2, RIGHT_BROW, True), (2, LEFT_BROW, True),
           (3, RIGHT_EYE, False), (3, LEFT_EYE, False), (4, NOSE, True), (5, OUTER_LIPS, False),
           (6, INNER_LIPS, False))
DOT_RADIUS, DOT_RADIUS_AT = 2.0, 256
_FRACTION = 4  # bits


def _fixed(landmarks: NDArray) -> NDArray[np.int32]:
    """x and y in sixteenths of a pixel."""
    if np.ndim(landmarks) != 2 or len(landmarks) != NUM_LANDMARKS:
        raise InputError(f'expected {NUM_LANDMARKS} landmarks of a face, found shape {np.shape(landmarks)}')
    return np.floor(np.asarray(landmarks, np.float64)[:, :2] * (1 << _FRACTION) + 0.5).astype(np.int32)


def landmark_segmentation(landmarks: NDArray, size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W) of ``FACE_CLASSES``: each region's outline is filled with its number.

    Paper (SCGAN, section 4.1): six face regions filled with their index. Which regions, and in which order,
    neither paper nor code says; this choice is ours: the face up to the brows, brows, eyes, nose, lips
    and the mouth between them.

    Args:
        landmarks: (68, 2) or (68, 3); all are used, seen or not.
        size: (H, W).
    """
    points, label = _fixed(landmarks), np.zeros(size, np.uint8)
    for class_id, indices, hull in REGIONS:
        region = points[list(indices)]
        cv2.fillPoly(label, [cv2.convexHull(region) if hull else region], class_id, cv2.LINE_8, _FRACTION)
    return label


def landmark_picture(landmarks: NDArray, size: tuple[int, int],
                     radius: float | None = None) -> NDArray[np.uint8]:
    """(H, W, 3) RGB: a black dot on white at each visible landmark, as C2GAN's Radboud pictures have them.

    Args:
        landmarks: (68, 3).
        size: (H, W).
        radius: of the dots in pixels; None = 2 in a picture 256 pixels high, in proportion.
    """
    _fixed(landmarks)
    return dot_picture(landmarks, size, radius)


def dot_picture(keypoints: NDArray, size: tuple[int, int], radius: float | None = None) -> NDArray[np.uint8]:
    """As :func:`landmark_picture`, of any number of points (J, 3)."""
    points = np.floor(np.asarray(keypoints, np.float64)[:, :2] * (1 << _FRACTION) + 0.5).astype(np.int32)
    picture = np.full((*size, 3), 255, np.uint8)
    radius = DOT_RADIUS * size[0] / DOT_RADIUS_AT if radius is None else radius
    fixed = max(1, round(radius * (1 << _FRACTION)))
    for point, (_, _, visible) in zip(points.tolist(), keypoints):
        if visible:
            cv2.circle(picture, point, fixed, (0, 0, 0), cv2.FILLED, cv2.LINE_AA, _FRACTION)
    return picture


# Each landmark's other side: where a mirrored picture shows it.
_OTHER_SIDE = (*JAW[::-1], *LEFT_BROW[::-1], *RIGHT_BROW[::-1], *range(27, 31), *range(35, 30, -1),
               45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
               *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65)


def mirror_landmarks(landmarks: NDArray, width: int) -> NDArray:
    """The landmarks of the mirrored picture, in the same order of meaning.

    Args:
        landmarks: (68, 2) or (68, 3).
        width: of the picture in pixels.
    """
    _fixed(landmarks)
    mirrored = np.array(landmarks)[list(_OTHER_SIDE)]
    mirrored[:, 0] = width - 1 - mirrored[:, 0]
    return mirrored
