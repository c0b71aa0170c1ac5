"""A person drawn as a camera at chest height sees it, and the joints that can be seen."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .brush import Brush
from .dice import Dice, pattern_seed
from .dressing import CHEST_DEPTH, FigurePainter, View
from .person import (
    ARMS,
    NECK,
    RIGHT_HIP,
    Identity,
    Skeleton,
    Stance,
    describe_identity,
    describe_stance,
    pose,
)
from .room import describe_room, painted_room

FACE, EARS = (0, 14, 15, 16, 17), (16, 17)
OVERLOOKED = 0.03  # share of the joints that a detector misses for no reason


class Figure(NamedTuple):
    """A person in one picture.

    Attributes:
        overlooked: which joints the detector misses.
    """

    identity: Identity
    stance: Stance
    skeleton: Skeleton
    view: View
    overlooked: tuple[bool, ...]


class FigurePair(NamedTuple):
    """Two pictures of a person in the same room.

    Attributes:
        source_image, target_image: (H, W, 3) uint8 RGB.
        source_keypoints, target_keypoints: (18, 3) float32: x, y in whole pixels, visibility; (-1, -1, 0)
            where a joint is hidden, overlooked or out of the picture.
    """

    source_image: NDArray[np.uint8]
    target_image: NDArray[np.uint8]
    source_keypoints: NDArray[np.float32]
    target_keypoints: NDArray[np.float32]


def _hidden(figure: Figure, joint: int) -> bool:
    """Whether the person's own body is in front of a joint."""
    skeleton = figure.skeleton
    x, y, z = skeleton.joints[joint]
    if joint in FACE:
        return (z - skeleton.head[2]) / figure.identity.head >= (0.3 if joint in EARS else 0.1)
    if any(joint in arm[1:] for arm in ARMS):
        neck, hip = skeleton.joints[NECK], skeleton.joints[RIGHT_HIP]
        wide = ((figure.identity.shoulder * skeleton.rightward[0]) ** 2
                + (CHEST_DEPTH * skeleton.forward[0]) ** 2) ** 0.5
        return z > 0.04 and abs(x - neck[0]) < 0.9 * wide and neck[1] < y < hip[1] + 0.05
    return False


def keypoints_of_figure(figure: Figure, height: int, width: int) -> NDArray[np.float32]:
    """(18, 3): see :class:`FigurePair`."""
    keypoints = np.full((18, 3), (-1, -1, 0), np.float32)
    for joint, place in enumerate(figure.skeleton.joints):
        x, y = figure.view.project(place)
        x, y = x * height + width / 2, y * height
        if 0 <= x < width and 0 <= y < height and not figure.overlooked[joint] and not _hidden(figure, joint):
            keypoints[joint] = int(x), int(y), 1
    return keypoints


def _describe_figure(dice: Dice, identity: Identity) -> Figure:
    stance = describe_stance(dice)
    view = View(dice.between(0.84, 0.93), dice.between(-0.035, 0.035), dice.between(0.955, 0.985))
    overlooked = tuple(dice.chance(OVERLOOKED) for _ in range(18))
    return Figure(identity, stance, pose(identity, stance), view, overlooked)


def draw_figure(figure: Figure, brush: Brush, seed: int) -> NDArray[np.uint8]:
    """(height, width, 3) of 8 bits: a person in front of what ``brush`` shows, which is painted over."""
    FigurePainter(brush, *figure[:4], seed + 2).paint()
    return brush.finished()


def draw_figure_pair(seed: int, index: int, height: int, width: int) -> FigurePair:
    """Pair ``index`` of world ``seed``: one person, one room, two ways to stand."""
    dice = Dice(seed, index)
    identity, room = describe_identity(dice), describe_room(dice)
    figures = [_describe_figure(dice, identity) for _ in range(2)]
    patterns = pattern_seed(seed, index)
    empty = painted_room(room, patterns, height, width)
    images = [draw_figure(figure, empty.copy(), patterns) for figure in figures]
    return FigurePair(*images, *(keypoints_of_figure(figure, height, width) for figure in figures))
