"""A person of ToyWorld: who it is, what it wears, how it stands, and where its joints are.

Lengths are shares of the person's own height. A joint is (x, y, z): x to the right in the picture, y
down, z away from the camera.
"""
from __future__ import annotations

from typing import NamedTuple

from .dice import Dice
from .drawing import Colour
from .materials import CLOTHES, HAIRS, PAINTS, SKINS, TROUSERS, linear
from .turning import Turn

Joint = tuple[float, float, float]
NECK, RIGHT_HIP, LEFT_HIP = 1, 8, 11
ARMS, LEGS = ((2, 3, 4), (5, 6, 7)), ((8, 9, 10), (11, 12, 13))  # right and left, outwards
WEAVES = ('plain', 'hoops', 'stripes', 'checks', 'dots', 'halves')
HAIRCUTS = ('short', 'long', 'cap', 'tail')
GARMENTS = ('trousers', 'trousers', 'shorts', 'skirt')
# Nose, right and left eye, right and left ear: to the right, down and ahead of the head's centre.
FEATURES = ((0.0, 0.22, 1.0), (0.42, -0.12, 0.86), (-0.42, -0.12, 0.86), (0.84, 0.06, 0.0),
            (-0.84, 0.06, 0.0))
SHOES = (linear(38, 36, 40), linear(214, 212, 206), linear(150, 60, 52), linear(110, 82, 60))


class Cloth(NamedTuple):
    """A pattern of two colours.

    Attributes:
        weave: one of ``WEAVES``.
        colour, second: albedo in linear light.
        period: from one repeat to the next.
    """

    weave: str
    colour: Colour
    second: Colour
    period: float


class Identity(NamedTuple):
    """What stays the same in all pictures of a person.

    Attributes:
        skin, hair, shoes: albedo in linear light.
        haircut: one of ``HAIRCUTS``.
        cap: colour of what it wears on its head.
        top, bottom: clothes.
        sleeve: share of the arm that they cover.
        legs: one of ``GARMENTS``.
        hem: how far below the hips ``legs`` reach, as a share of the leg.
        print_colour: of a patch on the chest, or None.
        build: width, 1 = average.
        shoulder, hip: half widths of the skeleton.
        head: half height of the head.
    """

    skin: Colour
    hair: Colour
    shoes: Colour
    haircut: str
    cap: Colour
    top: Cloth
    bottom: Cloth
    sleeve: float
    legs: str
    hem: float
    print_colour: Colour | None
    build: float
    shoulder: float
    hip: float
    head: float


class Stance(NamedTuple):
    """How a person stands; angles in degrees, a pair is (right, left).

    Attributes:
        heading: 0 = towards the camera, 90 = to the right of the picture, 180 = away.
        lean: of the body, forwards.
        arms, elbows: forwards from hanging down, and the forearm's bend.
        spread: of the arms, sideways.
        legs, knees: forwards from standing, and the shin's bend.
        stride: of the legs, sideways.
        look: of the head, to its left.
    """

    heading: float
    lean: float
    arms: tuple[float, float]
    elbows: tuple[float, float]
    spread: tuple[float, float]
    legs: tuple[float, float]
    knees: tuple[float, float]
    stride: float
    look: float


def _describe_cloth(dice: Dice, colours: tuple[Colour, ...], patterned: float) -> Cloth:
    colour, second = dice.pick(colours), dice.pick(colours)
    weave = dice.pick(WEAVES[1:]) if dice.chance(patterned) else WEAVES[0]
    if second == colour:
        second = tuple(0.25 * c + 0.6 * (c < 0.3) for c in colour)
    return Cloth(weave, colour, second, dice.between(0.055, 0.1))


def describe_identity(dice: Dice) -> Identity:
    """Draw a person."""
    build = dice.between(0.85, 1.22)
    legs = dice.pick(GARMENTS)
    hem = {'trousers': 0.93, 'shorts': dice.between(0.3, 0.5), 'skirt': dice.between(0.4, 0.62)}[legs]
    bottom_colours = TROUSERS if legs != 'skirt' else TROUSERS + CLOTHES
    return Identity(
        skin=dice.pick(SKINS), hair=dice.pick(HAIRS), shoes=dice.pick(SHOES),
        haircut=dice.pick(HAIRCUTS), cap=dice.pick(PAINTS),
        top=_describe_cloth(dice, CLOTHES + PAINTS[:1] + PAINTS[5:], 0.75),
        bottom=_describe_cloth(dice, bottom_colours, 0.2), sleeve=dice.pick((0.42, 0.95, 0.95, 0.18)),
        legs=legs, hem=hem, print_colour=dice.pick(PAINTS) if dice.chance(0.3) else None, build=build,
        shoulder=0.105 * (0.6 + 0.4 * build), hip=0.055 * (0.6 + 0.4 * build),
        head=dice.between(0.064, 0.072))


