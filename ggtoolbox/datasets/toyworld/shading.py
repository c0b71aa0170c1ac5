"""From part numbers to colours: light, shadow, pattern, windows and haze, for all pixels at once.

The canvas is finer than the picture. A pixel's colour is the mean of its canvas pixels' parts, so
that outlines are smooth; what it is called, and how it is textured and shadowed, is decided by one
of them.
"""
from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .cameras import Camera, Plane
from .drawing import GROUND, Canvas, Part
from .materials import GLASS, MATERIALS, Material
from .scene import Light

MATERIAL_TABLE = np.array(list(MATERIALS.values()), np.float32).T
SUN_SHARE = np.array([1, 0, 1, 0], np.float32)  # by shadow bits CAST | CONTACT
SKY_SHARE = np.array([1, 1, 0.5, 0.5], np.float32)
LAMPLIGHT = (1.0, 0.72, 0.3)


class Picture(NamedTuple):
    """A drawn scene.

    Attributes:
        label: (H, W) uint8 class ids.
        instance: (H, W) uint16; equal where pixels belong to the same thing.
        image: (H, W, 3) uint8 RGB.
    """

    label: NDArray[np.uint8]
    instance: NDArray[np.uint16]
    image: NDArray[np.uint8]


def cell_noise(a: NDArray[np.int32], b: NDArray[np.int32], seed: int) -> Plane:
    """White noise in [0, 1) of integer cells (a, b): an integer hash, hence the same everywhere."""
    bits = a.view(np.uint32) * np.uint32(0x9E3779B1)
    bits += b.view(np.uint32) * np.uint32(0x85EBCA77)
    bits += np.uint32(seed & 0xFFFFFFFF)
    bits ^= bits >> np.uint32(15)
    bits *= np.uint32(0x2C1B3C6D)
    bits >>= np.uint32(8)
    return bits.astype(np.float32) * np.float32(2.0 ** -24)


