"""Skeletons of a dance: from coordinates to pixels, and the picture that DanceGAN's second stage reads."""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .person_pose import COLOURS, MASK_LIMBS

WIDE_FRAME = (360, 640)  # in which MDVS's joints lie between -1 and 1
RADIUS = 4  # of its discs and half the width of its limbs, in pixels of that frame
LIMBS = MASK_LIMBS[:17]
_BITS, _CORNERS = 4, 32


def motion_to_pixels(motion: NDArray, size: tuple[int, int], wide: float | None = None,
                     whole: bool = True) -> NDArray:
    """Joints of a wide frame, x and y in [-1, 1], as pixels of a picture.

    Args:
        motion: (..., J, 2).
        size: (H, W) of the picture; it shows the middle of the wide frame, in its full height.
        wide: width of the wide frame in the same pixels; None for 16:9.
        whole: cut off to whole numbers (int64), as the released code of MDVS does.
    """
    height, width = size
    wide = height * WIDE_FRAME[1] / WIDE_FRAME[0] if wide is None else wide
    scale = np.array([wide / 2, height / 2])
    pixels = (np.asarray(motion, np.float64) + 1) * scale - np.array([(wide - width) / 2, 0])
    return pixels.astype(np.int64) if whole else pixels


def pixels_to_motion(pixels: NDArray, size: tuple[int, int] = WIDE_FRAME) -> NDArray[np.float32]:
    """Pixels (..., J, 2) of a picture of that (H, W) to [-1, 1]: x / 320 - 1 and y / 180 - 1 in a wide
    frame."""
    height, width = size
    return (np.asarray(pixels, np.float64) / np.array([width / 2, height / 2]) - 1).astype(np.float32)


def dance_skeleton(keypoints: NDArray, size: tuple[int, int], thickness: float | None = None
                   ) -> NDArray[np.uint8]:
    """MDVS's drawing: black discs at joints and coloured ellipses for 17 limbs, on white.

    The released code draws pictures of 640 x 360 with discs of radius 4 and ellipses as thin; here both go
    with the height, but limbs stay a pixel and a half wide at least, and edges are smooth.

    Args:
        keypoints: (18, 2), or (18, 3) whose third column says what is visible, in pixels.
        size: (H, W).
        thickness: half the width of a limb in pixels; None for 4 at a height of 360, in proportion.

    Returns:
        (H, W, 3) RGB.
    """
    picture = np.full((*size, 3), 255, np.uint8)
    half = max(0.75, RADIUS * size[0] / WIDE_FRAME[0]) if thickness is None else thickness
    points = np.asarray(keypoints, np.float64)
    visible = points[:, 2] > 0 if points.shape[1] == 3 else np.ones(len(points), bool)
    angles = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    for (start, end), colour in zip(LIMBS, COLOURS):
        if max(start, end) >= len(points) or not (visible[start] and visible[end]):
            continue
        first, last = points[start, :2], points[end, :2]
        for centre in (first, last):
            _fill(picture, centre + half * circle, (0, 0, 0))
        along = (last - first) / 2
        length = float(np.hypot(*along)) or 1.0
        across = np.array([-along[1], along[0]]) / length * half
        _fill(picture, (first + last) / 2 + circle[:, :1] * along + circle[:, 1:] * across, colour)
    return picture


def _fill(picture: NDArray[np.uint8], corners: NDArray, colour: tuple[int, int, int]) -> None:
    fixed = np.round(corners * (1 << _BITS)).astype(np.int32)
    cv2.fillConvexPoly(picture, fixed, colour, cv2.LINE_AA, _BITS)
