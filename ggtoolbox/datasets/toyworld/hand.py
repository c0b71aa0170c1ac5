"""A hand that makes signs with its fingers.

Lengths are shares of the hand's own, from the wrist to the tip of the middle finger. In the hand's own
axes x points to the thumb's side, y from the wrist to the fingers, and z out of the palm.
"""
from __future__ import annotations

from typing import NamedTuple

from .dice import Dice
from .drawing import Colour
from .materials import CLOTHES, PAINTS, SKINS
from .turning import Turn

Joint = tuple[float, float, float]
# Of the four fingers: where they begin, how long their three bones are, how they splay.
KNUCKLES = ((0.2, 0.5), (0.065, 0.53), (-0.065, 0.5), (-0.185, 0.44))
BONES = ((0.25, 0.15, 0.11), (0.27, 0.17, 0.12), (0.25, 0.16, 0.12), (0.19, 0.12, 0.1))
SPLAYS = (9.0, 1.0, -7.0, -17.0)
CURLED = (78.0, 100.0, 60.0)  # degrees at the three joints of a finger in a fist
THUMB_BONES = (0.2, 0.17, 0.13)
THUMB_OPEN, THUMB_FOLDED = (44.0, 36.0, 28.0), (30.0, -38.0, -62.0)  # degrees from the hand's axis
# Which of thumb, index, middle, ring and little finger are stretched.
SIGNS = ((0, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 1, 1, 0, 0), (0, 1, 1, 1, 0), (0, 1, 1, 1, 1),
         (1, 1, 1, 1, 1), (1, 0, 0, 0, 0), (1, 1, 0, 0, 0), (0, 1, 0, 0, 1), (1, 0, 0, 0, 1), (0, 0, 1, 1, 1))


class HandIdentity(NamedTuple):
    """What stays the same in all pictures of a hand.

    Attributes:
        skin, sleeve, band: albedo in linear light; ``band`` is a bracelet, or None.
        width: of fingers and palm, 1 = average.
        thumb: 1 = on the picture's right when it points up, -1 = on its left.
        palm: whether the palm is seen, not the back.
        cuff: where the sleeve begins, below the wrist.
    """

    skin: Colour
    sleeve: Colour
    band: Colour | None
    width: float
    thumb: int
    palm: bool
    cuff: float


class Gesture(NamedTuple):
    """What a hand does.

    Attributes:
        curls: of the five fingers, 0 = stretched, 1 = as in a fist.
        splay: how far the fingers are spread, 1 = relaxed.
        tilt: degrees by which the hand leans to the picture's right.
        swing, nod: degrees by which it turns about its own axis, and bends towards the camera.
    """

    curls: tuple[float, ...]
    splay: float
    tilt: float
    swing: float
    nod: float


def describe_hand(dice: Dice) -> HandIdentity:
    """Draw a hand."""
    return HandIdentity(dice.pick(SKINS), dice.pick(CLOTHES), dice.pick(PAINTS) if dice.chance(0.4) else None,
                        dice.between(0.88, 1.2), 1 if dice.chance(0.5) else -1, dice.chance(0.5),
                        dice.between(0.12, 0.3))


def describe_gesture(dice: Dice, but: tuple[int, ...] | None = None) -> tuple[Gesture, tuple[int, ...]]:
    """Draw a gesture; returns its sign too, which is another one than ``but``."""
    sign = dice.pick([sign for sign in SIGNS if sign != but])
    curls = tuple(dice.between(0.0, 0.12) if stretched else dice.between(0.85, 1.0) for stretched in sign)
    return Gesture(curls, dice.between(0.6, 1.5), dice.between(-32, 32), dice.between(-22, 22),
                   dice.between(-16, 16)), sign


def hand_joints(identity: HandIdentity, gesture: Gesture) -> list[Joint]:
    """The 21 joints, wrist first, in the picture's axes: x to the right, y down, z towards the camera."""
    joints: list[Joint] = [(0.0, 0.0, 0.0)]
    fold = gesture.curls[0]
    x, y, z = 0.12, 0.1, 0.02
    joints.append((x, y, z))
    for i, length in enumerate(THUMB_BONES):
        turn = Turn.degrees(THUMB_OPEN[i] + fold * (THUMB_FOLDED[i] - THUMB_OPEN[i]))
        x, y, z = x + length * turn.sin, y + length * turn.cos, z + fold * (0.02, 0.12, 0.04)[i]
        joints.append((x, y, z))
    for finger, ((x, y), bones) in enumerate(zip(KNUCKLES, BONES)):
        splay, angle, z = Turn.degrees(SPLAYS[finger] * gesture.splay), 0.0, 0.0
        joints.append((x, y, z))
        for joint, length in enumerate(bones):
            angle += CURLED[joint] * gesture.curls[finger + 1]
            bend = Turn.degrees(angle)
            flat, z = length * bend.cos, z + length * bend.sin
            x, y = x + flat * splay.sin, y + flat * splay.cos
            joints.append((x, y, z))
    side = 1 if identity.palm else -1
    tilt, swing, nod = (Turn.degrees(angle) for angle in (gesture.tilt, gesture.swing, gesture.nod))
    placed = []
    for x, y, z in joints:
        x, z = swing.of(identity.thumb * x, side * z)
        y, z = nod.of(y, z)
        x, y = tilt.of(x, -y)
        placed.append((x, y, z))
    return placed
