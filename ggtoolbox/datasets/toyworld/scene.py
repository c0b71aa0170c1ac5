"""What stands in a street and how it is lit, in metres: the description that every view draws.

The street runs along +z, x grows to the right, y up; the road's middle is x = 0.
"""
from __future__ import annotations

import math
from typing import NamedTuple

from .dice import Dice
from .drawing import Colour
from .materials import CLOTHES, HAIRS, LEAVES, PAINTS, ROOFS, SIGNS, SKINS, TROUSERS, WALLS, linear

FAR = 80.0  # metres to where the street ends in a skyline


class Light(NamedTuple):
    """Time of day and weather.

    Attributes:
        sun: unit vector towards the sun.
        strength: of the direct light; 0 under an overcast sky.
        sun_colour, sky_light: of the direct light and of that from all around.
        zenith, horizon: colours of the sky; the horizon's is also the haze's.
        haze: metres at which half of a colour is lost.
        lit_windows: share of windows with a lamp behind.
    """

    sun: Colour
    strength: float
    sun_colour: Colour
    sky_light: Colour
    zenith: Colour
    horizon: Colour
    haze: float
    lit_windows: float


class Building(NamedTuple):
    """A block from ``near`` to ``far`` whose front wall stands at ``x`` (its side is x's sign)."""

    x: float
    near: float
    far: float
    height: float
    depth: float
    roof: float
    bay: float
    storey: float
    wall: tuple[str, Colour]
    roof_colour: Colour


class Tree(NamedTuple):
    """A trunk with a crown of balls (dx, dy, radius), dy from the crown's middle."""

    x: float
    z: float
    trunk: float
    radius: float
    balls: tuple[tuple[float, float, float], ...]
    colour: Colour


class Car(NamedTuple):
    """A car whose middle is at ``x``, from ``z`` on; ``facing`` 1 shows its rear, -1 its front."""

    x: float
    z: float
    length: float
    height: float
    facing: int
    colour: Colour


class Person(NamedTuple):
    """Somebody standing or walking; ``stride`` is half the distance of the feet."""

    x: float
    z: float
    height: float
    stride: float
    shirt: Colour
    trousers: Colour
    skin: Colour
    hair: Colour


class Lamp(NamedTuple):
    """A street lamp whose arm reaches over the road."""

    x: float
    z: float
    height: float


class Sign(NamedTuple):
    """A traffic sign; ``shape`` is ``disc``, ``triangle`` or ``square``."""

    x: float
    z: float
    height: float
    shape: str
    colour: Colour


class Cloud(NamedTuple):
    """Balls (x, y, radius_x, radius_y) in picture heights, relative to the horizon's middle."""

    balls: tuple[tuple[float, float, float, float], ...]


class Street(NamedTuple):
    """A whole scene.

    Attributes:
        road, pavement: half width of the road and width of a pavement in metres.
        crossing: z where a zebra crossing begins; 0 = none.
        skyline: (x, width, height) of buildings at the far end.
        houses: buildings and the gardens' trees and bushes, far to near on each side.
        items: what stands on road and pavement.
    """

    light: Light
    road: float
    pavement: float
    crossing: float
    clouds: list[Cloud]
    skyline: list[tuple[float, float, float]]
    houses: list[Building | Tree]
    items: list[Tree | Car | Person | Lamp | Sign]


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    return tuple(x + (y - x) * share for x, y in zip(a, b))


def describe_light(dice: Dice) -> Light:
    """Draw a time of day and a weather."""
    evening = dice.fraction() ** 2
    overcast = dice.chance(0.25)
    x, y, z = dice.between(-1, 1), 1.1 - 0.92 * evening, dice.between(-0.8, 1.3)
    length = math.sqrt(x * x + y * y + z * z)
    zenith = _mix(linear(84, 142, 214), linear(70, 84, 146), evening)
    horizon = _mix(linear(206, 226, 240), linear(246, 186, 130), evening)
    if overcast:
        grey = dice.between(0.35, 0.6)
        zenith, horizon = (grey,) * 3, (grey + 0.15,) * 3
    return Light(
        sun=(x / length, y / length, z / length), strength=0.0 if overcast else 1.2,
        sun_colour=_mix((1.0, 0.96, 0.88), (1.0, 0.66, 0.40), evening),
        sky_light=_mix((0.36, 0.40, 0.46), (0.30, 0.27, 0.32), evening) if not overcast
        else (0.68, 0.70, 0.72),
        zenith=zenith, horizon=horizon, haze=dice.between(70, 320) if not overcast
        else dice.between(50, 160), lit_windows=0.5 * evening)


