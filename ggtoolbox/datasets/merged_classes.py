"""The six merged classes of cross-view translation, and the grey values that stand for them on disk."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.structures import IGNORED_LABEL

CLASSES = ('vehicle', 'ground', 'pole, sign or person', 'building', 'sky', 'vegetation')
GREY_VALUES = (10, 20, 30, 40, 50, 60)
# Class -> colours of Cityscapes. Anything else is void.
COLOURS = (
    ((0, 0, 142), (0, 0, 70), (0, 60, 100), (0, 80, 100), (0, 0, 230), (119, 11, 32)),
    ((128, 64, 128), (244, 35, 232), (152, 251, 152)),
    ((153, 153, 153), (250, 170, 30), (220, 220, 0), (220, 20, 60), (255, 0, 0)),
    ((70, 70, 70), (102, 102, 156), (190, 153, 153)),
    ((70, 130, 180),),
    ((107, 142, 35),),
)
PALETTE = tuple(colours[0] for colours in COLOURS)
_CODES = tuple(np.array([[1 << 16, 1 << 8, 1]]) @ np.array(colours).T for colours in COLOURS)


def grey_panel(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) Cityscapes colours to (H, W, 3) grey values of the merged classes.

    Void pixels keep their colour, as in the released data sets.
    """
    codes = colours.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    panel = colours.copy()
    for value, known in zip(GREY_VALUES, _CODES):
        panel[np.isin(codes, known)] = value
    return panel


def ids_of_greys(panel: NDArray[np.uint8], values: tuple[int, ...] = GREY_VALUES) -> NDArray[np.uint8]:
    """(H, W) or (H, W, 3) grey values to (H, W) class ids; 255 where the first channel is none of them.

    The released code asks the same of the picture in float32, ``x * 127.5 + 127.5 == value`` where x is
    the value in [-1, 1]; for all 256 bytes both answers are equal.
    """
    table = np.full(256, IGNORED_LABEL, np.uint8)
    table[list(values)] = np.arange(len(values))
    return table[panel if panel.ndim == 2 else panel[..., 0]]
