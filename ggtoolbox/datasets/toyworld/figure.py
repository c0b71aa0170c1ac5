"""A person drawn as a camera at chest height sees it, and the joints that can be seen."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .brush import Brush, Patch, Plane
from .dice import Dice
from .drawing import Colour, Point
from .person import Cloth, Identity, Skeleton, Stance, describe_identity, describe_stance, pose
from .room import Room, describe_room, paint_room
from .shading import cell_noise
from .turning import DEGREE

NECK, RIGHT_SHOULDER, LEFT_SHOULDER, RIGHT_HIP, LEFT_HIP = 1, 2, 5, 8, 11
ARMS, LEGS = ((2, 3, 4), (5, 6, 7)), ((8, 9, 10), (11, 12, 13))
FACE = (0, 14, 15, 16, 17)
SHOULDER_DEPTH, HIP_DEPTH = 0.062, 0.068  # half of the body's thickness
FOLDS = 0.22  # contrast of the cloth's cells
TURNED_AWAY = 0.2  # from here on a head shows its back
OVERLOOKED = 0.03  # share of the joints that a detector misses for no reason


class View(NamedTuple):
    """Where a person stands in the picture: ``scale`` is the height of the person, ``x`` and ``feet`` the
    point between the feet."""

    scale: float
    x: float
    feet: float

    def project(self, joint: tuple[float, float, float]) -> Point:
        return self.x + self.scale * joint[0], self.feet + self.scale * (joint[1] - 1)


class Figure(NamedTuple):
    """A person in one picture."""

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


def weave(cloth: Cloth, around: Plane, along: Plane, pixel: float, half: float) -> Plane:
    """How much of the second colour each point of a cloth has.

    Args:
        around, along: where it is on the body, in shares of the person's height.
        pixel: size of a pixel in the same unit.
        half: where ``halves`` meet, along.
    """
    def stripe(position: Plane) -> Plane:
        cell = position * np.float32(1 / cloth.period)
        cell -= np.floor(cell)
        cell = np.float32(0.25) - np.abs(cell - np.float32(0.5))
        cell *= np.float32(cloth.period / pixel)
        return np.minimum(np.maximum(cell + np.float32(0.5), np.float32(0)), np.float32(1))

    if cloth.weave == 'hoops':
        return stripe(along)
    if cloth.weave == 'stripes':
        return stripe(around)
    if cloth.weave == 'checks':
        return (stripe(around) + stripe(along)) * np.float32(0.5)
    if cloth.weave == 'dots':
        return stripe(around) * stripe(along)
    return np.minimum(np.maximum((along - np.float32(half)) * np.float32(1 / pixel), np.float32(0)), np.float32(1))


class Painter:
    """Paints one figure, from far to near."""

    def __init__(self, brush: Brush, figure: Figure, seed: int) -> None:
        self.brush, self.seed = brush, seed
        self.identity, self.skeleton, self.view = figure.identity, figure.skeleton, figure.view
        self.heading = figure.stance.heading * DEGREE
        self.pixel = 1 / (brush.height * self.view.scale)
        self.points = [self.view.project(joint) for joint in self.skeleton.joints]
        self.toes = [self.view.project(toe) for toe in self.skeleton.toes]

    def dress(self, patch: Patch | None, cloth: Cloth, girth: float, length: float, start: float = 0.0,
              shade: float = 1.0) -> None:
        """Paint a part of the clothes: its pattern goes around the body and has folds.

        Args:
            girth: half width of the part, in shares of the person's height.
            length, start: of the part along the body; ``start`` is where its pattern begins.
        """
        if patch is None:
            return
        across = np.minimum(np.maximum(patch.across, np.float32(-1)), np.float32(1))
        around = across + across * across * across * np.float32(0.35)
        around = (around - np.float32(self.heading)) * np.float32(girth)
        along = patch.along * np.float32(length) + np.float32(start)
        colour = np.array(cloth.colour, np.float32)
        if cloth.weave != 'plain':
            share = weave(cloth, around, along, self.pixel, 0.15)
            colour = colour + share[..., None] * (np.array(cloth.second, np.float32) - colour)
        rows = np.floor(along * np.float32(22)).astype(np.int32)
        columns = np.floor(around * np.float32(34)).astype(np.int32)
        folds = cell_noise(columns, rows, self.seed) * np.float32(FOLDS) + np.float32(1 - FOLDS / 2)
        self.brush.paint(patch, colour, folds * np.float32(shade))

    def limb(self, start: Point, end: Point, start_radius: float, end_radius: float) -> Patch | None:
        """A limb whose radii are shares of the person's height."""
        scale = self.view.scale
        return self.brush.limb(start, end, start_radius * scale, end_radius * scale)

    def leg(self, side: int) -> None:
        """A leg with what covers it, and its shoe."""
        identity, build = self.identity, 0.5 + 0.5 * self.identity.build
        hip, knee, ankle = (self.points[joint] for joint in LEGS[side])
        toe = self.toes[side]
        self.brush.paint(self.limb(ankle, toe, 0.03, 0.021), identity.shoes)
        covered = identity.hem if identity.legs != 'skirt' else 0.0
        self.brush.paint(self.limb(knee, ankle, 0.036 * build, 0.022 * build), identity.skin)
        if covered < 0.5:
            self.brush.paint(self.limb(hip, knee, 0.05 * build, 0.038 * build), identity.skin)
        if covered > 0.5:
            end = _between(knee, ankle, 2 * covered - 1)
            self.dress(self.limb(knee, end, 0.044 * build, 0.036 * build), identity.bottom, 0.045, 0.22, 0.22)
        if covered:
            end = _between(hip, knee, min(2 * covered, 1.0))
            self.dress(self.limb(hip, end, 0.06 * build, 0.046 * build), identity.bottom, 0.05, 0.22)

    def arm(self, side: int) -> None:
        """An arm with its sleeve, and the hand."""
        identity, build = self.identity, 0.5 + 0.5 * self.identity.build
        shoulder, elbow, wrist = (self.points[joint] for joint in ARMS[side])
        hand = _between(elbow, wrist, 1.22)
        self.brush.paint(self.limb(elbow, wrist, 0.028 * build, 0.021 * build), identity.skin)
        self.brush.paint(self.limb(wrist, hand, 0.024, 0.02), identity.skin)
        if identity.sleeve > 0.5:
            end = _between(elbow, wrist, 2 * identity.sleeve - 1)
            self.dress(self.limb(elbow, end, 0.033 * build, 0.03 * build), identity.top, 0.033, 0.14, 0.16)
        else:
            self.brush.paint(self.limb(shoulder, elbow, 0.034 * build, 0.028 * build), identity.skin)
        end = _between(shoulder, elbow, min(2 * identity.sleeve, 1.0))
        self.dress(self.limb(shoulder, end, 0.042 * build, 0.035 * build), identity.top, 0.04, 0.158)

    def width(self, half: float, depth: float) -> float:
        """Half of what is seen of a body that is 2 x ``half`` wide and 2 x ``depth`` thick."""
        side, ahead = self.skeleton.rightward[0], self.skeleton.forward[0]
        return ((half * side) ** 2 + (depth * ahead) ** 2) ** 0.5 * self.view.scale

    def torso(self) -> None:
        """The upper body with its clothes, the skirt below and the patch on the chest."""
        identity, scale = self.identity, self.view.scale
        neck, hips = self.points[NECK], _between(self.points[RIGHT_HIP], self.points[LEFT_HIP], 0.5)
        build = 0.5 + 0.5 * identity.build
        shoulder = self.width(identity.shoulder + 0.028, SHOULDER_DEPTH * build)
        hip = self.width(identity.hip + 0.052 * build, HIP_DEPTH * build)
        bottom = (hips[0], hips[1] + 0.035 * scale)
        rows = ((-0.04, 0.36 * shoulder), (0.02, 0.78 * shoulder), (0.1, shoulder),
                (0.62, 0.52 * hip + 0.4 * shoulder), (1.0, hip))
        if identity.legs == 'skirt':
            low = _between(hips, _between(self.points[9], self.points[12], 0.5), 2 * identity.hem)
            spread = abs(self.points[9][0] - self.points[12][0]) / 2
            hem = hip * 1.15 + spread
            self.dress(self.brush.outline([(hips[0] - hip, hips[1] - 0.01 * scale), (hips[0] + hip, hips[1] - 0.01 * scale),
                                           (low[0] + hem, low[1]), (low[0] - hem, low[1])]), identity.bottom, 0.1, 0.25)
        left = [(_between(neck, bottom, t)[0] - half, _between(neck, bottom, t)[1]) for t, half in rows]
        right = [(_between(neck, bottom, t)[0] + half, _between(neck, bottom, t)[1]) for t, half in rows]
        self.dress(self.brush.outline(left + right[::-1], 0.85), identity.top, 0.11, 0.36)
        ahead = -self.skeleton.forward[1]
        if identity.print_colour is not None and ahead > 0.3:
            middle = _between(neck, bottom, 0.36)
            centre = middle[0] + self.skeleton.forward[0] * SHOULDER_DEPTH * scale, middle[1]
            self.brush.paint(self.brush.ball(centre, 0.045 * scale * ahead, 0.045 * scale), identity.print_colour,
                             flat=True)

    def head(self) -> None:
        """Neck, head, hair or cap, and the face where it can be seen."""
        identity, brush, scale = self.identity, self.brush, self.view.scale
        centre, radius = self.view.project(self.skeleton.head), identity.head * scale
        face_x, face_z = self.skeleton.face
        away = face_z > TURNED_AWAY
        hair = identity.hair
        if identity.haircut == 'long' and not away:
            brush.paint(brush.limb((centre[0] - 0.25 * face_x * radius, centre[1] - 0.15 * radius),
                                   (centre[0] - 0.45 * face_x * radius, centre[1] + 1.35 * radius),
                                   1.02 * radius, 0.9 * radius), hair)
        self.brush.paint(self.limb(self.points[NECK], _between(self.points[NECK], centre, 0.7), 0.033, 0.03),
                         identity.skin, 0.8)
        depth = 0.78 + 0.1 * abs(face_x)
        if away:
            brush.paint(brush.ball(centre, depth * radius, radius), identity.skin)
            length = 1.5 if identity.haircut == 'long' else 0.25
            brush.paint(brush.limb((centre[0], centre[1] - 0.12 * radius), (centre[0], centre[1] + length * radius),
                                   0.92 * radius, 0.72 * radius), hair)
            if identity.haircut == 'tail':
                brush.paint(brush.limb(centre, (centre[0], centre[1] + 1.7 * radius), 0.3 * radius, 0.16 * radius),
                            tuple(0.7 * c for c in hair))
        else:
            if identity.haircut == 'tail':
                back = centre[0] - 0.9 * face_x * radius
                brush.paint(brush.limb((back, centre[1] - 0.3 * radius),
                                       (back - 0.35 * face_x * radius, centre[1] + 1.3 * radius),
                                       0.3 * radius, 0.16 * radius), hair)
            brush.paint(brush.ball((centre[0] - 0.22 * face_x * radius, centre[1] - 0.16 * radius),
                                   0.93 * radius, 0.96 * radius), hair)
            brush.paint(brush.ball((centre[0] + 0.22 * face_x * radius, centre[1] + 0.12 * radius),
                                   (depth - 0.08) * radius, 0.86 * radius), identity.skin)
            self.features(radius)
        if identity.haircut == 'cap':
            top = (centre[0], centre[1] - 0.42 * radius)
            brush.paint(brush.outline([(top[0] - 0.95 * radius, top[1] + 0.1 * radius), (top[0] - 0.7 * radius, top[1] - 0.55 * radius),
                                       (top[0], top[1] - 0.75 * radius), (top[0] + 0.7 * radius, top[1] - 0.55 * radius),
                                       (top[0] + 0.95 * radius, top[1] + 0.1 * radius)]), identity.cap)
            if not away:
                rim = top[0] + 0.75 * face_x * radius
                brush.paint(brush.ball((rim, top[1] + 0.12 * radius), 0.85 * radius, 0.17 * radius), identity.cap, 0.75)

    def features(self, radius: float) -> None:
        """Eyes, nose and mouth."""
        for eye in (14, 15):
            if self.facing(eye) < 0.1:
                x, y = self.points[eye]
                self.brush.paint(self.brush.ball((x, y), 0.13 * radius, 0.13 * radius), (0.02, 0.015, 0.01), flat=True)
        x, y = self.points[0]
        if self.skeleton.face[1] < 0:
            self.brush.paint(self.brush.ball((x, y), 0.12 * radius, 0.16 * radius), self.identity.skin, 0.8)
            self.brush.paint(self.brush.ball((x - 0.1 * self.skeleton.face[0] * radius, y + 0.36 * radius), 0.3 * radius,
                                             0.09 * radius), (0.35, 0.08, 0.07), flat=True)

    def facing(self, joint: int) -> float:
        """How far a part of the head is turned away, from -1 to 1."""
        return (self.skeleton.joints[joint][2] - self.skeleton.head[2]) / self.identity.head

    def shadows(self) -> None:
        """On the floor."""
        light, scale = self.brush.light, self.view.scale
        middle = (self.view.x, self.view.feet - 0.012 * scale)
        far = (middle[0] - light.right * 0.42 * scale, middle[1] - 0.07 * scale)
        self.brush.darken(self.brush.limb(middle, far, 0.05 * scale, 0.045 * scale), 0.4)
        self.brush.darken(self.brush.ball(middle, 0.15 * scale, 0.035 * scale), 0.6)

    def paint(self) -> None:
        """All of it."""
        joints = self.skeleton.joints
        self.shadows()
        for i in sorted((0, 1), key=lambda side: -joints[LEGS[side][1]][2]):
            self.leg(i)
        depth = [0.45 * joints[elbow][2] + 0.55 * joints[wrist][2] - 0.02 for _, elbow, wrist in ARMS]
        for i in (0, 1):
            if depth[i] > 0:
                self.arm(i)
        self.torso()
        away = self.skeleton.face[1] > TURNED_AWAY
        if not away:
            self.head()
        for i in (0, 1):
            if depth[i] <= 0:
                self.arm(i)
        if away:
            self.head()


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _visible(figure: Figure, joint: int) -> bool:
    """Whether a joint can be seen if it is in the picture."""
    skeleton = figure.skeleton
    x, y, z = skeleton.joints[joint]
    if joint in FACE:
        return (z - skeleton.head[2]) / figure.identity.head < (0.3 if joint > 15 else 0.1)
    if joint in (3, 4, 6, 7):
        neck, hip = skeleton.joints[NECK], skeleton.joints[RIGHT_HIP]
        wide = ((figure.identity.shoulder * skeleton.rightward[0]) ** 2
                + (SHOULDER_DEPTH * skeleton.forward[0]) ** 2) ** 0.5
        return not (z > 0.04 and abs(x - neck[0]) < 0.9 * wide and neck[1] < y < hip[1] + 0.05)
    return True


