"""Road, pavements, lawns and what is painted on the road, from any camera."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .drawing import GROUND, surface_part
from .materials import ASPHALT, LAWN, PAINTED_LINE, SLABS, linear
from .street_classes import GRASS, MARKING, PAVEMENT, ROAD
from .view import View

Metres = NDArray[np.float64]


def paint_ground(view: View, x: Metres, z: Metres, first: int = 0,
                 sharp: NDArray[np.bool_] | bool = True, finest: float = 0.0) -> None:
    """Paint the canvas rows from ``first`` on.

    Args:
        x, z: where these rows' pixels meet the ground; they broadcast to (rows, width).
        sharp: where lines along the road are wide enough to be seen.
        finest: metres that a painted line is wide at least.
    """
    street = view.street
    flat = lambda label, colour, material: view.add(
        surface_part(label, colour, GROUND, normal=(0.0, 1.0, 0.0), material=material))
    lawn, slabs = flat(GRASS, LAWN, 'lawn'), flat(PAVEMENT, SLABS, 'slab')
    kerb = flat(PAVEMENT, linear(206, 202, 194), 'smooth')
    asphalt, paint = flat(ROAD, ASPHALT, 'asphalt'), flat(MARKING, PAINTED_LINE, 'smooth')

    aside = np.abs(x)
    below = np.where(aside < street.road + street.pavement, slabs, lawn)
    below[aside < street.road + 0.25] = kerb
    below[aside < street.road] = asphalt
    rows = view.canvas.part[first:]
    rows[:] = below
    rows[_painted(view, x, aside, z, sharp, finest / 2)] = paint


def _painted(view: View, x: Metres, aside: Metres, z: Metres, sharp: NDArray[np.bool_] | bool,
             least: float) -> NDArray[np.bool_]:
    street = view.street
    dashes = (aside < max(0.11, least)) & (z - 6 * np.floor(z / 6) < 3.2)
    sides = np.abs(aside - (street.road - 0.45)) < max(0.08, least)
    painted = (dashes | sides) & sharp
    if street.crossing:
        stripes = (x - np.floor(x) < 0.5) & (aside < street.road - 0.6)
        along = (z > street.crossing) & (z < street.crossing + 2.6)
        painted = np.where(along, stripes, painted)
    return painted
