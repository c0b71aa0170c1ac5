"""Eighteen joints of a person: heat maps, skeleton pictures and masks as the person papers make them.

Key points are (18, 3): x and y in pixels and visibility in {0, 1}, in OpenPose's COCO order. An
invisible joint has no say in anything here, wherever it lies.

Source: the scripts of Pose-Transfer (PATN), XingGAN, BiGraphGAN and SelectionGAN.
"""
from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.draw import disk, line_aa, polygon

from ggtoolbox.errors import InputError

JOINTS = ('nose', 'neck', 'right shoulder', 'right elbow', 'right wrist', 'left shoulder', 'left elbow',
          'left wrist', 'right hip', 'right knee', 'right ankle', 'left hip', 'left knee', 'left ankle',
          'right eye', 'left eye', 'right ear', 'left ear')
# Each joint's other side: where a mirrored picture shows it.
MIRRORED_JOINTS = (0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16)
_BODY = ((1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12),
         (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17))
LIMBS = (*_BODY, (2, 16), (5, 17))
MASK_LIMBS = (*_BODY, (1, 16), (1, 17), (8, 11), (11, 5), (8, 2), (16, 17))
COLOURS = ((255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0),
           (0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255),
           (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85))
MISSING = -1
MARKET_SIGMA = 6.0  # pixels, in pictures of 128 x 64
MARKET_MASK_RADIUS = 4
Size = tuple[int, int]


def keypoints_of(rows: NDArray, columns: NDArray) -> NDArray[np.float32]:
    """(J,) y and (J,) x, where -1 in either stands for a missing joint, to (J, 3) key points."""
    rows, columns = np.asarray(rows), np.asarray(columns)
    visible = (rows != MISSING) & (columns != MISSING)
    return np.stack([columns, rows, visible], axis=-1).astype(np.float32)


def heat_maps(keypoints: NDArray, size: Size, sigma: float = MARKET_SIGMA) -> NDArray[np.float32]:
    """(J, H, W): exp(-((x - x0)^2 + (y - y0)^2) / (2 sigma^2)) at pixels' whole coordinates.

    Peak 1, neither normalised nor cut off. An invisible joint's map is 0; one outside of the picture
    still sends its tail in.

    Args:
        keypoints: (J, 3).
        size: (H, W).
        sigma: in pixels.
    """
    x, y, visible = np.asarray(keypoints, np.float64).T
    scale = -0.5 / sigma ** 2
    along = np.exp(scale * (np.arange(size[1]) - x[:, None]) ** 2)
    down = np.exp(scale * (np.arange(size[0]) - y[:, None]) ** 2) * (visible > 0)[:, None]
    return down.astype(np.float32)[:, :, None] * along.astype(np.float32)[:, None, :]


def single_pixel_maps(keypoints: NDArray, size: Size) -> NDArray[np.float32]:
    """(J, H, W): 1 in the joint's pixel, 0 elsewhere.

    Papers: heat maps on every data set. Released DeepFashion maps: the same formula, written into
    whole numbers of 8 bits, which cuts every value below 1 to 0. Released DeepFashion weights need these.
    """
    maps = np.zeros((len(keypoints), *size), np.float32)
    for plane, (x, y, visible) in zip(maps, keypoints):
        if visible and 0 <= x < size[1] and 0 <= y < size[0]:
            plane[int(y), int(x)] = 1
    return maps


def keypoints_of_maps(maps: NDArray, threshold: float = 0.1) -> NDArray[np.float32]:
    """(J, 3) key points back from (J, H, W) maps: where each is largest, the first of equal ones in
    reading order; missing where nothing is above ``threshold``."""
    flat = np.asarray(maps).reshape(len(maps), -1)
    rows, columns = np.divmod(flat.argmax(1), np.shape(maps)[2])
    seen = flat.max(1) > threshold
    return keypoints_of(np.where(seen, rows, MISSING), np.where(seen, columns, MISSING))


def draw_skeleton(keypoints: NDArray, size: Size, radius: int = 2) \
        -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The coloured drawing of the papers' result strips; no network sees it.

    Args:
        keypoints: (18, 3).
        size: (H, W).
        radius: of the joints' discs in pixels.

    Returns:
        (H, W, 3) RGB on black, and (H, W) which pixels were drawn.
    """
    picture, drawn = np.zeros((*size, 3), np.uint8), np.zeros(size, bool)
    points = np.asarray(keypoints)[:, :2].astype(int)
    visible = np.asarray(keypoints)[:, 2] > 0
    for start, end in LIMBS:
        if visible[start] and visible[end]:
            rows, columns, coverage = line_aa(*points[start][::-1], *points[end][::-1])
            inside = (rows >= 0) & (rows < size[0]) & (columns >= 0) & (columns < size[1])
            rows, columns = rows[inside], columns[inside]
            picture[rows, columns] = (coverage[inside] * 255)[:, None]
            drawn[rows, columns] = True
    for joint in np.flatnonzero(visible):
        rows, columns = disk(points[joint][::-1], radius, shape=size)
        picture[rows, columns] = COLOURS[joint]
        drawn[rows, columns] = True
    return picture, drawn


def person_mask(keypoints: NDArray, size: Size, radius: float = MARKET_MASK_RADIUS) -> NDArray[np.uint8]:
    """(H, W) in {0, 1}: Market-1501's masks, from the 18 joints alone; see :func:`limb_mask`."""
    return limb_mask(keypoints, size, MASK_LIMBS, radius)


