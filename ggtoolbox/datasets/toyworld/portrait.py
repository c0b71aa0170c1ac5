"""A face painted on a picture, and its landmarks."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .brush import Brush, Patch
from .dice import Dice, pattern_seed
from .drawing import Colour, Point
from .face import (
    NEUTRAL,
    Expression,
    FaceIdentity,
    changed_face,
    describe_expression,
    describe_face,
    face_landmarks,
)
from .room import describe_room, painted_room
from .turning import Turn

EYE_WHITE, PUPIL, TEETH, THROAT = (0.8, 0.8, 0.78), (0.01, 0.01, 0.01), (0.85, 0.83, 0.76), (0.1, 0.02, 0.02)
NOSTRIL, LASHES = (0.06, 0.02, 0.02), (0.05, 0.03, 0.02)
MOST_TURNED = 24.0  # degrees


class HeadPose(NamedTuple):
    """How a head is held.

    Attributes:
        scale: half the face's width in picture heights.
        x, y: where the point between the eyes would be if it looked straight ahead.
        turn: degrees to the picture's right.
        tilt: degrees by which it leans to the picture's right.
    """

    scale: float
    x: float
    y: float
    turn: float
    tilt: float


class FacePair(NamedTuple):
    """Two pictures of a face in the same room: at rest, and with an expression.

    Attributes:
        source_image, target_image: (H, W, 3) uint8 RGB.
        source_keypoints, target_keypoints: (68, 3) float32: x, y in pixels, visibility 1.
        attributes: 0 or 1 for each of ``face.ATTRIBUTES``.
        expression: name of the target's.
    """

    source_image: NDArray[np.uint8]
    target_image: NDArray[np.uint8]
    source_keypoints: NDArray[np.float32]
    target_keypoints: NDArray[np.float32]
    attributes: tuple[int, ...]
    expression: str


class PortraitPainter:
    """Paints one head, from far to near.

    Args:
        brush: the picture.
        who, face, pose: whose head, what it expresses, how it is held.
    """

    def __init__(self, brush: Brush, who: FaceIdentity, face: Expression, pose: HeadPose) -> None:
        self.brush, self.who, self.face, self.pose = brush, who, face, pose
        self.turn, self.tilt = Turn.degrees(pose.turn), Turn.degrees(pose.tilt)
        self.points = [self.place(*landmark) for landmark in face_landmarks(who, face)]

    def place(self, x: float, y: float, z: float = 0.0) -> Point:
        """A point of the head in the picture."""
        x = self.turn.cos * x + self.turn.sin * z
        x, y = self.tilt.of(x, y)
        return self.pose.x + self.pose.scale * x, self.pose.y + self.pose.scale * y

    def paint(self) -> None:
        """All of it."""
        self.behind()
        self.shoulders()
        self.skin()
        self.eyes()
        self.nose()
        self.mouth()
        self.beard()
        self.age()
        self.brows()
        self.hair()

    def limb(self, start: Point, end: Point, start_radius: float, end_radius: float,
             flat: bool = False) -> Patch | None:
        """A limb whose radii are shares of half the face's width."""
        scale = self.pose.scale
        return self.brush.limb(start, end, start_radius * scale, end_radius * scale, flat)

    def fill(self, points: list[Point], colour: Colour, bulge: float = 0.3, shade: float = 1.0,
             opacity: float = 1.0) -> Patch | None:
        """Paint a polygon; returns where it is."""
        patch = self.brush.outline(points, bulge)
        self.brush.paint(patch, colour, shade, opacity)
        return patch

    def behind(self) -> None:
        """Long hair, and the shadow on the wall."""
        light, scale = self.brush.light, self.pose.scale
        x, y = self.place(0.0, 0.1, -0.6)
        shadow = self.brush.ball((x - 0.5 * light.right * scale, y + 0.1 * scale), 1.5 * scale, 1.9 * scale)
        self.brush.darken(shadow, 0.5)
        if not self.who.male:
            mane = self.limb(self.place(0.0, -0.15, -0.3), self.place(0.0, 1.25, -0.5), 1.3, 1.2)
            self.brush.paint(mane, self.who.hair, 0.8)

    def shoulders(self) -> None:
        """Neck and clothes; the chin throws a shadow."""
        x, y = self.place(0.0, 1.0, -0.3)
        scale = self.pose.scale
        neck = self.limb((x, y), (x, y + 0.9 * scale), 0.5, 0.56)
        self.brush.paint(neck, self.who.skin, 0.62)
        y += 1.35 * scale
        self.brush.paint(self.limb((x - 1.1 * scale, y), (x + 1.1 * scale, y), 0.62, 0.62), self.who.cloth)

    def skin(self) -> None:
        """Ears, and the face from the jaw to the top of the forehead."""
        who, scale = self.who, self.pose.scale
        for side in (-1, 1):
            ear = self.brush.ball(self.place(0.98 * side, 0.1, -0.15), 0.16 * scale, 0.27 * scale)
            self.brush.paint(ear, who.skin, 0.9)
        turns = map(Turn.degrees, range(20, 170, 20))
        top = [self.place(turn.cos * 0.97, -0.02 - 0.95 * turn.sin, 0.2) for turn in turns]
        self.fill(self.points[:17] + top, who.skin, 0.8)
        blush = tuple(min(1.0, c * factor) for c, factor in zip(who.skin, (1.1, 0.82, 0.8)))
        for side in (-1, 1):
            x, y = self.place(0.52 * side, 0.42 - 0.3 * max(self.face.smile, 0), 0.65)
            self.brush.paint(self.brush.ball((x, y), 0.24 * scale, 0.2 * scale), blush, opacity=0.45)

    def eyes(self) -> None:
        """Whites, irises and pupils inside the lids, whose upper edge is dark."""
        scale, points = self.pose.scale, self.points
        for first in (36, 42):
            lids = points[first:first + 6]
            white = self.fill(lids, EYE_WHITE, 0.3)
            x = sum(x for x, _ in lids) / 6 + 0.05 * self.turn.sin * scale
            y = (lids[0][1] + lids[3][1]) / 2 - 0.01 * scale
            for radius, colour in ((0.1, self.who.iris), (0.05, PUPIL)):
                ball = self.brush.ball((x, y), radius * scale, radius * scale, flat=True)
                self.brush.paint(self.brush.within(ball, white), colour)
            for start, end in zip(lids[:3], lids[1:4]):
                edge = self.limb(start, end, 0.022, 0.022, flat=True)
                self.brush.paint(edge, LASHES, opacity=0.5 if self.who.male else 0.9)

    def nose(self) -> None:
        """A ridge that catches the light, its tip and the nostrils."""
        points, scale = self.points, self.pose.scale
        tip = points[30]
        below = tip[0] - 0.1 * self.brush.light.right * scale, tip[1] + 0.12 * scale
        self.brush.darken(self.brush.ball(below, 1.2 * self.who.nose * scale, 0.12 * scale), 0.4)
        self.brush.paint(self.limb(points[27], tip, 0.05, 0.13), self.who.skin, 1.04, opacity=0.8)
        for wing in (points[31], points[35]):
            ball = self.brush.ball((wing[0], wing[1] - 0.04 * scale), 0.075 * scale, 0.07 * scale)
            self.brush.paint(ball, self.who.skin)
        for nostril in (points[32], points[34]):
            ball = self.brush.ball(nostril, 0.045 * scale, 0.028 * scale, flat=True)
            self.brush.paint(ball, NOSTRIL, opacity=0.8)

    def mouth(self) -> None:
        """Lips, and between them the dark and the upper teeth."""
        points = self.points
        redness = (1.15, 0.5, 0.5) if not self.who.male else (0.95, 0.62, 0.6)
        lips = tuple(min(1.0, c * factor) for c, factor in zip(self.who.skin, redness))
        self.fill(points[48:60], lips, 0.3)
        inside = self.fill(points[60:68], THROAT, 0.2)
        if self.face.open > 0.04:
            upper = points[60:65]
            drop = 0.09 * self.pose.scale
            teeth = self.brush.outline(upper + [(x, y + drop) for x, y in upper[::-1]], 0.2)
            self.brush.paint(self.brush.within(teeth, inside), TEETH)
        else:
            for start, end in zip(points[60:64], points[61:65]):
                self.brush.paint(self.limb(start, end, 0.02, 0.02, flat=True), THROAT, opacity=0.7)

    def beard(self) -> None:
        """On cheeks and chin and above the lips."""
        if not self.who.beard:
            return
        points = self.points
        shore = [points[i] for i in (54, 52, 33, 50, 48)]
        patch = self.brush.outline(points[2:15] + shore, 0.6)
        lips = self.brush.within(patch, self.brush.outline(points[48:60], 0.0))
        if lips is not None:
            rows, columns = (slice(box.start - side.start, box.stop - side.start)
                             for box, side in zip(lips[:2], patch[:2]))
            patch.coverage[rows, columns] -= lips.coverage
        self.brush.paint(patch, self.who.hair, 0.55, opacity=self.who.beard)

    def age(self) -> None:
        """Wrinkles of the old."""
        if self.who.young:
            return
        for y in (-0.5, -0.62):
            self.brush.darken(self.limb(self.place(-0.45, y, 0.7), self.place(0.45, y, 0.7), 0.03, 0.03), 0.3)
        for side, wing, corner in ((-1, 31, 48), (1, 35, 54)):
            start, end = self.points[wing], self.points[corner]
            shift = 0.09 * side * self.pose.scale
            fold = self.limb((start[0] + shift, start[1]), (end[0] + shift, end[1]), 0.035, 0.02)
            self.brush.darken(fold, 0.4)
            bag = self.place(side * self.who.eyes, 0.19, 0.75)
            self.brush.darken(self.brush.ball(bag, 0.17 * self.pose.scale, 0.05 * self.pose.scale), 0.35)

    def brows(self) -> None:
        """As thick in the middle as the face has them."""
        shade = 0.55 if self.who.hair_colour == 'blond' else 0.8
        for first in (17, 22):
            points = self.points[first:first + 5]
            for i, (start, end) in enumerate(zip(points, points[1:])):
                thick = self.who.brow * (0.55 if i in (0, 3) else 0.8)
                self.brush.paint(self.limb(start, end, thick, thick, flat=True), self.who.hair, shade)

    def hair(self) -> None:
        """On top: parted where it is long, with a straight edge where it is short."""
        who = self.who
        turns = map(Turn.degrees, range(0, 181, 15))
        crown = [self.place(turn.cos * 1.13, -0.05 - 1.16 * turn.sin, 0.05) for turn in turns]
        if who.male:
            edge = ((-1.0, 0.0), (-0.88, -0.5), (-0.5, -0.68), (0.0, -0.72), (0.5, -0.68), (0.88, -0.5),
                    (1.0, 0.0))
        else:
            edge = ((-1.12, 0.95), (-0.93, 0.2), (-0.7, -0.38), (who.parting, -0.78), (0.7, -0.38),
                    (0.93, 0.2), (1.12, 0.95))
        self.fill(crown + [self.place(*corner, 0.45) for corner in edge], who.hair, 0.8)
        shine = self.place(0.4 * self.brush.light.right, -0.93, 0.3)
        paler = tuple(min(1.0, 1.35 * c + 0.03) for c in who.hair)
        gleam = self.brush.ball(shine, 0.42 * self.pose.scale, 0.1 * self.pose.scale)
        self.brush.paint(gleam, paler, opacity=0.5)

    def keypoints(self) -> NDArray[np.float32]:
        """(68, 3): see :class:`FacePair`."""
        return np.array([(*self.brush.pixel(point), 1.0) for point in self.points], np.float32)


