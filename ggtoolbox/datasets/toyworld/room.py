"""Where people are seen: a lamp, a wall with a poster, and a floor."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .brush import Brush, Light, Plane
from .dice import Dice
from .drawing import Colour
from .materials import LAWN, PAINTS, SLABS, WALLS, linear
from .shading import cell_noise

FLOORS = (SLABS, linear(128, 124, 120), linear(164, 124, 88), linear(96, 100, 110), LAWN)
POSTERS = (*PAINTS, linear(226, 214, 190))


class Room(NamedTuple):
    """What is behind a person, and the light on both.

    Attributes:
        light: of the lamp and the walls.
        wall, floor, poster: albedo in linear light.
        brick: (width, height) of the wall's cells, in picture heights.
        contrast: of the wall's and the floor's cells.
        horizon: where the floor begins.
        frame: (left, top, right, bottom) of the poster.
        fall_off: by how much the wall is brighter at the lamp's side.
    """

    light: Light
    wall: Colour
    floor: Colour
    poster: Colour
    brick: tuple[float, float]
    contrast: tuple[float, float]
    horizon: float
    frame: tuple[float, float, float, float]
    fall_off: float


def describe_light(dice: Dice) -> Light:
    """Draw a lamp: where it hangs, and how strong and warm it is."""
    right, down, near = dice.between(-0.9, 0.9), dice.between(-0.9, -0.3), dice.between(0.35, 0.9)
    length = (right * right + down * down + near * near) ** 0.5
    strength, warmth = dice.between(0.7, 1.15), dice.between(-0.12, 0.12)
    share = dice.between(0.32, 0.5)
    return Light(right / length, down / length, near / length,
                 (strength * (1 + warmth), strength, strength * (1 - warmth)),
                 (strength * share * (1 - warmth / 2), strength * share, strength * share * (1 + warmth / 2)))


def describe_room(dice: Dice) -> Room:
    """Draw a room."""
    light = describe_light(dice)
    left, top = dice.between(-0.5, 0.35), dice.between(0.05, 0.3)
    width = dice.between(0.05, 0.12)
    brick = dice.pick(((0.08, 0.04), (0.16, 0.08), (0.25, 0.25), (0.06, 0.5)))
    return Room(light, dice.pick(WALLS)[1], dice.pick(FLOORS), dice.pick(POSTERS), brick,
                (dice.between(0.1, 0.35), dice.between(0.1, 0.4)), dice.between(0.6, 0.8),
                (left, top, left + width * 2, top + width * 2.6), dice.between(0.1, 0.4))


def _cells(xs: Plane, ys: Plane, seed: int) -> Plane:
    """Noise from -0.5 to 0.5 on cells of 1 x 1, every second row moved by half a cell."""
    rows = np.floor(ys)
    columns = np.floor(xs + rows * np.float32(0.5))
    columns, rows = np.broadcast_arrays(columns, rows)
    return cell_noise(columns.astype(np.int32), rows.astype(np.int32), seed) - np.float32(0.5)


def paint_room(brush: Brush, room: Room, seed: int) -> None:
    """Fill the picture with wall and floor.

    Args:
        seed: of the patterns.
    """
    light, xs, ys = room.light, brush.xs, brush.ys
    first = min(max(int(room.horizon * brush.height + 0.5), 0), brush.height)
    wall, floor = brush.image[:first], brush.image[first:]
    slope = 1 + xs * np.float32(2 * room.fall_off * light.right)
    across, up = (np.float32(1 / side) for side in room.brick)
    pattern = _cells(xs * across, ys[:first, None] * up, seed)
    bright = (1 + pattern * np.float32(room.contrast[0])) * slope
    np.multiply(bright[..., None], _received(light, room.wall, light.near), out=wall)
    left, top, right, bottom = room.frame
    inside_x, inside_y = (xs > left) & (xs < right), (ys[:first] > top) & (ys[:first] < bottom)
    inside = inside_x & inside_y[:, None]
    wall[inside] = _received(light, room.poster, light.near)
    depth = np.float32(0.16) / (ys[first:, None] - np.float32(room.horizon - 0.06))
    pattern = _cells(xs * depth * 6, depth * 9, seed + 1)
    bright = (1 + pattern * np.float32(room.contrast[1])) * (1.05 - 0.12 * depth)
    np.multiply(bright[..., None], _received(light, room.floor, -light.down), out=floor)


def painted_room(room: Room, seed: int, height: int, width: int) -> Brush:
    """A picture of the room alone; see :func:`paint_room`."""
    brush = Brush(height, width, room.light)
    paint_room(brush, room, seed)
    return brush


def _received(light: Light, albedo: Colour, facing: float) -> NDArray[np.float32]:
    return np.array([a * (d * max(facing, 0.1) + s) for a, d, s in zip(albedo, light.direct, light.around)],
                    np.float32) * np.float32(0.85)