def keypoints_of_figure(figure: Figure, height: int, width: int) -> NDArray[np.float32]:
    """(18, 3): see :class:`FigurePair`."""
    keypoints = np.full((18, 3), (-1, -1, 0), np.float32)
    for joint, place in enumerate(figure.skeleton.joints):
        x, y = figure.view.project(place)
        column, row = int(x * height + width / 2 + 1000) - 1000, int(y * height + 1000) - 1000
        inside = 0 <= column < width and 0 <= row < height
        if inside and not figure.overlooked[joint] and _visible(figure, joint):
            keypoints[joint] = column, row, 1
    return keypoints


def _describe_figure(dice: Dice, identity: Identity) -> Figure:
    stance = describe_stance(dice)
    scale = dice.between(0.84, 0.93)
    view = View(scale, dice.between(-0.035, 0.035), dice.between(0.955, 0.985))
    overlooked = tuple(dice.chance(OVERLOOKED) for _ in range(18))
    return Figure(identity, stance, pose(identity, stance), view, overlooked)


def draw_figure(figure: Figure, room: Room, seed: int, height: int, width: int) -> NDArray[np.uint8]:
    """(height, width, 3) of 8 bits."""
    brush = Brush(height, width, room.light)
    paint_room(brush, room, seed)
    Painter(brush, figure, seed + 2).paint()
    return brush.finished()


def draw_figure_pair(seed: int, index: int, height: int, width: int) -> FigurePair:
    """Pair ``index`` of world ``seed``: one person, one room, two ways to stand."""
    dice = Dice(seed, index)
    identity, room = describe_identity(dice), describe_room(dice)
    figures = [_describe_figure(dice, identity) for _ in range(2)]
    patterns = 1000003 * seed + index
    images = [draw_figure(figure, room, patterns, height, width) for figure in figures]
    return FigurePair(*images, *(keypoints_of_figure(figure, height, width) for figure in figures))
