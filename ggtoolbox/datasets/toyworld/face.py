"""A face: whose it is, what it expresses, and where its 68 landmarks are.

Lengths are shares of half the face's width; x to the right in the picture, y down, z towards the camera,
and the origin lies between the eyes.
"""
from __future__ import annotations

from typing import NamedTuple

from .dice import Dice
from .drawing import Colour
from .materials import CLOTHES, SKINS, linear
from .turning import Turn

Landmark = tuple[float, float, float]
HAIR_COLOURS = dict(
    black=(linear(34, 28, 26), linear(52, 44, 40)), blond=(linear(224, 190, 112), linear(206, 168, 92)),
    brown=(linear(104, 66, 38), linear(128, 84, 50)), grey=(linear(176, 174, 172),))
ATTRIBUTES = ('Black_Hair', 'Blond_Hair', 'Brown_Hair', 'Male', 'Young')
MALE = dict(chin=0.06, square=0.4, brow=0.035, nose=0.03, lips=-0.025)  # what men's faces have more of
BROW_POINTS = (0.0, 0.25, 0.5, 0.75, 1.0)  # shares of the way from end to end
LIP_POINTS = (0.17, 0.36, 0.5, 0.64, 0.83)
IRISES = (linear(70, 110, 150), linear(86, 120, 70), linear(92, 60, 36), linear(60, 44, 36))


class FaceIdentity(NamedTuple):
    """What stays the same in all pictures of a face.

    Attributes:
        hair_colour: one of ``HAIR_COLOURS``.
        male, young: what the attributes say.
        skin, hair, iris, cloth: albedo in linear light.
        beard: how dark it is, 0 = none.
        chin: how far the chin lies below the eyes.
        square: of the jaw, 0 = round.
        eyes: their distance from the middle.
        eye: their half width.
        brow: how thick they are.
        nose, mouth: half widths.
        lips: how full they are.
        parting: where the hair is parted.
    """

    hair_colour: str
    male: bool
    young: bool
    skin: Colour
    hair: Colour
    iris: Colour
    cloth: Colour
    beard: float
    chin: float
    square: float
    eyes: float
    eye: float
    brow: float
    nose: float
    mouth: float
    lips: float
    parting: float

    @property
    def attributes(self) -> tuple[int, ...]:
        """0 or 1 for each of ``ATTRIBUTES``."""
        return (*(int(self.hair_colour == name) for name in ('black', 'blond', 'brown')),
                int(self.male), int(self.young))


class Expression(NamedTuple):
    """What a face does, relative to rest.

    Attributes:
        name: as Radboud calls it.
        smile: how far the corners of the mouth rise.
        wide: how much wider the mouth is.
        open: how far it is open.
        raised: how far the brows are lifted.
        frown: how far their inner ends sink (and rise, if negative).
        lids: how far the eyes are opened.
    """

    name: str
    smile: float
    wide: float
    open: float
    raised: float
    frown: float
    lids: float


