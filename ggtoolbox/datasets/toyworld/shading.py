"""From part numbers to colours: light, shadow, pattern, windows and haze, for all pixels at once."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .drawing import ALONG, GROUND, SKY, Camera, Canvas, Part
from .materials import GLASS, MATERIALS, Material
from .scene import Light

Plane = NDArray[np.float32]

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


class _Table:
    """The parts' columns, looked up for every pixel or for some."""

    def __init__(self, canvas: Canvas) -> None:
        self.columns = dict(zip(Part._fields, np.array(canvas.parts, np.float32).T.copy()))
        patterns = MATERIAL_TABLE.take(self.columns['material'].astype(np.intp), axis=1)
        self.columns.update(zip(Material._fields, patterns))
        self.part = canvas.part

    def __getitem__(self, name: str) -> Plane:
        return self.columns[name].take(self.part)

    def at(self, pixels: NDArray[np.intp], *names: str) -> tuple[Plane, ...]:
        """Columns at flat pixel numbers."""
        part = self.part.ravel().take(pixels)
        return tuple(self.columns[name].take(part) for name in names)


def _positions(table: _Table, canvas: Canvas, camera: Camera):
    """Depth in metres and world coordinates (x, y) of what each pixel shows."""
    across = (canvas.xs - camera.vanish).astype(np.float32)[None]
    down = (canvas.ys - camera.horizon).astype(np.float32)[:, None]
    across = np.where(np.abs(across) < 1e-4, np.float32(1e-4), across)
    below = np.maximum(down, np.float32(1e-4))
    surface, plane = table['surface'], table['plane']
    focal = np.float32(camera.focal)
    depth = np.where(surface == ALONG, focal * (plane - np.float32(camera.x)) / across,
                     np.where(surface == GROUND, focal * np.float32(camera.height) / below, plane))
    depth = np.minimum(np.maximum(depth, np.float32(0.5)), np.float32(400))
    scale = depth * np.float32(1 / camera.focal)
    x, y = np.float32(camera.x) + across * scale, np.float32(camera.height) - down * scale
    return surface, depth, x, y


def _pattern(table: _Table, along: Plane, up: Plane, footprint: Plane, seed: int) -> Plane:
    """Brightness factor of the material's cells, faded where a cell is smaller than a pixel."""
    height, joint = table['cell_height'], table['joint']
    v = up / height
    row = np.floor(v)
    v -= row
    u = along / table['cell_width']
    u += row * table['shift']
    column = np.floor(u)
    u -= column
    noise = cell_noise(column.astype(np.int32), row.astype(np.int32), seed)
    noise -= np.float32(0.5)
    noise *= table['contrast']
    fade = np.minimum(height / footprint, np.float32(1))
    lines = np.minimum(u, v) < joint
    noise -= lines * fade * np.float32(0.3)
    noise *= fade
    noise += np.float32(1)
    return noise


def _windows(table: _Table, along: Plane, up: Plane, footprint: Plane, seed: int):
    """Where windows are (flat pixel numbers), and a noise value for each of them."""
    candidates = np.flatnonzero(table['bay'] > 3 * footprint)
    bay, storey, anchor, roof = table.at(candidates, 'bay', 'storey', 'anchor', 'roof')
    height = up.ravel().take(candidates)
    u = (along.ravel().take(candidates) - anchor) / bay
    v = height / storey
    u_cell, v_cell = np.floor(u), np.floor(v)
    inside = (np.abs(u - u_cell - np.float32(0.5)) < 0.27) & (height < roof)
    inside &= np.abs(v - v_cell - np.float32(0.55)) < 0.26
    house = table.part.ravel().take(candidates).astype(np.int32)
    noise = cell_noise(u_cell.astype(np.int32) + 64 * house, v_cell.astype(np.int32), seed + 1)
    return candidates[inside], noise[inside]


class _Spot(NamedTuple):
    """Pixels that are not lit as their part is on the whole.

    Attributes:
        pixels: flat pixel numbers.
        direct, around: shares of the sun's light and of the sky's.
        emission: share of the colour that shines by itself.
        colour: red, green and blue albedo.
    """

    pixels: NDArray[np.intp]
    direct: Plane
    around: Plane | float
    emission: Plane | float
    colour: tuple[Plane, ...]


def _balls(table: _Table, canvas: Canvas, light: Light) -> _Spot:
    balls = np.flatnonzero(table['roundness'])
    left, top, width, height, emission, *colour = table.at(
        balls, 'left', 'top', 'width', 'height', 'emission', 'red', 'green', 'blue')
    rows, across = np.divmod(balls, canvas.size[1])
    x = (canvas.xs.astype(np.float32).take(across) - left) / width * 2 - 1
    y = (canvas.ys.astype(np.float32).take(rows) - top) / height * 2 - 1
    towards = np.sqrt(np.maximum(1 - x * x - y * y, np.float32(0)))
    sun = [np.float32(value) for value in light.sun]
    cosine = (x * sun[0] - y * sun[1] - towards * sun[2]) * np.float32(0.7) + np.float32(0.3)
    direct = np.maximum(cosine, np.float32(0)) * np.float32(light.strength)
    return _Spot(balls, direct, 1.0, emission, tuple(colour))


