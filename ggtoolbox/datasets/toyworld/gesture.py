"""A hand painted on a picture, and its joints."""
from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .brush import Brush, Patch, between
from .dice import Dice, pattern_seed
from .drawing import Colour, Point
from .hand import Gesture, HandIdentity, describe_gesture, describe_hand, hand_joints
from .room import describe_room, painted_room
from .turning import Turn

RADII = ((0.085, 0.07, 0.06, 0.048), (0.066, 0.056, 0.05, 0.042), (0.068, 0.058, 0.051, 0.043),
         (0.065, 0.055, 0.048, 0.041), (0.057, 0.049, 0.043, 0.037))  # of each finger, from the knuckle
BEHIND = -0.03  # a bone whose middle lies deeper than this is behind the palm
NAIL, PALE = (0.9, 0.62, 0.55), (0.85, 0.6, 0.48)


class HandPair(NamedTuple):
    """Two pictures of a hand in the same room.

    Attributes:
        source_image, target_image: (H, W, 3) uint8 RGB.
        source_keypoints, target_keypoints: (21, 3) float32: x, y in pixels, visibility; (-1, -1, 0) where a
            joint is out of the picture.
    """

    source_image: NDArray[np.uint8]
    target_image: NDArray[np.uint8]
    source_keypoints: NDArray[np.float32]
    target_keypoints: NDArray[np.float32]


