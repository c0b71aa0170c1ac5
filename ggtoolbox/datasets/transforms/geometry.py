"""Resize, crop and flip: the same for the pictures and the maps of a sample."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from mmcv.transforms import BaseTransform
from numpy.typing import NDArray
from PIL import Image

from ggtoolbox.errors import InputError
from ggtoolbox.registry import TRANSFORMS

PICTURES = ('target_image', 'source_image', 'source_guide', 'target_guide', 'label_picture')
MAPS = ('label', 'instance', 'mask')
COORDINATES = ('keypoints', 'source_keypoints')
MODES = ('resize_and_crop', 'scale_width', 'scale_width_and_crop', 'scale_shortside',
         'scale_shortside_and_crop', 'fixed', 'none', 'crop')
INTERPOLATIONS = dict(bicubic=Image.Resampling.BICUBIC, bilinear=Image.Resampling.BILINEAR)
POSITIONS = ('random', 'random_but_last', 'centre')
Size = tuple[int, int]


class Crop(NamedTuple):
    """A box in pixels of the resized picture."""

    left: int
    top: int
    width: int
    height: int


def resize(array: NDArray, width: int, height: int, smooth: bool, interpolation: str = 'bicubic') -> NDArray:
    """Resize with Pillow.

    Args:
        array: (H, W, 3) uint8, or (H, W) integers.
        smooth: with antialiasing when it shrinks (as the released code loads pictures); else nearest.
        interpolation: one of ``INTERPOLATIONS``, where ``smooth``.
    """
    if array.shape[:2] == (height, width):
        return array
    stored = array if array.dtype == np.uint8 else array.astype(np.int32)
    filter_ = INTERPOLATIONS[interpolation] if smooth else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(stored).resize((width, height), filter_))


def resized_size(mode: str, size: Size, load_size: Size, crop_size: Size, aspect_ratio: float = 1.0,
                 as_released: bool = False) -> Size:
    """Width and height before cropping of a picture of ``size`` (width, height).

    Args:
        mode, load_size, crop_size, aspect_ratio, as_released: as of :class:`ResizeAndCrop`; sizes
            are (width, height).
    """
    width, height = size
    if mode == 'resize_and_crop':
        return load_size
    if mode in ('scale_width', 'scale_width_and_crop'):
        return load_size[0], int(load_size[0] * height / width)
    if mode in ('scale_shortside', 'scale_shortside_and_crop'):
        short, long = min(width, height), max(width, height)
        long = int(load_size[0] * long / short)
        short = short if as_released else load_size[0]
        return (short, long) if width <= height else (long, short)
    if mode == 'fixed':
        return (crop_size[0], round(crop_size[0] / aspect_ratio)) if crop_size[0] == crop_size[1] \
            else crop_size
    if mode == 'none':
        return round(width / 32) * 32, round(height / 32) * 32
    return size


def crop(array: NDArray, box: Crop) -> NDArray:
    """Cut a box out of (H, W, ...)."""
    return array[box.top:box.top + box.height, box.left:box.left + box.width]


def mirror(array: NDArray) -> NDArray:
    """Swap left and right of (H, W, ...)."""
    return array[:, ::-1]


def spatial_keys(sample: dict, who: str) -> dict[str, bool]:
    """The sample's fields that lie on the pixel grid -> whether they are pictures (not maps)."""
    for key in COORDINATES:
        if key in sample:
            raise InputError(f'{who}: it moves pixels only, but the sample has {key!r} too')
    keys = {key: key in PICTURES for key in (*PICTURES, *MAPS) if key in sample}
    if not keys:
        raise InputError(f'{who}: expected a sample with one of {", ".join((*PICTURES, *MAPS))}, found '
                         f'{", ".join(map(str, sample))}')
    return keys


def check_probability(value: float, name: str) -> None:
    """Raise :class:`InputError` outside [0, 1]."""
    if not 0 <= value <= 1:
        raise InputError(f'{name} must lie between 0 and 1, found {value}')


