"""What surfaces are made of: colours in linear light and the pattern that breaks them up."""
from __future__ import annotations

from typing import NamedTuple


class Material(NamedTuple):
    """A pattern of cells on a surface.

    Attributes:
        cell_width: metres along the surface.
        cell_height: metres up (or away from the camera, on the ground).
        contrast: range of the cells' brightness, as a fraction of their mean.
        joint: share of a cell that is the darker line between cells; 0 = none.
        shift: by which share of a cell each next row is moved.
    """

    cell_width: float
    cell_height: float
    contrast: float
    joint: float = 0.0
    shift: float = 0.0


MATERIALS = {
    'plain': Material(1.0, 1.0, 0.0),
    'smooth': Material(0.5, 0.5, 0.06),
    'brick': Material(0.6, 0.3, 0.30, 0.16, 0.5),
    'plaster': Material(0.9, 0.9, 0.14),
    'panel': Material(1.5, 1.5, 0.16, 0.06),
    'tile': Material(0.45, 0.4, 0.5, 0.15, 0.5),
    'asphalt': Material(0.1, 0.3, 0.28),
    'slab': Material(0.8, 0.8, 0.20, 0.08),
    'lawn': Material(0.10, 0.4, 0.72),
    'leaf': Material(0.24, 0.20, 0.8),
    'bark': Material(0.07, 0.6, 0.6),
    'cloth': Material(0.12, 0.12, 0.2),
}
MATERIAL_IDS = {name: i for i, name in enumerate(MATERIALS)}


def linear(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """An 8-bit display colour in linear light, with a display curve of exponent 2."""
    return (red / 255) ** 2, (green / 255) ** 2, (blue / 255) ** 2


WALLS = (
    ('brick', linear(158, 84, 66)), ('brick', linear(186, 128, 96)), ('brick', linear(120, 74, 68)),
    ('plaster', linear(226, 214, 190)), ('plaster', linear(222, 186, 126)),
    ('plaster', linear(196, 204, 208)), ('plaster', linear(206, 150, 132)),
    ('panel', linear(150, 158, 168)), ('panel', linear(112, 124, 140)),
)
ROOFS = (linear(140, 66, 52), linear(92, 88, 94), linear(116, 84, 66))
PAINTS = (linear(196, 40, 36), linear(232, 232, 232), linear(44, 46, 52), linear(40, 84, 168),
          linear(150, 156, 164), linear(222, 172, 40), linear(46, 118, 84))
CLOTHES = (linear(190, 52, 52), linear(48, 82, 160), linear(232, 200, 70), linear(230, 230, 226),
           linear(66, 130, 82), linear(120, 72, 140), linear(58, 60, 68))
TROUSERS = (linear(44, 52, 84), linear(58, 56, 58), linear(126, 108, 84), linear(70, 96, 132))
SKINS = (linear(240, 200, 170), linear(214, 164, 126), linear(158, 108, 76), linear(104, 70, 52))
HAIRS = (linear(40, 32, 28), linear(96, 64, 40), linear(176, 140, 84), linear(140, 136, 134))
LEAVES = (linear(74, 122, 50), linear(96, 140, 54), linear(58, 104, 62), linear(150, 128, 48))
SIGNS = (linear(204, 34, 40), linear(34, 84, 178), linear(236, 190, 40))
BARK = linear(98, 74, 56)
ASPHALT = linear(116, 116, 120)
SLABS = linear(172, 166, 156)
LAWN = linear(98, 142, 62)
PAINTED_LINE = linear(236, 234, 224)
GLASS = linear(70, 88, 104)
RUBBER = linear(34, 34, 36)
STEEL = linear(112, 118, 120)