def describe_tree(dice: Dice, x: float, z: float, bush: bool = False) -> Tree:
    """Draw a tree, or a bush without a trunk, at (x, z)."""
    radius = dice.between(0.5, 0.9) if bush else dice.between(1.2, 2.1)
    balls = tuple((dice.between(-0.7, 0.7) * radius, dice.between(-0.5, 0.55) * radius,
                   dice.between(0.55, 0.8) * radius) for _ in range(2 if z > 28 else 3 if bush else 4))
    trunk = 0.0 if bush else dice.between(1.8, 3.2)
    return Tree(x, z, trunk, radius, balls, dice.pick(LEAVES))


def describe_building(dice: Dice, x: float, near: float, far: float, storeys: int) -> Building:
    """Draw a building on a lot from ``near`` to ``far``; low ones have a pitched roof."""
    storey, depth = dice.between(2.8, 3.4), dice.between(8, 12)
    roof = depth * dice.between(0.35, 0.55) if storeys < 3 or dice.chance(0.2) else 0.0
    return Building(x, near, far, storeys * storey + 0.5, depth, roof, dice.between(2.2, 3.4), storey,
                    dice.pick(WALLS), dice.pick(ROOFS))


def _describe_side(dice: Dice, side: int, edge: float, density: float,
                   storeys: tuple[int, int]) -> list[Building | Tree]:
    houses: list[Building | Tree] = []
    garden = 3.5 if storeys[1] < 3 else 0.0
    z = dice.between(1.5, 9)
    while z < FAR - 15:
        far = z + dice.between(8, 16)
        if dice.chance(density):
            x = side * (edge + garden + dice.pick((0, 0, 1.2)))
            houses.append(describe_building(dice, x, z, far, dice.whole(*storeys)))
        else:
            for step in range(dice.whole(1, 2)):
                x = side * (edge + dice.between(1, 6))
                houses.append(describe_tree(dice, x, z + 2.5 + 5 * step, dice.chance(0.35)))
        z = far + (dice.between(1.5, 4) if garden else dice.pick((0, 0, 2.5)))
    return houses[::-1]


def describe_street(dice: Dice) -> Street:
    """Draw a street scene."""
    light = describe_light(dice)
    road, pavement = dice.between(3.4, 5.4), dice.between(2.0, 3.4)
    density, storeys = dice.pick(((0.65, (1, 2)), (0.85, (1, 2)), (0.55, (2, 5)), (0.9, (2, 5)),
                                  (0.95, (3, 7))))
    houses = [house for side in (-1, 1)
              for house in _describe_side(dice, side, road + pavement, density, storeys)]
    items: list[Tree | Car | Person | Lamp | Sign] = []
    for lane, facing in ((0.5 * road, 1), (-0.5 * road, -1)):
        z = dice.between(5.5, 20)
        while z < 45:
            if dice.chance(0.6):
                items.append(Car(lane + dice.between(-0.3, 0.3), z, dice.between(3.7, 4.6),
                                 dice.between(1.35, 1.75), facing, dice.pick(PAINTS)))
            z += dice.between(8, 22)
    for _ in range(dice.whole(1, 5)):
        x = dice.pick((-1, 1)) * (road + dice.between(0.4, pavement - 0.4))
        items.append(Person(x, dice.between(5.0, 22), dice.between(1.5, 1.9), dice.between(0.05, 0.28),
                            dice.pick(CLOTHES), dice.pick(TROUSERS), dice.pick(SKINS),
                            dice.pick(HAIRS)))
    for side in (-1, 1):
        z, gap, trees = dice.between(6, 14), dice.between(9, 16), dice.chance(0.4)
        x = side * (road + 0.6)
        while z < 42:
            items.append(Lamp(x, z, 5.2))
            if trees:
                items.append(describe_tree(dice, x + side * 0.2, z + gap / 2))
            z += gap
        if dice.chance(0.6):
            items.append(Sign(side * (road + 0.4), dice.between(6, 16), dice.between(2.1, 2.6),
                              dice.pick(('disc', 'triangle', 'square')), dice.pick(SIGNS)))
    clouds = [Cloud(_cloud_balls(dice)) for _ in range(dice.whole(0, 3) if light.strength else 0)]
    skyline = [(x * 13.0 - 52, dice.between(9, 14), dice.between(5, 20)) for x in range(8)]
    crossing = dice.between(6.5, 14) if dice.chance(0.3) else 0.0
    items.sort(key=lambda item: -item.z)
    return Street(light, road, pavement, crossing, clouds, skyline, houses, items)


def _cloud_balls(dice: Dice) -> tuple[tuple[float, float, float, float], ...]:
    x, y, size = dice.between(-1.0, 1.0), dice.between(0.2, 0.45), dice.between(0.05, 0.09)
    return tuple((x + dice.between(-1.8, 1.8) * size, y + dice.between(-0.3, 0.5) * size,
                  dice.between(0.8, 1.6) * size, dice.between(0.5, 0.8) * size) for _ in range(5))