def _draw(dice: Dice, who: FaceIdentity, face: Expression, brush: Brush
          ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    pose = HeadPose(dice.between(0.28, 0.315), dice.between(-0.03, 0.03), dice.between(0.44, 0.48),
                    dice.between(-MOST_TURNED, MOST_TURNED), dice.between(-7, 7))
    painter = PortraitPainter(brush, who, face, pose)
    painter.paint()
    return brush.finished(), painter.keypoints()


def face_attributes(seed: int, index: int) -> tuple[int, ...]:
    """0 or 1 for each of ``face.ATTRIBUTES``, of face ``index``, without drawing it."""
    return describe_face(Dice(seed, index)).attributes


def draw_face_pair(seed: int, index: int, height: int, width: int, change: str | None = None) -> FacePair:
    """Pair ``index`` of world ``seed``: one face, one room, at rest and with an expression.

    Args:
        change: one of ``face.ATTRIBUTES``, of which :func:`face.changed_face` makes another; all else stays.
    """
    dice = Dice(seed, index)
    who, room = describe_face(dice), describe_room(dice)._replace(horizon=2.0)
    who = who if change is None else changed_face(who, change)
    expression = describe_expression(dice)
    empty = painted_room(room, pattern_seed(seed, index), height, width)
    pictures = [_draw(dice, who, face, empty.copy()) for face in (NEUTRAL, expression)]
    images, keypoints = zip(*pictures)
    return FacePair(*images, *keypoints, who.attributes, expression.name)
