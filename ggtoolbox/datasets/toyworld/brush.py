"""Painting bodies: rounded shapes with smooth outlines, one over another, from far to near.

Coordinates are those of :mod:`.drawing`: relative to the picture's height, x from its middle, y from
its top. A shape is painted at the picture's own resolution; a pixel on its outline is mixed by how much
of it the shape covers, so nothing has to be drawn larger first.
"""
from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from .drawing import Colour, Point

Plane = NDArray[np.float32]
_FINER = 4  # a polygon covers a pixel as far as it covers the points of a finer grid in it
_FRACTION = 8  # bits of the grid's own fractions


class Light(NamedTuple):
    """What falls on bodies.

    Attributes:
        right, down, near: unit vector towards the lamp, in the picture.
        direct, around: colour of its light and of the light from all sides.
    """

    right: float
    down: float
    near: float
    direct: Colour
    around: Colour


class Patch(NamedTuple):
    """Where a shape lies in the picture; all planes are (h, w), of its box only.

    Attributes:
        rows, columns: the box.
        coverage: in [0, 1].
        across: -1 at one side of the shape, 1 at the other.
        along: 0 at its beginning, 1 at its end.
        right, down, near: the surface's normal; None of a flat shape.
    """

    rows: slice
    columns: slice
    coverage: Plane
    across: Plane
    along: Plane
    right: Plane | None
    down: Plane | None
    near: Plane | None


def between(start: Point, end: Point, share: float) -> Point:
    """A point on the line from ``start`` (0) to ``end`` (1), or beyond."""
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