def describe_stance(dice: Dice) -> Stance:
    """Draw a way to stand, walk, wave or rest the hands on the hips."""
    heading = dice.pick((0.0, 0.0, 45.0, -45.0, 90.0, -90.0, 135.0, -135.0, 180.0)) + dice.between(-22, 22)
    action, arms = dice.pick(('stand', 'walk', 'walk', 'act')), []
    swing = dice.between(12, 32) * (1 if dice.chance(0.5) else -1) if action == 'walk' else 0.0
    for side in (1, -1):
        if action == 'act':
            arms.append(dice.pick((
                (dice.between(-10, 10), dice.between(0, 25), dice.between(95, 160)),  # raised sideways
                (dice.between(60, 110), dice.between(0, 70), dice.between(5, 25)),  # held forwards
                (dice.between(-25, -5), dice.between(70, 100), dice.between(35, 55)),  # on the hip
                (dice.between(-8, 8), dice.between(0, 20), dice.between(6, 16)))))  # hanging
        else:
            forwards = -side * swing * 0.9 + dice.between(-6, 10)
            arms.append((forwards, dice.between(4, 40), dice.between(4, 14)))
    legs = (side * swing + dice.between(-3, 3) for side in (1, -1))
    knees = (dice.between(2, 8) + (dice.between(10, 35) if side * swing < 0 else 0) for side in (1, -1))
    forward, elbows, spread = zip(*arms)
    return Stance(heading, dice.between(-1, 5), forward, elbows, spread, tuple(legs), tuple(knees),
                  dice.between(1, 5), dice.between(-25, 25))


class Skeleton(NamedTuple):
    """A person's joints in a picture's axes, with the feet's middle at (0, 1, 0).

    Attributes:
        joints: the 18, in their usual order.
        forward, rightward: unit vectors of the body as (x, z).
        face: unit vector of the nose as (x, z).
        head, toes: the head's centre; the tips of the shoes (right, left).
    """

    joints: tuple[Joint, ...]
    forward: tuple[float, float]
    rightward: tuple[float, float]
    face: tuple[float, float]
    head: Joint
    toes: tuple[Joint, Joint]


def pose(identity: Identity, stance: Stance) -> Skeleton:
    """Where the joints are."""
    heading = Turn.degrees(stance.heading)
    forward, rightward = (heading.sin, -heading.cos), (-heading.cos, -heading.sin)
    gaze = Turn.degrees(stance.heading - stance.look)
    face = (gaze.sin, -gaze.cos)
    to_the_right = (-gaze.cos, -gaze.sin)

    def place(origin: Joint, right: float, down: float, ahead: float, axes=(rightward, forward)) -> Joint:
        (right_x, right_z), (ahead_x, ahead_z) = axes
        return (origin[0] + right * right_x + ahead * ahead_x, origin[1] + down,
                origin[2] + right * right_z + ahead * ahead_z)

    def bone(origin: Joint, length: float, forwards: float, sideways: float) -> Joint:
        ahead, out = Turn.degrees(forwards), Turn.degrees(sideways)
        return place(origin, length * out.sin, length * out.cos * ahead.cos, length * out.cos * ahead.sin)

    middle, lean = (0.0, 0.5, 0.0), Turn.degrees(stance.lean)
    neck = place(middle, 0.0, -0.315 * lean.cos, 0.315 * lean.sin)
    head = place(neck, 0.0, -0.1 * lean.cos, 0.1 * lean.sin + 0.01)
    arms, legs, toes = [], [], []
    for i, side in enumerate((1, -1)):
        shoulder = place(neck, side * identity.shoulder, 0.018, 0.0)
        elbow = bone(shoulder, 0.158, stance.arms[i], side * stance.spread[i])
        out = side * stance.spread[i] * (1.0 if stance.spread[i] < 20 or stance.spread[i] > 60 else -0.9)
        wrist = bone(elbow, 0.148, stance.arms[i] + stance.elbows[i] * (stance.spread[i] < 20), out)
        hip = place(middle, side * identity.hip, 0.02, 0.0)
        knee = bone(hip, 0.225, stance.legs[i], side * stance.stride)
        ankle = bone(knee, 0.22, stance.legs[i] - stance.knees[i], side * stance.stride * 0.5)
        arms.append((shoulder, elbow, wrist))
        legs.append((hip, knee, ankle))
        toes.append(place(ankle, side * 0.012, 0.026, 0.06))
    drop = 1.0 - max(ankle[1] for _, _, ankle in legs) - 0.035
    nose, *sides = [place(head, *(identity.head * share for share in feature), axes=(to_the_right, face))
                    for feature in FEATURES]
    joints = (nose, neck, *arms[0], *arms[1], *legs[0], *legs[1], *sides)
    lower = lambda joint: (joint[0], joint[1] + drop, joint[2])
    return Skeleton(tuple(map(lower, joints)), forward, rightward, face, lower(head),
                    tuple(map(lower, toes)))