class HandPainter:
    """Paints one hand, from far to near.

    Args:
        brush: the picture.
        identity, gesture: whose hand, and what it does.
        scale: length of the hand.
        wrist: where its wrist is.
    """

    def __init__(self, brush: Brush, identity: HandIdentity, gesture: Gesture, scale: float,
                 wrist: Point) -> None:
        self.brush, self.identity, self.gesture = brush, identity, gesture
        self.scale, self.wrist = scale, wrist
        joints = hand_joints(identity, gesture)
        self.depths = [z for _, _, z in joints]
        self.points = [(wrist[0] + scale * x, wrist[1] + scale * y) for x, y, _ in joints]

    def paint(self) -> None:
        """All of it."""
        bones = [(finger, bone, 4 * finger + bone + 1) for finger in range(5) for bone in range(3)]
        depth = lambda entry: self.depths[entry[2]] + self.depths[entry[2] + 1]
        bones.sort(key=depth)
        behind = [entry for entry in bones if depth(entry) / 2 < BEHIND]
        self.arm()
        for finger, bone, joint in behind:
            self.bone(finger, bone, joint, over=False)
        self.palm()
        for finger, bone, joint in bones[len(behind):]:
            self.bone(finger, bone, joint, over=depth((finger, bone, joint)) / 2 > -BEHIND)

    def limb(self, start: Point, end: Point, start_radius: float, end_radius: float) -> Patch | None:
        """A limb whose radii are shares of the hand's length."""
        wide = self.scale * self.identity.width
        return self.brush.limb(start, end, start_radius * wide, end_radius * wide)

    def arm(self) -> None:
        """Forearm, sleeve and bracelet, and their shadow on the wall."""
        who, brush, (x, y) = self.identity, self.brush, self.wrist
        down, across = Turn.degrees(0.4 * self.gesture.tilt).of(0.0, 1.0)
        place = lambda share: (x + share * self.scale * down, y + share * self.scale * across)
        shift = -0.16 * brush.light.right * self.scale, 0.08 * self.scale
        for start, end in ((self.points[0], self.points[9]), (self.points[0], place(1.5))):
            start, end = ((point[0] + shift[0], point[1] + shift[1]) for point in (start, end))
            brush.darken(self.limb(start, end, 0.26, 0.26), 0.45)
        brush.paint(self.limb(place(-0.02), place(1.6), 0.15, 0.19), who.skin)
        if who.band is not None:
            brush.paint(self.limb(place(0.07), place(0.1), 0.165, 0.165), who.band)
        brush.paint(self.limb(place(who.cuff + 0.2), place(1.7), 0.21, 0.25), who.sleeve)

    def palm(self) -> None:
        """From the wrist to the knuckles; the ball of the thumb on its inside."""
        skin, points = self.skin(), self.points
        grown = partial(between, points[0])
        for knuckle in (points[joint] for joint in (17, 13, 9, 5)):
            self.brush.paint(self.limb(grown(knuckle, 0.12), grown(knuckle, 0.98), 0.13, 0.078), skin)
        corners = [grown(points[1], 0.55), points[2], points[5], points[9], points[13], points[17],
                   grown(points[17], 0.25)]
        middle = self.brush.outline([grown(corner, 0.93) for corner in corners], 0.45)
        self.brush.paint(middle, skin, opacity=0.75)
        if self.identity.palm:
            self.brush.paint(self.limb(grown(points[2], 0.5), grown(points[2], 0.75), 0.1, 0.085), skin, 1.04)
            crease = self.limb(grown(points[17], 0.8), grown(points[5], 0.72), 0.012, 0.012)
            self.brush.darken(crease, 0.3)

    def skin(self) -> Colour:
        """Palms are paler than backs."""
        skin = self.identity.skin
        return tuple(0.7 * c + 0.3 * p for c, p in zip(skin, PALE)) if self.identity.palm else skin

    def bone(self, finger: int, bone: int, joint: int, over: bool) -> None:
        """One bone of a finger; ``over`` the palm it throws a shadow on what is there."""
        start, end = self.points[joint], self.points[joint + 1]
        near, far = RADII[finger][bone:bone + 2]
        if over:
            shift = -0.03 * self.brush.light.right * self.scale
            shadow = self.limb((start[0] + shift, start[1] + 0.03 * self.scale),
                               (end[0] + shift, end[1] + 0.03 * self.scale), 1.35 * near, 1.35 * far)
            self.brush.darken(shadow, 0.45)
        depth = (self.depths[joint] + self.depths[joint + 1]) / 2
        shade = 0.95 + min(max(depth, -0.3), 0.3) * 0.4
        self.brush.paint(self.limb(start, end, near, far), self.skin(), shade)
        if bone == 2 and self.gesture.curls[finger] < 0.5 and not self.identity.palm:
            wide = 0.7 * far * self.scale * self.identity.width
            self.brush.paint(self.brush.ball(between(start, end, 0.9), wide, wide), NAIL, opacity=0.7)

    def keypoints(self) -> NDArray[np.float32]:
        """(21, 3): see :class:`HandPair`."""
        keypoints = np.full((21, 3), (-1, -1, 0), np.float32)
        for joint, point in enumerate(self.points):
            x, y = self.brush.pixel(point)
            if 0 <= x < self.brush.width and 0 <= y < self.brush.height:
                keypoints[joint] = x, y, 1
        return keypoints


def _draw(dice: Dice, identity: HandIdentity, gesture: Gesture, brush: Brush
          ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    scale, wrist = dice.between(0.56, 0.68), (dice.between(-0.08, 0.08), dice.between(0.76, 0.86))
    painter = HandPainter(brush, identity, gesture, scale, wrist)
    painter.paint()
    return brush.finished(), painter.keypoints()


def draw_hand_pair(seed: int, index: int, height: int, width: int) -> HandPair:
    """Pair ``index`` of world ``seed``: one hand, one room, two signs."""
    dice = Dice(seed, index)
    identity, room = describe_hand(dice), describe_room(dice)._replace(horizon=2.0)
    first, sign = describe_gesture(dice)
    second, _ = describe_gesture(dice, but=sign)
    empty = painted_room(room, pattern_seed(seed, index), height, width)
    pictures = [_draw(dice, identity, gesture, empty.copy()) for gesture in (first, second)]
    images, keypoints = zip(*pictures)
    return HandPair(*images, *keypoints)