class Brush:
    """A picture in linear light, and the shapes to paint on it.

    Args:
        height, width: in pixels.
        light: that shapes are lit by.

    Attributes:
        image: (height, width, 3) float32, a view of
        planes: (3, height, width), in which shapes are mixed: operations along rows are fast.
        xs, ys: picture coordinates of the pixels' centres, (width,) and (height,) float32.
    """

    def __init__(self, height: int, width: int, light: Light) -> None:
        self.height, self.width, self.light = height, width, light
        self.planes = np.zeros((3, height, width), np.float32)
        self._direct, self._around = _column(light.direct), _column(light.around)
        self.xs = ((np.arange(width) + 0.5) / height - width / height / 2).astype(np.float32)
        self.ys = ((np.arange(height) + 0.5) / height).astype(np.float32)

    @property
    def image(self) -> NDArray[np.float32]:
        return self.planes.transpose(1, 2, 0)

    def copy(self) -> Brush:
        """Another picture that shows the same so far."""
        other = Brush(self.height, self.width, self.light)
        other.planes[:] = self.planes
        return other

    def pixel(self, point: Point) -> Point:
        """Picture coordinates to pixels, in which the first pixel's centre is (0, 0)."""
        return point[0] * self.height + self.width / 2 - 0.5, point[1] * self.height - 0.5

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice] | None:
        """The pixels that a box touches; None if there are none."""
        middle = self.width / 2
        x0, x1 = int(max(left * self.height + middle - 1, 0)), int(right * self.height + middle + 2)
        y0, y1 = int(max(top * self.height - 1, 0)), int(bottom * self.height + 2)
        x1, y1 = min(x1, self.width), min(y1, self.height)
        return None if x0 >= x1 or y0 >= y1 else (slice(y0, y1), slice(x0, x1))

    def limb(self, start: Point, end: Point, start_radius: float, end_radius: float,
             flat: bool = False) -> Patch | None:
        """A rounded limb that grows or shrinks from one ball to another; a ``flat`` one has no normal."""
        reach = max(start_radius, end_radius)
        box = self._box(min(start[0], end[0]) - reach, min(start[1], end[1]) - reach,
                        max(start[0], end[0]) + reach, max(start[1], end[1]) + reach)
        if box is None:
            return None
        x, y = self.xs[box[1]] - np.float32(start[0]), self.ys[box[0], None] - np.float32(start[1])
        across_x, across_y = end[0] - start[0], end[1] - start[1]
        length = max((across_x ** 2 + across_y ** 2) ** 0.5, 1e-6)
        unit_x, unit_y = np.float32(across_x / length), np.float32(across_y / length)
        forward = x * unit_x + y * unit_y
        across = y * unit_x - x * unit_y
        along = forward * np.float32(1 / length)
        within = np.maximum(along, np.float32(0))
        np.minimum(within, np.float32(1), out=within)
        growth, radius = np.float32(end_radius - start_radius), np.float32(start_radius)
        if growth:  # else the radius is one number
            radius = within * growth + radius
        within *= np.float32(length)
        beyond = np.subtract(forward, within, out=forward)
        inverse = 1 / radius
        across *= inverse
        beyond *= inverse
        from_axis = across * across
        from_axis += beyond * beyond
        np.sqrt(from_axis, out=from_axis)
        depth = 1 - from_axis
        depth *= radius
        if flat:
            return Patch(*box, self._coverage(depth), across, along, None, None, None)
        return Patch(*box, self._coverage(depth), across, along, beyond * unit_x - across * unit_y,
                     beyond * unit_y + across * unit_x, self._facing(from_axis))

    def ball(self, centre: Point, radius_x: float, radius_y: float, axis: Point = (1.0, 0.0),
             flat: bool = False) -> Patch | None:
        """An ellipse that is lit as a ball; ``axis`` is the unit vector along ``radius_x``. ``flat`` as of
        :meth:`limb`."""
        reach = max(radius_x, radius_y)
        box = self._box(centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
        if box is None:
            return None
        x, y = self.xs[box[1]] - np.float32(centre[0]), self.ys[box[0], None] - np.float32(centre[1])
        unit_x, unit_y = np.float32(axis[0]), np.float32(axis[1])
        across = x * unit_x + y * unit_y
        across *= np.float32(1 / radius_x)
        down = y * unit_x - x * unit_y
        down *= np.float32(1 / radius_y)
        from_centre = across * across
        from_centre += down * down
        np.sqrt(from_centre, out=from_centre)
        depth = 1 - from_centre
        depth *= np.float32(min(radius_x, radius_y))
        along = (down + 1) * np.float32(0.5)
        if flat:
            return Patch(*box, self._coverage(depth), across, along, None, None, None)
        return Patch(*box, self._coverage(depth), across, along, across * unit_x - down * unit_y,
                     across * unit_y + down * unit_x, self._facing(from_centre))

    def outline(self, points: list[Point], bulge: float = 0.6) -> Patch | None:
        """Any polygon. ``across`` and ``along`` run over its box; ``bulge`` in [0, 1) rounds it sideways."""
        xs, ys = zip(*points)
        box = self._box(min(xs), min(ys), max(xs), max(ys))
        if box is None:
            return None
        rows, columns = box
        height, width = rows.stop - rows.start, columns.stop - columns.start
        corners = np.array(points) * self.height + (self.width / 2, 0) - 0.5
        corners -= (columns.start - 0.5, rows.start - 0.5)
        fixed = np.floor((corners * _FINER - 0.5) * (1 << _FRACTION) + 0.5).astype(np.int32)
        fine = np.zeros((height, _FINER, width * _FINER), np.uint8)
        cv2.fillPoly(fine.reshape(height * _FINER, -1), [fixed], 1, cv2.LINE_8, _FRACTION)
        fours = fine.view(np.uint32)  # four points side by side in one number, each a byte of it
        fours = fours[:, 0] + fours[:, 1] + fours[:, 2] + fours[:, 3]
        coverage = (fours * np.uint32(0x01010101)) >> np.uint32(24)
        middle, half = (min(xs) + max(xs)) / 2, max((max(xs) - min(xs)) / 2, 1e-6)
        across = (self.xs[columns] - np.float32(middle)) * np.float32(1 / half)
        along = (self.ys[rows, None] - np.float32(min(ys))) * np.float32(1 / max(max(ys) - min(ys), 1e-6))
        right = across * np.float32(bulge)
        across, along, right, near = (
            _spread(part, height, width) for part in (across, along, right, self._facing(right)))
        return Patch(rows, columns, coverage * np.float32(_FINER ** -2), across, along, right,
                     np.zeros((height, width), np.float32), near)

    def _facing(self, aside: Plane) -> Plane:
        """How much of a normal of length 1 comes near where ``aside`` of it does not."""
        near = 1 - aside * aside
        np.maximum(near, np.float32(0), out=near)
        return np.sqrt(near, out=near)

    def _coverage(self, depth: Plane) -> Plane:
        """How much of a pixel lies inside, by how deep its centre does."""
        depth *= np.float32(self.height)
        depth += np.float32(0.5)
        return np.minimum(np.maximum(depth, np.float32(0), out=depth), np.float32(1), out=depth)

    def lit(self, patch: Patch) -> Plane:
        """Share of the direct light that arrives, (h, w)."""
        light = self.light
        facing = patch.right * np.float32(light.right)
        facing += patch.down * np.float32(light.down)
        facing += patch.near * np.float32(light.near)
        facing *= np.float32(0.85)
        facing += np.float32(0.15)
        return np.maximum(facing, np.float32(0), out=facing)

    def within(self, patch: Patch | None, frame: Patch | None) -> Patch | None:
        """The part of a shape that lies inside another one."""
        if patch is None or frame is None:
            return None
        boxes = [slice(max(a.start, b.start), min(a.stop, b.stop))
                 for a, b in ((patch.rows, frame.rows), (patch.columns, frame.columns))]
        if any(box.start >= box.stop for box in boxes):
            return None

        def cut(shape: Patch, plane: Plane) -> Plane:
            (top, bottom), (left, right) = ((box.start - side.start, box.stop - side.start)
                                            for box, side in zip(boxes, (shape.rows, shape.columns)))
            return plane[top:bottom, left:right]

        coverage, *surface = (None if plane is None else cut(patch, plane) for plane in patch[2:])
        return Patch(*boxes, coverage * cut(frame, frame.coverage), *surface)

    def paint(self, patch: Patch | None, colour: Colour | NDArray[np.float32], shade: float | Plane = 1.0,
              opacity: float = 1.0) -> None:
        """Lay a shape over what is there.

        Args:
            patch: the shape; None is out of sight. A flat one is lit as if it lay on the surface below.
            colour: albedo in linear light; an array is (3, h, w).
            shade: factor of the brightness.
            opacity: of the whole shape.
        """
        if patch is None:
            return
        direct = np.float32(max(self.light.near, 0.2)) if patch.near is None else self.lit(patch)
        received = direct * self._direct
        received += self._around
        received = received * (colour if isinstance(colour, np.ndarray) else _column(colour))
        if isinstance(shade, np.ndarray):
            received = received * shade
        elif shade != 1:
            received *= np.float32(shade)
        below = self.planes[:, patch.rows, patch.columns]
        covered = patch.coverage if opacity == 1 else patch.coverage * np.float32(opacity)
        below += (received - below) * covered

    def darken(self, patch: Patch | None, share: float) -> None:
        """A soft shadow in the form of a shape."""
        if patch is not None:
            soft = patch.coverage * patch.near * np.float32(share)
            self.planes[:, patch.rows, patch.columns] *= 1 - soft

    def finished(self) -> NDArray[np.uint8]:
        """(height, width, 3) of 8 bits, with a display curve of exponent 2."""
        display = np.maximum(self.planes, np.float32(0))
        np.sqrt(np.minimum(display, np.float32(1), out=display), out=display)
        display *= np.float32(255)
        display += np.float32(0.5)
        return np.ascontiguousarray(display.astype(np.uint8).transpose(1, 2, 0))


def _column(colour: Colour) -> NDArray[np.float32]:
    """(3, 1, 1)."""
    return np.array(colour, np.float32)[:, None, None]


def _spread(part: NDArray[np.float32], height: int, width: int) -> Plane:
    """A row or a column to a whole plane."""
    plane = np.empty((height, width), np.float32)
    plane[:] = part
    return plane