def limb_mask(keypoints: NDArray, size: Size, limbs: Sequence[tuple[int, int]], radius: float
              ) -> NDArray[np.uint8]:
    """(H, W) in {0, 1}: where a figure is, from its key points alone.

    Each limb is a quadrilateral of half width ``radius``, each joint a disc; then holes are closed by a
    square of ``radius + 1`` pixels. A limb whose ends coincide is its discs (the original divides by zero).

    Args:
        keypoints: (J, 3).
        size: (H, W).
        limbs: pairs of points; where there are none, the mask is the convex hull of the points.
        radius: in pixels; the papers' 4 belongs to 128 x 64.
    """
    mask = np.zeros(size, np.uint8)
    points = np.asarray(keypoints, np.float64)[:, :2]
    visible = np.asarray(keypoints)[:, 2] > 0
    if not limbs and visible.sum() > 2:
        hull = cv2.convexHull(points[visible].astype(np.float32))[:, 0]
        mask[polygon(hull[:, 1], hull[:, 0], size)] = 1
    for start, end in limbs:
        along = points[end] - points[start]
        length = np.hypot(*along)
        if visible[start] and visible[end] and length:
            across = radius * np.array([-along[1], along[0]]) / length
            corners = np.stack([points[start] + across, points[end] + across,
                                points[end] - across, points[start] - across])
            mask[polygon(corners[:, 1], corners[:, 0], size)] = 1
    mask[_in_discs(points[visible], size, radius)] = 1
    side = max(int(radius), 0) + 1
    square = np.ones((side, side), np.uint8)
    return cv2.erode(cv2.dilate(mask, square), square)


def _in_discs(points: NDArray, size: Size, radius: float) -> NDArray[np.bool_]:
    """(H, W): the pixels that skimage's ``disk`` has around any of the points (J, 2), x and y."""
    first = np.maximum(np.ceil(points - radius), 0)  # pixel of a disc, from which skimage counts
    reach = np.arange(int(2 * radius) + 2)
    # pixels of a square around each point, and how far they are from it
    (columns, across), (rows, down) = (
        (start[:, None] + reach, (reach - (place - start)[:, None]) / radius)
        for start, place in zip(first.T, points.T))
    inside = down[:, :, None] ** 2 + across[:, None, :] ** 2 < 1
    inside &= (rows < size[0])[:, :, None] & (columns < size[1])[:, None, :]
    joint, row, column = np.nonzero(inside)
    found = np.zeros(size, bool)
    found[rows[joint, row].astype(int), columns[joint, column].astype(int)] = True
    return found


def disc_maps(keypoints: NDArray, size: Size, radius: float = 4.0) -> NDArray[np.float32]:
    """(J, H, W): 1 in the pixels at most ``radius`` from the joint, 0 elsewhere: what PG2's network reads
    (Ma et al., NIPS 2017). An invisible joint's map is 0."""
    x, y, visible = np.asarray(keypoints, np.float64).T
    squared = ((np.arange(size[0]) - y[:, None]) ** 2)[:, :, None] + \
        ((np.arange(size[1]) - x[:, None]) ** 2)[:, None, :]
    return ((squared <= radius ** 2) & (visible > 0)[:, None, None]).astype(np.float32)


def disc_mask(keypoints: NDArray, size: Size, radius: int = 4) -> NDArray[np.uint8]:
    """(H, W) in {0, 1}: PG2's own body mask.

    For each limb with both ends visible, discs at these and at int(length / radius) - 1 pixels between (the
    fractions of their places are cut off), then holes are closed by a square of 5 pixels.

    Args:
        keypoints: (18, 3).
        size: (H, W).
        radius: in pixels.
    """
    points, visible = np.asarray(keypoints, np.float64)[:, :2], np.asarray(keypoints)[:, 2] > 0
    centres = []
    for start, end in MASK_LIMBS:
        if visible[start] and visible[end]:
            parts = max(1, int(np.hypot(*(points[end] - points[start])) / radius))
            steps = np.linspace(0, 1, parts + 1)[:, None]
            along = points[start] + steps * (points[end] - points[start])
            centres += [np.trunc(along[1:-1]), points[[start, end]]]
    centres = np.concatenate(centres) if centres else np.empty((0, 2))
    seen = np.column_stack([centres, np.ones(len(centres))])
    mask = disc_maps(seen, size, radius).max(axis=0, initial=0).astype(np.uint8)
    square = np.ones((5, 5), np.uint8)
    return cv2.erode(cv2.dilate(mask, square), square)


def mirror_keypoints(keypoints: NDArray, width: int, swap_sides: bool = True) -> NDArray[np.float32]:
    """The key points of a mirrored picture.

    Args:
        keypoints: (18, 3).
        width: of the picture in pixels.
        swap_sides: give left joints to the right side and the other way round. The released loaders,
            which mirror the maps, do not; they never mirror either, unless asked to.
    """
    if len(keypoints) != len(JOINTS):
        raise InputError(f'mirror_keypoints: expected the {len(JOINTS)} joints of a person, found '
                         f'{len(keypoints)} points')
    return mirror_points(keypoints, width, MIRRORED_JOINTS if swap_sides else range(len(JOINTS)))


def mirror_points(keypoints: NDArray, width: int, order: Sequence[int]) -> NDArray[np.float32]:
    """(J, 3) points of a mirrored picture ``width`` pixels wide; point i of it is point ``order[i]``."""
    mirrored = np.array(keypoints, np.float32)[list(order)]
    seen = mirrored[:, 2] > 0
    mirrored[seen, 0] = width - 1 - mirrored[seen, 0]
    return mirrored
