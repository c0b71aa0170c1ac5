"""The canvas: which part of the scene each pixel shows, and where shadows lie.

Coordinates are relative to the picture's height: x grows to the right from 0 in the middle, y
grows downwards from 0 at the top to 1 at the bottom. So the same scene can be drawn at any size.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .materials import MATERIAL_IDS

SKY, GROUND, ALONG, FACING, LEVEL = range(5)  # how a part's surface lies in the world
CAST, CONTACT = 1, 2  # shadow bits: the sun is hidden; little of the sky is seen either

Point = tuple[float, float]
Colour = tuple[float, float, float]


class Part(NamedTuple):
    """One row of the table that a pixel's part number points to.

    Attributes:
        label: class id.
        instance: 0 = no instance of its own.
        red, green, blue: albedo in linear light.
        surface: ``SKY``, ``GROUND``, ``ALONG`` (a plane x = const, along the street), ``FACING`` (a
            plane z = const, across it) or ``LEVEL`` (a plane y = const above the ground).
        plane: that x, z or y in metres.
        normal_x, normal_y, normal_z: unit vector; ignored where ``roundness`` is 1.
        roundness: 1 = shaded as the ball that fills the box.
        left, top, width, height: box in picture coordinates, for round shading.
        material: row of ``MATERIALS``.
        emission: share of the colour that shines by itself.
        anchor: x or z in metres where the first window bay begins.
        bay, storey: metres from window to window; 0 = no windows.
        roof: height in metres above which there are no windows.
    """

    label: int
    instance: int
    red: float
    green: float
    blue: float
    surface: int
    plane: float = 0.0
    normal_x: float = 0.0
    normal_y: float = 0.0
    normal_z: float = -1.0
    roundness: float = 0.0
    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0
    material: int = 0
    emission: float = 0.0
    anchor: float = 0.0
    bay: float = 0.0
    storey: float = 1.0
    roof: float = 0.0


class Canvas:
    """Part numbers and shadow bits of a picture, painted from far to near.

    Args:
        height, width: in pixels.

    Attributes:
        part: (height, width) integers, rows of ``parts``.
        shadow: (height, width) uint8, ``CAST | CONTACT``, meant for the ground below.
        xs, ys: picture coordinates of the pixels' centres, float64.
    """

    def __init__(self, height: int, width: int) -> None:
        self.size = height, width
        self.part = np.zeros((height, width), np.intp)
        self.shadow = np.zeros((height, width), np.uint8)
        self.xs = (np.arange(width) + 0.5) / height - width / height / 2
        self.ys = (np.arange(height) + 0.5) / height
        self.parts: list[Part] = []

    def sees(self, x: float, reach: float) -> bool:
        """Whether something within ``reach`` of the column x can be in the picture."""
        return abs(x) - reach < self.size[1] / self.size[0] / 2

    def add(self, part: Part) -> int:
        """Enter a part; returns its number."""
        self.parts.append(part)
        return len(self.parts) - 1

    def _window(self, left: float, top: float, right: float, bottom: float):
        """The pixels whose centre lies in a box, as two slices; None if there are none."""
        height, width = self.size
        middle = width / 2 + 0.5
        x0, x1 = int(left * height + middle), int(right * height + middle)
        y0, y1 = int(top * height + 0.5), int(bottom * height + 0.5)
        if x1 <= x0 or y1 <= y0 or x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
            return None
        return slice(y0 if y0 > 0 else 0, y1), slice(x0 if x0 > 0 else 0, x1)

    def _inside_polygon(self, points: Sequence[Point]):
        xs, ys = zip(*points)
        window = self._window(min(xs), min(ys), max(xs), max(ys))
        if window is None:
            return None
        rows, left, right = self.ys[window[0]], None, None
        middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
        x_before, y_before = points[-1]
        for x, y in points:
            if y != y_before and x != x_before:  # upright and level edges bound the window already
                slope = (x - x_before) / (y - y_before)
                offset = x - slope * y
                bound = rows * slope
                bound += offset
                if middle_x > middle_y * slope + offset:
                    left = bound if left is None else np.maximum(left, bound, out=left)
                else:
                    right = bound if right is None else np.minimum(right, bound, out=right)
            x_before, y_before = x, y
        columns = self.xs[window[1]]
        if left is None or right is None:
            inside = True if left is right else \
                columns <= right[:, None] if left is None else columns >= left[:, None]
        else:
            inside = columns >= left[:, None]
            inside &= columns <= right[:, None]
        return window, inside

    def _inside_ellipse(self, x: float, y: float, radius_x: float, radius_y: float):
        window = self._window(x - radius_x, y - radius_y, x + radius_x, y + radius_y)
        if window is None:
            return None
        columns, rows = self.xs[window[1]] - x, self.ys[window[0]] - y
        columns *= 1 / radius_x
        columns *= columns
        rows *= 1 / radius_y
        rows *= rows
        return window, rows[:, None] + columns <= 1

    def polygon(self, points: Sequence[Point], part: int) -> None:
        """Paint a convex polygon (of some area), either way round."""
        found = self._inside_polygon(points)
        if found:
            np.copyto(self.part[found[0]], part, where=found[1])

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, part: int) -> None:
        """Paint an ellipse with upright axes."""
        found = self._inside_ellipse(x, y, radius_x, radius_y)
        if found:
            np.copyto(self.part[found[0]], part, where=found[1])

    def rectangle(self, left: float, top: float, right: float, bottom: float, part: int) -> None:
        """Paint the pixels whose centre lies in an upright rectangle."""
        window = self._window(left, top, right, bottom)
        if window:
            self.part[window] = part

    def ball(self, part: Part, x: float, y: float, radius_x: float, radius_y: float) -> None:
        """Paint an ellipse that is shaded as a ball."""
        self.ellipse(x, y, radius_x, radius_y, self.add(part._replace(
            roundness=1.0, left=x - radius_x, top=y - radius_y, width=2 * radius_x,
            height=2 * radius_y)))

    def shade_polygon(self, points: Sequence[Point], bits: int = CAST) -> None:
        """Lay a shadow on the ground inside a convex polygon."""
        found = self._inside_polygon(points)
        if found:
            self.shadow[found[0]] |= found[1] * np.uint8(bits)

    def shade_ellipse(self, x: float, y: float, radius_x: float, radius_y: float,
                      bits: int = CAST) -> None:
        """Lay a shadow on the ground inside an ellipse."""
        found = self._inside_ellipse(x, y, radius_x, radius_y)
        if found:
            self.shadow[found[0]] |= found[1] * np.uint8(bits)


def surface_part(label: int, colour: Colour, surface: int, plane: float = 0.0, instance: int = 0,
                 normal: Colour = (0.0, 0.0, -1.0), material: str = 'smooth', emission: float = 0.0,
                 anchor: float = 0.0, bay: float = 0.0, storey: float = 1.0, roof: float = 0.0) -> Part:
    """A flat part, its material by name."""
    return Part(label, instance, *colour, surface, plane, *normal, 0.0, 0.0, 0.0, 1.0, 1.0,
                MATERIAL_IDS[material], emission, anchor, bay, storey, roof)