def _shadows(table: _Table, canvas: Canvas, surface: Plane, direct: Plane) -> _Spot:
    shaded = np.flatnonzero(canvas.shadow * (surface == GROUND))
    bits = canvas.shadow.ravel().take(shaded)
    part = table.part.ravel().take(shaded)
    return _Spot(shaded, direct.take(part) * SUN_SHARE.take(bits), SKY_SHARE.take(bits), 0.0,
                 table.at(shaded, 'red', 'green', 'blue'))


def _panes(table: _Table, pixels: NDArray[np.intp], noise: Plane, direct: Plane, light: Light) -> _Spot:
    lit = noise < light.lit_windows
    colour = tuple(np.where(lit, np.float32(lamp), np.float32(glass + 0.25 * zenith))
                   for lamp, glass, zenith in zip(LAMPLIGHT, GLASS, light.zenith))
    return _Spot(pixels, direct.take(table.part.ravel().take(pixels)), 1.0,
                 lit * np.float32(0.9), colour)


def shade(canvas: Canvas, camera: Camera, light: Light, window_label: int, seed: int,
          oversampling: int) -> Picture:
    """Light the canvas and shrink it.

    Args:
        window_label: class id of window panes.
        seed: of the patterns.
        oversampling: canvas pixels per picture pixel along each axis; the image is their mean, the
            label and instance are those of one of them.
    """
    table = _Table(canvas)
    columns = table.columns
    surface, depth, x, y = _positions(table, canvas, camera)
    sky, on_ground = surface == SKY, surface == GROUND
    along = np.where(surface == ALONG, depth, x)
    up = np.where(on_ground, depth, y)
    footprint = depth * np.float32(1 / (camera.focal * canvas.size[0]))
    footprint *= np.where(on_ground, depth * np.float32(1 / camera.height), np.float32(1))

    brightness = _pattern(table, along, up, footprint, seed)
    panes, pane_noise = _windows(table, along, up, footprint, seed)
    brightness.ravel()[panes] = 0.6 + 0.8 * pane_noise
    direct = sum(columns[f'normal_{axis}'] * np.float32(s) for axis, s in zip('xyz', light.sun))
    direct = np.maximum(direct, np.float32(0)) * np.float32(light.strength)
    spots = (_balls(table, canvas, light), _shadows(table, canvas, surface, direct),
             _panes(table, panes, pane_noise, direct, light))

    rise = np.clip((np.float32(camera.horizon) - canvas.ys.astype(np.float32)) * np.float32(1.9), 0, 1)
    haze = np.where(sky, (1 - rise[:, None]) ** 2, depth / (depth + np.float32(light.haze)))
    brightness *= 1 - haze
    everywhere = _Spot(None, direct, 1.0, columns['emission'],
                       (columns['red'], columns['green'], columns['blue']))
    image = []
    for channel in range(3):
        value = _lit(everywhere, light, channel).take(table.part)
        for spot in spots:
            value.ravel()[spot.pixels] = _lit(spot, light, channel)
        value *= brightness
        value += haze * np.float32(light.horizon[channel])
        image.append(_mean(value, oversampling))
    label, instance = _classes(table, panes, window_label, oversampling)
    display = np.sqrt(np.minimum(np.stack(image, axis=-1), np.float32(1))) * np.float32(255)
    return Picture(label, instance, (display + np.float32(0.5)).astype(np.uint8))


def _lit(spot: _Spot, light: Light, channel: int) -> Plane:
    received = (spot.direct * np.float32(light.sun_colour[channel])
                + spot.around * np.float32(light.sky_light[channel]))
    return spot.colour[channel] * (received * (1 - spot.emission) + spot.emission)


def _mean(plane: Plane, factor: int) -> Plane:
    total = plane[::factor, ::factor].copy()
    for i, j in list(np.ndindex(factor, factor))[1:]:
        total += plane[i::factor, j::factor]
    return total * np.float32(1 / factor ** 2)


def _classes(table: _Table, panes: NDArray[np.intp], window_label: int, factor: int):
    pick = slice(factor // 2, None, factor)
    part = table.part[pick, pick]
    is_pane = np.zeros(table.part.shape, bool)
    is_pane.ravel()[panes] = True
    label = table.columns['label'].astype(np.uint8).take(part)
    instance = table.columns['instance'].astype(np.uint16).take(part)
    instance = np.where(instance > 0, instance, label)
    label[is_pane[pick, pick]] = window_label
    return label, instance