NEUTRAL = Expression('neutral', 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
EXPRESSIONS = (
    Expression('happy', 0.17, 0.12, 0.12, 0.02, 0.0, -0.03),
    Expression('sad', -0.13, -0.02, 0.0, 0.02, -0.14, -0.03),
    Expression('angry', -0.07, -0.06, 0.03, -0.06, 0.15, -0.01),
    Expression('surprised', 0.0, -0.08, 0.34, 0.17, 0.0, 0.08),
    Expression('fearful', -0.06, 0.06, 0.16, 0.12, -0.1, 0.07),
    Expression('disgusted', -0.05, -0.02, 0.09, -0.04, 0.08, -0.05),
    Expression('contemptuous', 0.08, 0.02, 0.0, 0.03, 0.04, -0.02))


def describe_face(dice: Dice) -> FaceIdentity:
    """Draw a face."""
    male, young = dice.chance(0.5), dice.chance(0.6)
    colour = dice.pick(('black', 'blond', 'brown') if young else ('black', 'blond', 'brown', 'grey', 'grey'))
    skins = SKINS if colour in ('black', 'grey') else SKINS[:3] if colour == 'brown' else SKINS[:2]
    return FaceIdentity(
        hair_colour=colour, male=male, young=young, skin=dice.pick(skins),
        hair=dice.pick(HAIR_COLOURS[colour]),
        iris=dice.pick(IRISES), cloth=dice.pick(CLOTHES),
        beard=dice.between(0.25, 0.6) if male and dice.chance(0.45) else 0.0,
        chin=dice.between(1.18, 1.34) + MALE['chin'] * male,
        square=dice.between(0.0, 0.25) + MALE['square'] * male,
        eyes=dice.between(0.4, 0.46), eye=dice.between(0.155, 0.185), brow=0.06 + MALE['brow'] * male,
        nose=dice.between(0.15, 0.21) + MALE['nose'] * male, mouth=dice.between(0.3, 0.38),
        lips=dice.between(0.09, 0.12) + MALE['lips'] * male, parting=dice.between(-0.5, 0.5))


def changed_face(who: FaceIdentity, attribute: str) -> FaceIdentity:
    """The same face with another attribute, as StarGAN's test asks for it: a colour of hair is set, being
    male or young turned round. A beard goes; none grows.

    Args:
        attribute: one of ``ATTRIBUTES``.
    """
    if attribute == 'Young':
        return who._replace(young=not who.young)
    if attribute == 'Male':
        sign = -1 if who.male else 1
        return who._replace(male=not who.male, beard=0.0, **{
            part: getattr(who, part) + sign * more for part, more in MALE.items()})
    colour = attribute.removesuffix('_Hair').lower()
    return who if colour == who.hair_colour else who._replace(hair_colour=colour,
                                                              hair=HAIR_COLOURS[colour][0])


def describe_expression(dice: Dice) -> Expression:
    """Draw an expression other than none, and how strong it is."""
    name, *amounts = dice.pick(EXPRESSIONS)
    strength = dice.between(0.75, 1.15)
    return Expression(name, *(strength * amount for amount in amounts))


def _arc(left: tuple[float, float], right: tuple[float, float], rise: float, shares: tuple[float, ...]) \
        -> list[tuple[float, float]]:
    """Points on a parabola from ``left`` to ``right`` that rises in between."""
    return [(left[0] + t * (right[0] - left[0]), left[1] + t * (right[1] - left[1]) - rise * 4 * t * (1 - t))
            for t in shares]


def _jaw(who: FaceIdentity, drop: float) -> list[tuple[float, float]]:
    points = []
    for i in range(17):
        turn = Turn.degrees((i - 8) * 11.25)
        straight = turn.cos * (1 + who.square * (1 - turn.cos))
        wide = 0.99 + 0.06 * who.square * turn.cos
        points.append((wide * turn.sin, -0.02 + (who.chin + drop) * straight))
    return points


def _brow(who: FaceIdentity, face: Expression) -> list[tuple[float, float]]:
    outer, inner = -who.eyes - 0.3, -who.eyes + 0.24
    return _arc((outer, -0.2 - face.raised), (inner, -0.25 - face.raised + face.frown),
                0.08 + 0.03 * (not who.male), BROW_POINTS)


def _eye(who: FaceIdentity, face: Expression) -> list[tuple[float, float]]:
    outer, inner, lids = (-who.eyes - who.eye, -0.01), (-who.eyes + who.eye, 0.015), 0.085 + face.lids
    top = _arc(outer, inner, lids, (0.0, 0.3, 0.7, 1.0))
    bottom = _arc(inner, outer, -0.065 - 0.3 * face.lids, (0.3, 0.7))
    return top + bottom


def _mouth(who: FaceIdentity, face: Expression) -> list[tuple[float, float]]:
    half, middle = who.mouth * (1 + face.wide), 0.5 + 0.4 * (who.chin - 0.5)
    corners = (-half, middle - face.smile), (half, middle - face.smile)
    upper, lower = -face.smile, -face.smile - face.open
    bow = (0.0, 0.01, -0.025, 0.01, 0.0)
    outer_top = _arc(*corners, upper * 0.9 + who.lips, LIP_POINTS)
    outer_bottom = _arc(corners[1], corners[0], lower - who.lips * 1.2, LIP_POINTS)
    outer = [corners[0], *((x, y - b) for (x, y), b in zip(outer_top, bow)), corners[1], *outer_bottom]
    inside = (0.84 * corners[0][0], corners[0][1]), (0.84 * corners[1][0], corners[1][1])
    inner_top = _arc(*inside, upper * 0.9 + 0.005, (0.25, 0.5, 0.75))
    inner_bottom = _arc(inside[1], inside[0], lower * 0.96 - 0.002, (0.25, 0.5, 0.75))
    return [*outer, inside[0], *inner_top, inside[1], *inner_bottom]


def face_landmarks(who: FaceIdentity, face: Expression) -> list[Landmark]:
    """The 68 landmarks of a face that looks straight at the camera; z is how far each stands out."""
    brow, eye = _brow(who, face), _eye(who, face)
    mirrored = lambda points: [(-x, y) for x, y in points]
    left_eye = [mirrored(eye)[i] for i in (3, 2, 1, 0, 5, 4)]
    bridge = [(0.0, y) for y in (0.0, 0.13, 0.26, 0.39)]
    nostrils = [(share * who.nose, 0.47 + 0.03 * (1 - abs(share))) for share in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    flat = [*_jaw(who, 0.45 * face.open), *brow, *mirrored(brow)[::-1], *bridge, *nostrils, *eye, *left_eye,
            *_mouth(who, face)]
    tip = dict(zip(range(27, 36), (0.1, 0.16, 0.24, 0.32, 0.1, 0.16, 0.2, 0.16, 0.1)))
    return [(x, y, max(0.0, 0.85 * (1 - x * x)) ** 0.5 * (1 if i > 16 else 0.75) + tip.get(i, 0.0))
            for i, (x, y) in enumerate(flat)]
