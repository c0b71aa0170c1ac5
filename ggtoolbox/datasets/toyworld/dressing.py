"""A person painted on a picture: body, clothes, head and shadow."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .brush import Brush, Patch, Plane, between
from .drawing import Colour, Point
from .person import ARMS, LEFT_HIP, LEGS, NECK, RIGHT_HIP, Cloth, Identity, Skeleton, Stance
from .shading import cell_noise
from .turning import DEGREE

NOSE, KNEES, EYES = 0, (9, 12), (14, 15)
CHEST_DEPTH, HIP_DEPTH = 0.062, 0.068  # half of the body's thickness
FOLDS = 0.22  # contrast of the cloth's cells
TURNED_AWAY = 0.2  # from here on a head shows its back
PUPIL, LIPS = (0.02, 0.015, 0.01), (0.35, 0.08, 0.07)


class View(NamedTuple):
    """Where a person stands in the picture.

    Attributes:
        scale: height of the person.
        x, feet: the point between the feet.
    """

    scale: float
    x: float
    feet: float

    def project(self, joint: tuple[float, float, float]) -> Point:
        """A joint in picture coordinates."""
        return self.x + self.scale * joint[0], self.feet + self.scale * (joint[1] - 1)


def weave(cloth: Cloth, around: Plane, along: Plane, pixel: float, half: float) -> Plane:
    """How much of the second colour each point of a cloth has.

    Args:
        around, along: where it is on the body, in shares of the person's height.
        pixel: size of a pixel in the same unit.
        half: where ``halves`` meet, along.
    """
    def clipped(share: Plane) -> Plane:
        return np.minimum(np.maximum(share, np.float32(0)), np.float32(1))

    def stripe(position: Plane) -> Plane:
        cell = position * np.float32(1 / cloth.period)
        cell -= np.floor(cell)
        cell = np.float32(0.25) - np.abs(cell - np.float32(0.5))
        cell *= np.float32(cloth.period / pixel)
        return clipped(cell + np.float32(0.5))

    if cloth.weave == 'hoops':
        return stripe(along)
    if cloth.weave == 'stripes':
        return stripe(around)
    if cloth.weave == 'checks':
        return (stripe(around) + stripe(along)) * np.float32(0.5)
    if cloth.weave == 'dots':
        return stripe(around) * stripe(along)
    return clipped((along - np.float32(half)) * np.float32(1 / pixel))


class FigurePainter:
    """Paints one person, from far to near.

    Args:
        brush: the picture.
        identity, stance, skeleton, view: who, how and where.
        seed: of the folds.
    """

    def __init__(self, brush: Brush, identity: Identity, stance: Stance, skeleton: Skeleton, view: View,
                 seed: int) -> None:
        self.brush, self.seed = brush, seed
        self.identity, self.skeleton, self.view = identity, skeleton, view
        self.head_size = identity.head * view.scale
        self.thickness = 0.5 + 0.5 * identity.build
        self.heading = stance.heading * DEGREE
        self.pixel = 1 / (brush.height * view.scale)
        self.points = [view.project(joint) for joint in skeleton.joints]
        self.toes = [view.project(toe) for toe in skeleton.toes]

    def paint(self) -> None:
        """All of it."""
        joints = self.skeleton.joints
        self.shadows()
        for side in sorted((0, 1), key=lambda i: -joints[LEGS[i][1]][2]):
            self.leg(side)
        depth = [0.45 * joints[elbow][2] + 0.55 * joints[wrist][2] - 0.02 for _, elbow, wrist in ARMS]
        behind, before = ([i for i in (0, 1) if (depth[i] > 0) is hidden] for hidden in (True, False))
        away = self.skeleton.face[1] > TURNED_AWAY
        for side in behind:
            self.arm(side)
        self.torso()
        if not away:
            self.head_from_the_front()
        for side in before:
            self.arm(side)
        if away:
            self.head_from_behind()

    def shadows(self) -> None:
        """On the floor: away from the lamp, and below the feet."""
        scale = self.view.scale
        middle = self.view.x, self.view.feet - 0.012 * scale
        far = middle[0] - self.brush.light.right * 0.42 * scale, middle[1] - 0.07 * scale
        self.brush.darken(self.limb(middle, far, 0.05, 0.045), 0.4)
        self.brush.darken(self.brush.ball(middle, 0.15 * scale, 0.035 * scale), 0.6)

    def limb(self, start: Point, end: Point, start_radius: float, end_radius: float) -> Patch | None:
        """A limb whose radii are shares of the person's height."""
        scale = self.view.scale
        return self.brush.limb(start, end, start_radius * scale, end_radius * scale)

    def bare(self, start: Point, end: Point, start_radius: float, end_radius: float) -> None:
        """A limb of skin."""
        self.brush.paint(self.limb(start, end, self.thickness * start_radius, self.thickness * end_radius),
                         self.identity.skin)

    def sleeve(self, cloth: Cloth, start: Point, end: Point, start_radius: float, end_radius: float,
               length: float, begins: float = 0.0) -> None:
        """A limb of cloth; ``length`` and ``begins`` as of :meth:`dress`."""
        patch = self.limb(start, end, self.thickness * start_radius, self.thickness * end_radius)
        self.dress(patch, cloth, start_radius, length, begins)

    def dress(self, patch: Patch | None, cloth: Cloth, girth: float, length: float,
              begins: float = 0.0) -> None:
        """Paint a part of the clothes: its pattern goes around the body, and it has folds.

        Args:
            girth: half width of the part, in shares of the person's height.
            length: of the part along the body.
            begins: how much of the cloth lies before the part.
        """
        if patch is None:
            return
        across = np.minimum(np.maximum(patch.across, np.float32(-1)), np.float32(1))
        around = across + across * across * across * np.float32(0.35)  # nearly the arc's length
        around = (around - np.float32(self.heading)) * np.float32(girth)
        along = patch.along * np.float32(length) + np.float32(begins)
        colour = np.array(cloth.colour, np.float32)[:, None, None]
        if cloth.weave != 'plain':
            share = weave(cloth, around, along, self.pixel, 0.15)
            colour = colour + share * (np.array(cloth.second, np.float32)[:, None, None] - colour)
        rows = np.floor(along * np.float32(22)).astype(np.int32)
        columns = np.floor(around * np.float32(34)).astype(np.int32)
        folds = cell_noise(columns, rows, self.seed) * np.float32(FOLDS) + np.float32(1 - FOLDS / 2)
        self.brush.paint(patch, colour, folds)

    def leg(self, side: int) -> None:
        """A leg with what covers it, and its shoe."""
        who = self.identity
        hip, knee, ankle = (self.points[joint] for joint in LEGS[side])
        self.brush.paint(self.limb(ankle, self.toes[side], 0.03, 0.021), who.shoes)
        covered = who.hem if who.legs != 'skirt' else 0.0
        self.bare(knee, ankle, 0.036, 0.022)
        if covered < 0.5:
            self.bare(hip, knee, 0.05, 0.038)
        else:
            self.sleeve(who.bottom, knee, between(knee, ankle, 2 * covered - 1), 0.044, 0.036, 0.22, 0.22)
        if covered:
            self.sleeve(who.bottom, hip, between(hip, knee, min(2 * covered, 1.0)), 0.06, 0.046, 0.22)

    def arm(self, side: int) -> None:
        """An arm with its sleeve, and the hand."""
        who = self.identity
        shoulder, elbow, wrist = (self.points[joint] for joint in ARMS[side])
        self.bare(elbow, wrist, 0.028, 0.021)
        self.bare(wrist, between(elbow, wrist, 1.22), 0.024, 0.02)
        if who.sleeve > 0.5:
            self.sleeve(who.top, elbow, between(elbow, wrist, 2 * who.sleeve - 1), 0.033, 0.03, 0.14, 0.16)
        else:
            self.bare(shoulder, elbow, 0.034, 0.028)
        end = between(shoulder, elbow, min(2 * who.sleeve, 1.0))
        self.sleeve(who.top, shoulder, end, 0.042, 0.035, 0.158)

    def half_width(self, half: float, depth: float) -> float:
        """What is seen of a body that is 2 x ``half`` wide and 2 x ``depth`` thick, halved."""
        sideways, ahead = self.skeleton.rightward[0], self.skeleton.forward[0]
        return ((half * sideways) ** 2 + (depth * ahead) ** 2) ** 0.5 * self.view.scale

    def torso(self) -> None:
        """The upper body with its clothes, the skirt below and the patch on the chest."""
        who, scale, brush = self.identity, self.view.scale, self.brush
        neck, hips = self.points[NECK], between(self.points[RIGHT_HIP], self.points[LEFT_HIP], 0.5)
        chest = self.half_width(who.shoulder + 0.028, CHEST_DEPTH * self.thickness)
        hip = self.half_width(who.hip + 0.052 * self.thickness, HIP_DEPTH * self.thickness)
        if who.legs == 'skirt':
            knees = [self.points[knee] for knee in KNEES]
            hem = between(hips, between(*knees, 0.5), 2 * who.hem)
            wide, top = 1.15 * hip + abs(knees[0][0] - knees[1][0]) / 2, hips[1] - 0.01 * scale
            skirt = brush.outline([(hips[0] - hip, top), (hips[0] + hip, top),
                                   (hem[0] + wide, hem[1]), (hem[0] - wide, hem[1])])
            self.dress(skirt, who.bottom, 0.1, 0.25)
        bottom = hips[0], hips[1] + 0.035 * scale
        profile = ((-0.04, 0.36 * chest), (0.02, 0.78 * chest), (0.1, chest),
                   (0.62, 0.52 * hip + 0.4 * chest), (1.0, hip))
        rows = [(*between(neck, bottom, share), half) for share, half in profile]
        outline = [(x - half, y) for x, y, half in rows] + [(x + half, y) for x, y, half in rows[::-1]]
        self.dress(brush.outline(outline, 0.85), who.top, 0.11, 0.36)
        ahead = -self.skeleton.forward[1]
        if who.print_colour is not None and ahead > 0.3:
            x, y = between(neck, bottom, 0.36)
            x += self.skeleton.forward[0] * CHEST_DEPTH * scale
            patch = brush.ball((x, y), 0.045 * scale * ahead, 0.045 * scale, flat=True)
            brush.paint(patch, who.print_colour)

    def _on_head(self, x: float, y: float) -> Point:
        """A point given relative to the head's centre and size."""
        centre_x, centre_y = self.view.project(self.skeleton.head)
        return centre_x + x * self.head_size, centre_y + y * self.head_size

    def _tuft(self, start: Point, end: Point, radii: tuple[float, float], shade: float = 1.0) -> None:
        """A limb of hair, relative to the head."""
        size = self.head_size
        patch = self.brush.limb(self._on_head(*start), self._on_head(*end), radii[0] * size, radii[1] * size)
        self.brush.paint(patch, self.identity.hair, shade)

    def _ball(self, x: float, y: float, radius_x: float, radius_y: float, colour: Colour,
              shade: float = 1.0, flat: bool = False) -> None:
        """An ellipse, relative to the head."""
        size = self.head_size
        patch = self.brush.ball(self._on_head(x, y), radius_x * size, radius_y * size, flat=flat)
        self.brush.paint(patch, colour, shade)

    def throat(self) -> None:
        """Between chest and head."""
        neck = self.points[NECK]
        end = between(neck, self.view.project(self.skeleton.head), 0.7)
        self.brush.paint(self.limb(neck, end, 0.033, 0.03), self.identity.skin, 0.8)

    def head_from_behind(self) -> None:
        """Nothing but hair, or a cap."""
        who = self.identity
        self.throat()
        self._ball(0, 0, 0.78 + 0.1 * abs(self.skeleton.face[0]), 1, who.skin)
        self._tuft((0, -0.12), (0, 1.5 if who.haircut == 'long' else 0.25), (0.92, 0.72))
        if who.haircut == 'tail':
            self._tuft((0, 0), (0, 1.7), (0.3, 0.16), 0.7)
        if who.haircut == 'cap':
            self.cap()

    def head_from_the_front(self) -> None:
        """Head, hair and face, as far as they are turned here."""
        who, ahead = self.identity, self.skeleton.face[0]
        if who.haircut == 'long':
            self._tuft((-0.25 * ahead, -0.15), (-0.45 * ahead, 1.35), (1.02, 0.9))
        self.throat()
        if who.haircut == 'tail':
            self._tuft((-0.9 * ahead, -0.3), (-1.25 * ahead, 1.3), (0.3, 0.16))
        self._ball(-0.22 * ahead, -0.16, 0.93, 0.96, who.hair)
        self._ball(0.22 * ahead, 0.12, 0.7 + 0.1 * abs(ahead), 0.86, who.skin)
        self.features()
        if who.haircut == 'cap':
            self.cap()
            self._ball(0.75 * ahead, -0.3, 0.85, 0.17, who.cap, 0.75)

    def features(self) -> None:
        """Eyes, nose and mouth."""
        head_x, head_y, head_z = self.skeleton.head
        size = self.identity.head
        place = lambda joint: ((joint[0] - head_x) / size, (joint[1] - head_y) / size)
        for eye in (self.skeleton.joints[joint] for joint in EYES):
            if eye[2] - head_z < 0.1 * size:
                self._ball(*place(eye), 0.13, 0.13, PUPIL, flat=True)
        if self.skeleton.face[1] < 0:
            x, y = place(self.skeleton.joints[NOSE])
            self._ball(x, y, 0.12, 0.16, self.identity.skin, 0.8)
            self._ball(0.9 * x, y + 0.36, 0.3, 0.09, LIPS, flat=True)

    def cap(self) -> None:
        """On the head; its peak is not here."""
        corners = ((-0.95, -0.32), (-0.7, -0.97), (0, -1.17), (0.7, -0.97), (0.95, -0.32))
        patch = self.brush.outline([self._on_head(*corner) for corner in corners])
        self.brush.paint(patch, self.identity.cap)
