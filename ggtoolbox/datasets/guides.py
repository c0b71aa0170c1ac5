"""Guides from key points, drawn as the data sets that a system was trained on draw theirs."""
from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import read_json

from .dance_skeleton import dance_skeleton
from .detections import read_openface_csv, read_openpose_json, read_points
from .face_landmarks import NUM_LANDMARKS, landmark_picture
from .hand_pose import HAND_JOINTS, skeleton_picture
from .person_pose import JOINTS, MARKET_SIGMA, heat_maps, single_pixel_maps
from .tables import read_numbers

KEYPOINT_SUFFIXES = ('.json', '.csv', '.txt', '.pts')
DRAWABLE = {len(JOINTS): 'a person', len(HAND_JOINTS): 'a hand', NUM_LANDMARKS: 'a face'}
_OPENPOSE_PARTS = {len(JOINTS): ('body',), len(HAND_JOINTS): ('right_hand', 'left_hand'),
                   NUM_LANDMARKS: ('face',)}
_MARKET_HEIGHT = 128


def as_keypoints(points: NDArray, where: str, count: int | None = None) -> NDArray[np.float32]:
    """(J, 3) from (J, 2), whose points are all seen, or (J, 3).

    Args:
        where: what is said of the points in errors.
        count: J, where it is known.

    Raises:
        InputError: another shape, points that are not finite, or nobody whom we can draw.
    """
    points = np.asarray(points, np.float32)
    known = (count,) if count else tuple(DRAWABLE)
    if points.ndim != 2 or points.shape[1] not in (2, 3) or len(points) not in known:
        raise InputError(f'{where}: expected key points (J, 2) or (J, 3) with J = '
                         f'{" or ".join(f"{n} ({DRAWABLE.get(n, n)})" for n in known)}, found an array of '
                         f'{points.shape}')
    if not np.isfinite(points).all():
        raise InputError(f'{where}: key points must be finite numbers, found '
                         f'{points[~np.isfinite(points)][0]}')
    return points if points.shape[1] == 3 else np.concatenate([points, np.ones_like(points[:, :1])], axis=1)


def read_keypoints(path: str | Path, count: int | None = None) -> NDArray[np.float32]:
    """(J, 3) key points of the one person, hand or face in a file.

    ``.json``: OpenPose's (of two hands, the one that is seen better), or a list of ``[x, y]`` or
    ``[x, y, visibility]``; ``.csv``: OpenFace's first row; ``.pts``: iBUG's; ``.txt``: a line ``x y`` or
    ``x y visibility`` a point.

    Args:
        count: J, where it is known; needed to know what to take from OpenPose's files.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == '.json':
        points = _read_json(path, count)
    elif suffix == '.csv':
        rows = read_openface_csv(path)
        if not rows:
            raise InputError(f'{path}: there is no row of landmarks in it')
        points = rows[0]
    elif suffix == '.pts':
        points = read_points(path)
    else:
        points = read_numbers(path, 'text file of key points')
    return as_keypoints(points, str(path), count)


def _read_json(path: Path, count: int | None) -> NDArray:
    content = read_json(path, 'JSON file of key points')
    if isinstance(content, dict) and 'people' in content:
        parts = _OPENPOSE_PARTS.get(count or len(JOINTS), ('body',))
        found = [read_openpose_json(path, part) for part in parts]
        return max(found, key=lambda points: points[:, 2].sum())[:count]
    try:
        return np.array(content, np.float32)
    except (TypeError, ValueError):
        raise InputError(f"{path}: expected OpenPose's JSON or a list of [x, y], found "
                         f'{type(content).__name__}') from None


def render_guide(keypoints: NDArray, size: tuple[int, int], channels: int, where: str = 'target_guide',
                 sigma: float | None = None, single_pixels: bool = False) -> NDArray:
    """A guide from (J, 3) key points: 18 joints as heat maps or as DanceGAN's skeleton, 21 as a skeleton, 68
    as a landmark picture.

    Args:
        keypoints: in pixels of a picture of ``size``.
        size: (H, W).
        channels: of the guide that the network reads: 18 (maps) or 3 (a picture).
        sigma: of the heat maps in pixels; None = the papers' 6 in a picture 128 pixels high, in proportion.
        single_pixels: one pixel a joint instead, as the released DeepFashion maps are.

    Returns:
        (18, H, W) float32, or (H, W, 3) uint8.

    Raises:
        InputError: key points for which there is no drawing of so many channels.
    """
    count = len(keypoints)
    if (count, channels) == (len(JOINTS), len(JOINTS)):
        if single_pixels:
            return single_pixel_maps(keypoints, size)
        return heat_maps(keypoints, size, sigma or MARKET_SIGMA * size[0] / _MARKET_HEIGHT)
    if (count, channels) == (len(JOINTS), 3):
        return dance_skeleton(keypoints, size)
    if (count, channels) == (len(HAND_JOINTS), 3):
        return skeleton_picture(keypoints, size)
    if (count, channels) == (NUM_LANDMARKS, 3):
        return landmark_picture(keypoints, size)
    raise InputError(f'{where}: {count} key points cannot be drawn as a guide of {channels} channels '
                     '(18 joints make 18 heat maps or a picture; 21 joints of a hand or 68 landmarks make a '
                     'picture)')
