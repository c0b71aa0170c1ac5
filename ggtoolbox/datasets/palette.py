"""Colours of label maps (facts of the released SPADE visualiser)."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.structures import IGNORED_LABEL

CITYSCAPES_PALETTE = (
    (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0), (111, 74, 0), (81, 0, 81), (128, 64, 128),
    (244, 35, 232), (250, 170, 160), (230, 150, 140), (70, 70, 70), (102, 102, 156), (190, 153, 153),
    (180, 165, 180), (150, 100, 100), (150, 120, 90), (153, 153, 153), (153, 153, 153), (250, 170, 30),
    (220, 220, 0), (107, 142, 35), (152, 251, 152), (70, 130, 180), (220, 20, 60), (255, 0, 0),
    (0, 0, 142), (0, 0, 70), (0, 60, 100), (0, 0, 90), (0, 0, 110), (0, 80, 100), (0, 0, 230),
    (119, 11, 32), (0, 0, 142))
# Ids whose generic colour the released code replaces when exactly 182 colours are asked for.
COCO_PATCHES = {105: (170, 170, 170), 123: (29, 195, 49), 154: (54, 62, 167), 156: (95, 219, 255),
                168: (140, 104, 47)}


def label_palette(num_colours: int) -> NDArray[np.uint8]:
    """(num_colours, 3) RGB colours of class ids, as released.

    35 is the Cityscapes table, 182 the generic one with five colours of COCO-Stuff; any other number
    is generic: bit j of channel c (from the highest down) is bit 3j + c of id + 1.

    The released visualiser asks for ``num_classes + 2`` colours and so never meets the first two.
    """
    if num_colours == 35:
        return np.array(CITYSCAPES_PALETTE, np.uint8)
    ids = np.arange(1, num_colours + 1)
    palette = np.zeros((num_colours, 3), np.uint8)
    for bit in range(7):
        for channel in range(3):
            palette[:, channel] |= (((ids >> (3 * bit + channel)) & 1) << (7 - bit)).astype(np.uint8)
    if num_colours == 182:
        for index, colour in COCO_PATCHES.items():
            palette[index] = colour
    return palette


def colourise(label: NDArray, palette: NDArray[np.uint8] | Sequence[Sequence[int]] | None = None
              ) -> NDArray[np.uint8]:
    """(..., H, W) class ids to (..., H, W, 3) uint8 RGB.

    Args:
        label: ids; those beyond the palette (255 = ignored) become black.
        palette: (N, 3) colours; None = the generic ones.
    """
    label = np.asarray(label)
    colours = label_palette(256) if palette is None else np.asarray(palette, np.uint8)
    table = np.concatenate([colours, np.zeros((1, 3), np.uint8)])
    if label.dtype.kind != 'u':
        label = np.where(label < 0, len(colours), label)
    return table.take(np.minimum(label, len(colours)), axis=0)


def ids_of_colours(picture: NDArray[np.uint8], palette: Sequence[Sequence[int]], where: str
                   ) -> NDArray[np.uint8]:
    """(H, W, 3) colours of a palette to (H, W) class ids: the first class of a colour that several have.

    Black, where it is no class's colour, is 255, as :func:`colourise` paints pixels without a class.

    Raises:
        InputError: a colour that the palette does not have.
    """
    weights = np.array([1 << 16, 1 << 8, 1])
    codes, first = np.unique(np.asarray(palette, np.int64) @ weights, return_index=True)
    wanted = picture.astype(np.int64) @ weights
    place = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    unknown = codes[place] != wanted
    black = unknown & (wanted == 0)
    if (unknown & ~black).any():
        unknown &= ~black
        raise InputError(f'{where}: the colour {tuple(picture[unknown][0].tolist())} was found in '
                         f'{unknown.sum()} pixels; expected the colours of the {len(palette)} classes')
    return np.where(black, IGNORED_LABEL, first[place]).astype(np.uint8)


def check_palette(palette: Sequence[Sequence[int]], owner: str) -> None:
    """Raise :class:`InputError` unless each colour is three whole numbers from 0 to 255."""
    for number, colour in enumerate(palette):
        values = list(colour) if isinstance(colour, (Sequence, np.ndarray)) else [colour]
        if len(values) != 3 or not all(isinstance(value, (int, np.integer)) and 0 <= value <= 255
                                       for value in values):
            raise InputError(f'{owner}: palette must hold three whole numbers from 0 to 255 a class, found '
                             f'{colour!r} for class {number}')