@TRANSFORMS.register_module()
class ResizeAndCrop(BaseTransform):
    """Bring all pictures (smoothly) and maps (nearest) of a sample to size, in the same way.

    =======================  ==================================================================
    mode                     geometry
    =======================  ==================================================================
    resize_and_crop          resize to ``load_size``, crop ``crop_size``
    scale_width[_and_crop]   width ``load_size``, height in proportion (rounded down) [, crop]
    scale_shortside[...]     short side ``load_size``, long side in proportion [, crop]
    fixed                    resize to ``crop_size`` x round(``crop_size / aspect_ratio``)
    none                     each side to the nearest multiple of 32
    crop                     crop only
    =======================  ==================================================================

    Random numbers come from NumPy's global generator, which mmengine seeds in each worker.

    Args:
        mode: one of the table's.
        load_size, crop_size: one number, or (height, width); ``scale_*`` read the width of
            ``load_size``. A ``crop_size`` of two different numbers is the whole size in mode
            ``fixed``.
        aspect_ratio: width / height, in mode ``fixed``.
        as_released: only for ``scale_shortside*``: the released code keeps the short side at its
            original length while the long one grows, which distorts; False (ours) does what the
            name says.
        position: where the crop lies. ``random``: every offset from 0 to (resized - crop), both
            included, is equally likely; ``random_but_last``: the offset (resized - crop) is never drawn,
            as in the released loaders of the pix2pix family; ``centre``; or (left, top).
        interpolation: of pictures: ``bicubic``, or ``bilinear``, as SCGAN resizes (label maps too, which
            mixes ids; ours never are).
    """

    def __init__(self, mode: str = 'resize_and_crop', load_size: int | tuple[int, int] = 286,
                 crop_size: int | tuple[int, int] = 256, aspect_ratio: float = 1.0,
                 as_released: bool = False, position: str | tuple[int, int] = 'random',
                 interpolation: str = 'bicubic') -> None:
        if mode not in MODES:
            raise InputError(f'ResizeAndCrop: unknown mode {mode!r} (known: {", ".join(MODES)})')
        if isinstance(position, str) and position not in POSITIONS:
            raise InputError(f'ResizeAndCrop: position must be (left, top) or one of '
                             f'{", ".join(POSITIONS)}, found {position!r}')
        if interpolation not in INTERPOLATIONS:
            raise InputError(f'ResizeAndCrop: interpolation must be one of {", ".join(INTERPOLATIONS)}, '
                             f'found {interpolation!r}')
        self.mode, self.aspect_ratio, self.as_released = mode, aspect_ratio, as_released
        self.interpolation = interpolation
        if not aspect_ratio > 0:
            raise InputError(f'ResizeAndCrop: aspect_ratio must be positive, found {aspect_ratio}')
        self.load_size = _width_height(load_size, 'load_size')
        self.crop_size = _width_height(crop_size, 'crop_size')
        self.position = position

    @property
    def output_size(self) -> Size | None:
        """(height, width) of every picture; None in the modes in which it depends on the picture's."""
        if self.mode.endswith('crop'):
            return self.crop_size[::-1]
        return self.geometry(64, 64)[0][::-1] if self.mode == 'fixed' else None

    def geometry(self, width: int, height: int) -> tuple[Size, Crop | None]:
        """Size to resize a picture of width x height to, and what to cut out of it."""
        size = resized_size(self.mode, (width, height), self.load_size, self.crop_size,
                            self.aspect_ratio, self.as_released)
        if min(size) < 1:
            raise InputError(f'ResizeAndCrop: mode {self.mode!r} would make {size[0]} x {size[1]} '
                             f'pixels of a picture of {width} x {height}')
        if not self.mode.endswith('crop'):
            return size, None
        room = size[0] - self.crop_size[0], size[1] - self.crop_size[1]
        left, top = self._corner(room)
        if min(room) < 0 or left > room[0] or top > room[1]:
            raise InputError(
                f'ResizeAndCrop: a crop of {self.crop_size[0]} x {self.crop_size[1]} at ({left}, {top}) '
                f'does not fit into {size[0]} x {size[1]} pixels (a picture of {width} x {height}, '
                f'mode {self.mode!r})')
        return size, Crop(int(left), int(top), *self.crop_size)

    def _corner(self, room: Size) -> Size:
        if not isinstance(self.position, str):
            return tuple(self.position)
        if self.position == 'centre':
            return room[0] // 2, room[1] // 2
        excluded = int(self.position == 'random_but_last')
        left, top = (np.random.randint(max(r - excluded, 0) + 1) for r in room)
        return left, top

    def transform(self, results: dict) -> dict:
        keys = spatial_keys(results, 'ResizeAndCrop')
        height, width = results[next(iter(keys))].shape[:2]
        (new_width, new_height), box = self.geometry(width, height)
        for key, smooth in keys.items():
            resized = resize(results[key], new_width, new_height, smooth, self.interpolation)
            results[key] = resized if box is None else crop(resized, box)
        return results


@TRANSFORMS.register_module()
class RandomMirror(BaseTransform):
    """Swap left and right of all pictures and maps of a sample, or of none.

    Args:
        probability: 0 never, 1 always. Random numbers as of :class:`ResizeAndCrop`.
        keys: the fields to mirror; None = all of them. The released cross-view loaders mirror
            ``('source_image', 'target_image')`` and leave the label maps as they are, so that these no
            longer fit; every published command switches mirroring off.

    Raises:
        InputError: a key that is no picture or map, a probability outside [0, 1].
    """

    def __init__(self, probability: float = 0.5, keys: Sequence[str] | None = None) -> None:
        for key in keys or ():
            if key not in (*PICTURES, *MAPS):
                raise InputError(f'RandomMirror: unknown key {key!r} (known: {", ".join(PICTURES + MAPS)})')
        check_probability(probability, 'RandomMirror: probability')
        self.probability, self.keys = probability, keys

    def transform(self, results: dict) -> dict:
        if np.random.random() < self.probability:
            for key in spatial_keys(results, 'RandomMirror'):
                if self.keys is None or key in self.keys:
                    results[key] = mirror(results[key])
        return results


def _width_height(size: int | tuple[int, int], name: str) -> Size:
    sides = (size, size) if isinstance(size, int) else tuple(size)
    if len(sides) != 2 or not all(isinstance(side, int) and side > 0 for side in sides):
        raise InputError(f'ResizeAndCrop: {name} must be a whole number of pixels or (height, width), found '
                         f'{size!r}')
    return sides[::-1]
