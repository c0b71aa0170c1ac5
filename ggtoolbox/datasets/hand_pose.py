"""Twenty-one joints of a hand, and the skeleton pictures that gesture systems are guided by."""
from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import InputError

FINGERS = ('thumb', 'index finger', 'middle finger', 'ring finger', 'little finger')
HAND_JOINTS = ('wrist', *(f'{finger} {joint}' for finger in FINGERS for joint in range(1, 5)))
HAND_BONES = tuple((0 if joint == 0 else 4 * finger + joint, 4 * finger + joint + 1)
                   for finger in range(5) for joint in range(4))
LINE_WIDTH, LINE_WIDTH_AT = 4.0, 256  # the papers' lines, in pictures of 256 x 256
_FRACTION = 4  # bits


def scaled_line_width(height: int) -> int:
    """The papers' line width in a picture of another height, in whole pixels, at least 1."""
    return max(1, round(LINE_WIDTH * height / LINE_WIDTH_AT))


def skeleton_picture(keypoints: NDArray, size: tuple[int, int], width: int | None = None,
                     bones: tuple[tuple[int, int], ...] = HAND_BONES) -> NDArray[np.uint8]:
    """(H, W, 3) RGB: white lines on black between joints that are both visible.

    Source: Tang et al., "GestureGAN", section 4 (lines of width 4 between OpenPose's joints).

    Args:
        keypoints: (J, 3): x and y in pixels, visibility.
        size: (H, W).
        width: of the lines in pixels; None = 4 in a picture 256 pixels high, in proportion.
        bones: pairs of joints.

    Raises:
        InputError: fewer key points than the bones name.
    """
    joints = max(map(max, bones)) + 1
    if len(keypoints) < joints:
        raise InputError(f'skeleton_picture: expected {joints} key points, found {len(keypoints)}')
    picture = np.zeros((*size, 3), np.uint8)
    points = np.floor(np.asarray(keypoints, np.float64)[:, :2] * (1 << _FRACTION) + 0.5).astype(int).tolist()
    width = width or scaled_line_width(size[0])
    for start, end in bones:
        if keypoints[start][2] > 0 and keypoints[end][2] > 0:
            cv2.line(picture, points[start], points[end], (255, 255, 255), width, cv2.LINE_AA, _FRACTION)
    return picture