class _Surfaces:
    """What every pixel of the picture shows: its part's row, and where in the world it lies.

    Attributes:
        columns: name -> value of every part (``Part`` and its ``Material``).
        part: (H, W) part numbers.
        xs, ys: picture coordinates of the pixels.
        surface: (H, W) of ``Part.surface``.
        depth, along, up, footprint: see :class:`~.cameras.Location`.
        shadow: (H, W) shadow bits; 0 off the ground.
    """

    def __init__(self, canvas: Canvas, camera: Camera, factor: int) -> None:
        rows = np.fromiter(chain.from_iterable(canvas.parts), np.float32,
                           len(canvas.parts) * len(Part._fields))
        table = rows.reshape(len(canvas.parts), len(Part._fields)).T.copy()
        self.columns = dict(zip(Part._fields, table))
        patterns = MATERIAL_TABLE.take(self.columns['material'].astype(np.intp), axis=1)
        self.columns.update(zip(Material._fields, patterns))
        pick = slice(factor // 2, None, factor)
        self.part = canvas.part[pick, pick].copy()
        self.xs, self.ys = canvas.xs[pick].astype(np.float32), canvas.ys[pick].astype(np.float32)

        self.surface = self['surface']
        self.depth, self.along, self.up, self.footprint = camera.locate(
            self.surface, self['plane'], self.xs, self.ys)
        self.shadow = canvas.shadow[pick, pick] * (self.surface == GROUND)

    def __getitem__(self, name: str) -> Plane:
        return self.columns[name].take(self.part)

    def at(self, pixels: NDArray[np.intp], *names: str) -> tuple[Plane, ...]:
        """Columns at flat pixel numbers."""
        part = self.part.ravel().take(pixels)
        return tuple(self.columns[name].take(part) for name in names)


def _pattern(surfaces: _Surfaces, seed: int) -> Plane:
    """Brightness factor of the materials' cells, faded where a cell is smaller than a pixel."""
    height = surfaces['cell_height']
    v = surfaces.up / height
    row = np.floor(v)
    v -= row
    u = surfaces.along / surfaces['cell_width']
    u += row * surfaces['shift']
    column = np.floor(u)
    u -= column
    noise = cell_noise(column.astype(np.int32), row.astype(np.int32), seed)
    noise -= np.float32(0.5)
    noise *= surfaces['contrast']
    fade = np.minimum(height / surfaces.footprint, np.float32(1))
    lines = np.minimum(u, v) < surfaces['joint']
    noise -= lines * fade * np.float32(0.3)
    noise *= fade
    noise += np.float32(1)
    return noise


def _windows(surfaces: _Surfaces, seed: int) -> tuple[NDArray[np.intp], Plane]:
    """Where window panes are (flat pixel numbers), and a noise value for each window."""
    candidates = np.flatnonzero(surfaces['bay'] > 3 * surfaces.footprint)
    bay, storey, anchor, roof = surfaces.at(candidates, 'bay', 'storey', 'anchor', 'roof')
    height = surfaces.up.ravel().take(candidates)
    u = (surfaces.along.ravel().take(candidates) - anchor) / bay
    v = height / storey
    u_cell, v_cell = np.floor(u), np.floor(v)
    inside = (np.abs(u - u_cell - np.float32(0.5)) < 0.27) & (height < roof)
    inside &= np.abs(v - v_cell - np.float32(0.55)) < 0.26
    house = (roof * np.float32(4096)).astype(np.int32)  # as good as a name, whatever else is in view
    noise = cell_noise(u_cell.astype(np.int32) + 64 * house, v_cell.astype(np.int32), seed + 1)
    return candidates[inside], noise[inside]


class _Lit(NamedTuple):
    """Surfaces and the light that falls on them.

    Attributes:
        direct, around: shares of the sun's light and of the sky's.
        emission: share of the colour that shines by itself.
        colour: red, green and blue albedo.
    """

    direct: Plane
    around: Plane | float
    emission: Plane | float
    colour: tuple[Plane, ...]

    def channel(self, light: Light, i: int) -> Plane:
        received = (self.direct * np.float32(light.sun_colour[i])
                    + self.around * np.float32(light.sky_light[i]))
        return self.colour[i] * (received * (1 - self.emission) + self.emission)


def _light_parts(columns: dict[str, Plane], light: Light) -> _Lit:
    facing = sum(columns[f'normal_{axis}'] * np.float32(s) for axis, s in zip('xyz', light.sun))
    direct = np.maximum(facing, np.float32(0)) * np.float32(light.strength)
    return _Lit(direct, 1.0, columns['emission'], tuple(columns[c] for c in ('red', 'green', 'blue')))


def _light_balls(surfaces: _Surfaces, camera: Camera, light: Light) -> tuple[NDArray[np.intp], _Lit]:
    balls = np.flatnonzero(surfaces['roundness'])
    left, top, width, height, emission, *colour = surfaces.at(
        balls, 'left', 'top', 'width', 'height', 'emission', 'red', 'green', 'blue')
    rows, across = np.divmod(balls, len(surfaces.xs))
    x = (surfaces.xs.take(across) - left) / width * 2 - 1
    y = (surfaces.ys.take(rows) - top) / height * 2 - 1
    towards = np.sqrt(np.maximum(1 - x * x - y * y, np.float32(0)))
    right, down, near = (np.float32(value) for value in camera.in_picture(light.sun))
    facing = (x * right + y * down + towards * near) * np.float32(0.7) + np.float32(0.3)
    direct = np.maximum(facing, np.float32(0)) * np.float32(light.strength)
    return balls, _Lit(direct, 1.0, emission, tuple(colour))


def _light_shadows(surfaces: _Surfaces, parts: _Lit) -> tuple[NDArray[np.intp], _Lit]:
    shaded = np.flatnonzero(surfaces.shadow)
    bits = surfaces.shadow.ravel().take(shaded)
    direct = parts.direct.take(surfaces.part.ravel().take(shaded)) * SUN_SHARE.take(bits)
    return shaded, _Lit(direct, SKY_SHARE.take(bits), 0.0, surfaces.at(shaded, 'red', 'green', 'blue'))


def _light_panes(panes: NDArray[np.intp], noise: Plane, surfaces: _Surfaces, parts: _Lit,
                 light: Light) -> _Lit:
    lit = noise < light.lit_windows
    colour = tuple(np.where(lit, np.float32(lamp), np.float32(glass + 0.25 * zenith))
                   for lamp, glass, zenith in zip(LAMPLIGHT, GLASS, light.zenith))
    direct = parts.direct.take(surfaces.part.ravel().take(panes))
    return _Lit(direct, 1.0, lit * np.float32(0.9), colour)


def _mean(plane: Plane, factor: int) -> Plane:
    total = plane[::factor, ::factor].copy()
    for i, j in list(np.ndindex(factor, factor))[1:]:
        total += plane[i::factor, j::factor]
    total *= np.float32(1 / factor ** 2)
    return total


def shade(canvas: Canvas, camera: Camera, light: Light, window_label: int, seed: int,
          oversampling: int) -> Picture:
    """Light the canvas and shrink it.

    Args:
        window_label: class id of window panes.
        seed: of the patterns.
        oversampling: canvas pixels per picture pixel along each axis.
    """
    surfaces = _Surfaces(canvas, camera, oversampling)
    pattern = _pattern(surfaces, seed)
    panes, pane_noise = _windows(surfaces, seed)
    pattern.ravel()[panes] = 0.6 + 0.8 * pane_noise
    haze = camera.haze(surfaces.depth, surfaces.surface, surfaces.ys, light.haze)
    pattern *= 1 - haze

    parts = _light_parts(surfaces.columns, light)
    exceptions = (_light_balls(surfaces, camera, light), _light_shadows(surfaces, parts))
    glass = _light_panes(panes, pane_noise, surfaces, parts, light)
    image = []
    for i in range(3):
        of_parts = parts.channel(light, i)
        value = _mean(of_parts.take(canvas.part), oversampling)
        flat = value.ravel()
        for pixels, lit in exceptions:
            expected = of_parts.take(surfaces.part.ravel().take(pixels))
            flat[pixels] *= lit.channel(light, i) / expected
        flat[panes] = glass.channel(light, i)
        value *= pattern
        value += haze * np.float32(light.horizon[i])
        image.append(value)
    display = np.sqrt(np.clip(np.stack(image, axis=-1), 0, 1)) * np.float32(255)

    label = surfaces.columns['label'].astype(np.uint8).take(surfaces.part)
    instance = surfaces.columns['instance'].astype(np.uint16).take(surfaces.part)
    instance = np.where(instance > 0, instance, label)
    label.ravel()[panes] = window_label
    return Picture(label, instance, (display + np.float32(0.5)).astype(np.uint8))
