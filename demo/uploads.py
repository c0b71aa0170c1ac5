"""Reading what a user uploads: bounded before it is decoded, and refused in one sentence."""
from __future__ import annotations

import warnings
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ggtoolbox.datasets.palette import ids_of_colours
from ggtoolbox.datasets.pictures import ids_or_colours, levels
from ggtoolbox.errors import InputError

MOST_BYTES = '4mb'
LONGEST_SIDE = 4096  # pixels
FORMATS = ('PNG', 'JPEG', 'WEBP', 'BMP')
Size = tuple[int, int]


def open_picture(path: str | Path) -> Image.Image:
    """A picture file of at most ``LONGEST_SIDE`` pixels a side, decoded.

    Raises:
        InputError: no picture, a broken one, or too large a one.
    """
    name = Path(path).name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', Image.DecompressionBombWarning)  # the size is looked at below
            picture = Image.open(path, formats=FORMATS)
        if max(picture.size) > LONGEST_SIDE:
            raise InputError(f'{name}: the picture is {picture.width} x {picture.height} pixels, expected at '
                             f'most {LONGEST_SIDE} a side')
        picture.load()
    except InputError:
        raise
    except Exception as error:  # whatever a decoder makes of bytes that anybody sent
        raise InputError(f'{name}: expected a picture ({", ".join(FORMATS)}), and this file is none or is '
                         'broken') from error
    return picture


def read_source(path: str | Path, size: Size) -> NDArray[np.uint8]:
    """(H, W, 3) RGB of ``size``: the picture's middle of the right shape, resized."""
    picture = levels(open_picture(path), Path(path).name)
    height, width = picture.shape[:2]
    share = min(height / size[0], width / size[1])
    rows, columns = max(1, round(size[0] * share)), max(1, round(size[1] * share))
    top, left = (height - rows) // 2, (width - columns) // 2
    middle = picture[top:top + rows, left:left + columns]
    return cv2.resize(middle, size[::-1], interpolation=cv2.INTER_AREA if share > 1 else cv2.INTER_LINEAR)


def read_label_map(path: str | Path, size: Size, palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) class ids of ``size``: of a picture whose pixels are ids, or one in the palette's colours.

    Raises:
        InputError: as :func:`open_picture`; an id that is no class, or a colour that is none of the palette.
    """
    name, picture = Path(path).name, open_picture(path)
    label = ids_or_colours(picture, name, palette)
    if label.ndim == 3:
        label = ids_of_colours(label, palette, name)
    if label.max() >= len(palette) or label.min() < 0:
        raise InputError(f'{name}: class id {label.max()} was found, expected 0..{len(palette) - 1}')
    return cv2.resize(label.astype(np.uint8), size[::-1], interpolation=cv2.INTER_NEAREST_EXACT)
