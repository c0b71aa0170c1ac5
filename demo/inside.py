"""What lies behind a pixel, as pictures with captions."""
from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.apis.looking import Inside, Kernel, Place
from ggtoolbox.errors import InputError

Picture = NDArray[np.uint8]
LIGHT = np.float32((255, 176, 0))  # what a kernel weighs most
SHOWN = 192  # least pixels of a picture's longer side
NOTHING = 'This model names no maps, and none of its upsamplers predicts kernels: nothing to show.'


def read_click(text: str, pictures: int) -> tuple[int, Place]:
    """Which of so many pictures, and its pixel (row, column), as ``pixels.js`` tells them.

    Raises:
        InputError: anything else.
    """
    try:
        clicked = json.loads(text)
        picture, row, column = (int(clicked[name]) for name in ('picture', 'row', 'column'))
        if not 0 <= picture < pictures:
            raise ValueError(f'picture {picture} of {pictures}')
        return picture, (row, column)
    except (TypeError, KeyError, ValueError, OverflowError, RecursionError) as error:
        raise InputError(f'pixel: expected a picture, a row and a column ({error})') from error


def pictures_of(inside: Inside, pixel: Place, classes: Sequence[str] = ()) -> list[tuple[Picture, str]]:
    """The generator's maps, with the pixel and its value, and for each kernel where it gathers from.

    Args:
        classes: names for the channels of maps that have one for each.
    """
    image = inside.result['image']
    shown = [(_enlarged(_marked(picture, pixel)), caption) for name, values in inside.values.items()
             for picture, caption in _map(name, inside.result[name], values, classes)]
    return shown + [_kernel(kernel, image) for kernel in inside.kernels]


def note(inside: Inside, pixel: Place) -> str:
    """A line above them."""
    if not inside.values and not inside.kernels:
        return NOTHING
    colour = ', '.join(map(str, inside.result['image'][pixel].tolist()))
    return f'Row {pixel[0]}, column {pixel[1]}: ({colour}). Weights are black at 0 and white at 1.'


def _map(name: str, value: NDArray, at: NDArray, classes: Sequence[str]) -> list[tuple[Picture, str]]:
    """Images in [-1, 1] as they are; of anything else each channel from black to white; what is empty not."""
    if value.ndim == 4:
        return [shown for i, (one, there) in enumerate(zip(value, at))
                for shown in _map(f'{name} {i + 1}', one, there, classes)]
    if value.min() == value.max():
        return []
    if value.ndim == 2:
        value, at = value[None], at[None]
    title = name.replace('_', ' ')
    if len(value) == 3 and value.min() < 0:
        return [(np.uint8((value.clip(-1, 1) + 1) * 127.5).transpose(1, 2, 0), title)]
    low, high = min(0.0, float(value.min())), max(1.0, float(value.max()))
    levels = np.uint8((value - low) / (high - low) * 255)
    if len(value) == len(classes):
        parts = [f', {one}' for one in classes]
    else:
        parts = [f' {i + 1}' if len(value) > 1 else '' for i in range(len(value))]
    return [(np.repeat(plane[..., None], 3, axis=2), f'{title}{part}: {there:.3f}')
            for plane, part, there in zip(levels, parts, at)]


def _kernel(kernel: Kernel, image: Picture) -> tuple[Picture, str]:
    weights = kernel.footprint()
    rows, columns = (np.arange(SHOWN * length // max(image.shape[:2])) for length in image.shape[:2])
    over = [at * size // len(at) for at, size in zip((rows, columns), kernel.size)]
    under = [at * size // len(at) for at, size in zip((rows, columns), image.shape)]
    share = (weights / max(weights.max(), 1e-12))[np.ix_(*over)][..., None]
    picture = (1 - share) * 0.4 * image[np.ix_(*under)] + share * LIGHT
    height, width = kernel.size
    least, most = kernel.weights.min(), kernel.weights.max()
    return np.uint8(picture), f'kernel on {height} x {width}: {least:.3f} to {most:.3f}'


def _marked(picture: Picture, pixel: Place) -> Picture:
    """A ring around the pixel that is seen on dark and on light."""
    marked, (row, column) = picture.copy(), pixel
    for reach, level in ((2, 0), (1, 255)):
        box = np.ix_(*(np.arange(max(at - reach, 0), min(at + reach + 1, size))
                       for at, size in zip(pixel, picture.shape)))
        marked[box] = level
    marked[row, column] = picture[row, column]
    return marked


def _enlarged(picture: Picture) -> Picture:
    times = max(1, SHOWN // max(picture.shape[:2]))
    return picture.repeat(times, 0).repeat(times, 1)
