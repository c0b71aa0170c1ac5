"""Picture files as arrays: of any depth, upright, bounded, and never a map that compression has altered.

Photographs become (H, W, 3) of 8 bits by one rule:

====================================  =================================================================
stored as                             read as
====================================  =================================================================
8 bits (grey, indexed, RGB, CMYK)     RGB; transparency is dropped
16 bits                               the upper 8 bits: ``value // 256``
floats                                ``round(255 * value)`` of values in [0, 1]; others are refused
32 bits, whole or signed numbers      refused: nothing says which value is white
====================================  =================================================================

An orientation in the file (EXIF, TIFF, XMP) is applied to photographs and maps alike, as every viewer and
labelling tool does, so that both halves of a pair are what their makers saw.
"""
from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import require_file

FORMATS = ('JPEG', 'PNG', 'PPM', 'BMP', 'DIB', 'TIFF', 'WEBP', 'GIF')
ID_MODES = ('L', 'P', '1', 'I', 'I;16', 'I;16B', 'I;16L')
LOSSY = ('JPEG', 'MPO', 'JPEG2000', 'AVIF')
LOSSY_TIFF = ('jpeg', 'tiff_jpeg', 'webp', 'jpeg2000')
MOST_PIXELS = 1 << 27
ORIENTATION = 0x0112  # of EXIF and TIFF
UPRIGHT = dict(zip(range(2, 9), (
    Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_270, Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90)))


def most_pixels() -> int:
    """Pixels that a picture may have: ``MOST_PIXELS``, or what GGTOOLBOX_MOST_PIXELS says."""
    stated = os.environ.get('GGTOOLBOX_MOST_PIXELS', str(MOST_PIXELS))
    if not stated.isdecimal():
        raise InputError(f'GGTOOLBOX_MOST_PIXELS: expected a number of pixels, found {stated!r}')
    return int(stated)


def open_picture(path: str | Path, formats: Sequence[str] = FORMATS, limit: int | None = None
                 ) -> Image.Image:
    """A decoded picture, not yet upright; of several frames the first.

    Args:
        formats: those of Pillow's that are tried, whatever the file is called.
        limit: pixels that it may have; None = :func:`most_pixels`. It is refused before it is decoded.

    Raises:
        InputError: no such file; broken, or no picture; too large.
    """
    path, limit = require_file(path), most_pixels() if limit is None else limit
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # of large pictures, whose limit is ours, and of broken tags
            if 2 * (Image.MAX_IMAGE_PIXELS or limit) < limit:
                Image.MAX_IMAGE_PIXELS = limit
            image = Image.open(path, formats=formats)
            width, height = image.size
            if width * height > limit:
                raise InputError(f'{path}: this picture is {width} x {height} pixels, expected at most '
                                 f'{limit} in all (the variable GGTOOLBOX_MOST_PIXELS sets another limit)')
            image.stored_as = image.tile[0] if getattr(image, 'tile', None) else None
            image.load()
    except InputError:
        raise
    except Image.DecompressionBombError as error:
        raise InputError(f'{path}: this picture is too large, expected at most {limit} pixels ({error})') \
            from None
    except UnidentifiedImageError:
        raise InputError(f'{path}: the file is broken or not an image that can be read (read are '
                         f'{", ".join(formats)} of 8 or 16 bits a channel)') from None
    except Exception as error:  # whatever a decoder makes of bytes that anybody wrote
        raise InputError(f'{path}: the file is broken or not an image ({error})') from error
    return image


def orientation(image: Image.Image) -> int:
    """1 to 8 as EXIF numbers them; 1 = upright, or nothing that makes sense is said."""
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except Exception:  # a broken tag turns no picture, as in every viewer
        return 1
    return found if found in UPRIGHT else 1


def upright(image: Image.Image) -> Image.Image:
    """The picture as a viewer shows it."""
    turned = orientation(image)
    return image if turned == 1 else image.transpose(UPRIGHT[turned])


def is_deep(image: Image.Image) -> bool:
    """Whether the file of :func:`open_picture` holds more than 8 bits a channel."""
    return image.mode[0] in 'IF' or ';16' in stored_as(image) or (_largest_of_ppm(image) or 0) > 255


def stored_as(image: Image.Image) -> str:
    """Pillow's word for the pixels in the file of :func:`open_picture`, such as ``RGB;16B``."""
    arguments = getattr(getattr(image, 'stored_as', None), 'args', None) or image.mode
    return str(arguments if isinstance(arguments, str) else arguments[0])


def _largest_of_ppm(image: Image.Image) -> int | None:
    """The value that stands for white in a PGM or PPM file from which Pillow stretches to 255 or 65535."""
    stored = getattr(image, 'stored_as', None)
    stretched = stored is not None and stored.codec_name.startswith('ppm') and isinstance(stored.args, tuple)
    return stored.args[-1] if stretched and isinstance(stored.args[-1], int) else None


def levels(image: Image.Image, where: str | Path) -> NDArray[np.uint8]:
    """(H, W, 3) RGB of a picture by the rule above, upright.

    Args:
        where: what errors call it.
    """
    mode, pixels = image.mode, upright(image)
    if mode == 'F':
        grey = _levels_of_floats(np.asarray(pixels), where)
    elif mode.startswith('I;16') or (mode == 'I' and image.format == 'PPM'):
        grey = (np.asarray(pixels) >> 8).astype(np.uint8)
    elif mode == 'I':
        raise InputError(f'{where}: expected a picture of 8 or 16 bits a channel without signs, found one of '
                         '32 bits or with signs, in which nothing says which value is white')
    else:
        if (_largest_of_ppm(image) or 0) > 255:
            raise InputError(f'{where}: expected a PPM picture of 8 bits a channel, found more')
        try:
            return np.asarray(pixels.convert('RGB'))
        except ValueError as error:
            raise InputError(f'{where}: the colours of this picture cannot be read as RGB ({error})') \
                from None
    return np.repeat(grey[:, :, None], 3, axis=2)


def _levels_of_floats(values: NDArray[np.float32], where: str | Path) -> NDArray[np.uint8]:
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= 1):
        found = f'{low:g} to {high:g}' if np.isfinite(values).all() else 'some that are not finite'
        raise InputError(f'{where}: a picture of floats holds values from 0 to 1, found {found}')
    return np.rint(values * np.float32(255)).astype(np.uint8)


def refuse_lossy(image: Image.Image, where: str | Path, what: str) -> None:
    """Raise :class:`InputError` where compression may have changed the pixels of a map."""
    compression = image.info.get('compression') if image.format == 'TIFF' else None
    if image.format in LOSSY or compression in LOSSY_TIFF or (
            image.format == 'WEBP' and _is_lossy_webp(getattr(image, 'filename', ''))):
        kind = image.format if compression is None else f'TIFF with {compression} compression'
        raise InputError(f'{where}: a {what} must be stored without loss (PNG), found {kind}, which changes '
                         'ids at every border')
    if _largest_of_ppm(image) not in (None, 255, 65535):
        raise InputError(f'{where}: a {what} in a PGM or PPM file must have 255 or 65535 as its largest '
                         f'value, found {_largest_of_ppm(image)}, with which ids are stretched; use PNG')


def _is_lossy_webp(path: str | Path) -> bool:
    """Whether the first picture of a WebP file is of the kind ``VP8`` rather than ``VP8L``."""
    if not Path(path).is_file():
        return True
    with open(path, 'rb') as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:
            if head[:4] in (b'VP8 ', b'VP8L'):
                return head[:4] == b'VP8 '
            length = int.from_bytes(head[4:], 'little')
            file.seek(16 if head[:4] == b'ANMF' else length + length % 2, os.SEEK_CUR)
    return True


def ids(image: Image.Image, where: str | Path, what: str = 'label map') -> NDArray:
    """(H, W) ids of a single-channel picture of 8, 16 or 32 bits (or the indices of an indexed one), upright.

    Returns:
        uint8, or int32 where the file holds 16 or 32 bits.
    """
    if image.mode not in ID_MODES:
        raise InputError(f'{where}: a {what} has one channel with ids, this file has '
                         f'{len(image.getbands())} ({image.mode})')
    refuse_lossy(image, where, what)
    stored = np.asarray(upright(image))
    return stored.astype(np.uint8 if stored.dtype.itemsize == 1 else np.int32)


def ids_or_colours(image: Image.Image, where: str | Path, palette: Sequence[Sequence[int]] | None,
                   what: str = 'label map', indices_are_ids: bool = False) -> NDArray:
    """A label map as (H, W) ids, or as (H, W, 3) colours of ``palette``, whichever it is stored as.

    An indexed picture gives what the RGB picture of the same colours gives: its indices are the ids if each
    has its class's colour, or if they have no class's; else its colours are meant.

    Args:
        palette: (R, G, B) of each class; None = colours mean nothing.
        indices_are_ids: of an indexed picture, whatever its colours.

    Raises:
        InputError: three channels and no palette; indices of which some have another class's colour and
            others none.
    """
    if palette is None or (image.mode != 'P' and len(image.getbands()) < 3):
        return ids(image, where, what)
    refuse_lossy(image, where, what)
    if image.mode == 'P' and (indices_are_ids or _indices_are_ids(image, where, palette)):
        return ids(image, where, what)
    return np.asarray(upright(image).convert('RGB'))


def _indices_are_ids(image: Image.Image, where: str | Path, palette: Sequence[Sequence[int]]) -> bool:
    own = np.array(image.getpalette('RGB'), np.int64).reshape(-1, 3)
    used = [index for index in np.unique(np.asarray(image)).tolist() if index < len(own)]
    classes: dict[tuple, list[int]] = {}
    for number, colour in enumerate(palette):
        classes.setdefault(tuple(colour), []).append(number)
    meant = {index: classes.get(tuple(own[index].tolist()), []) for index in used}
    wrong = [index for index in used if meant[index] and index not in meant[index]]
    strange = [index for index in used if not meant[index] and own[index].any()]
    if wrong and strange:
        raise InputError(f'{where}: index {wrong[0]} of this picture has the colour of class '
                         f'{meant[wrong[0]][0]}, but index {strange[0]} that of no class; store ids in one '
                         'channel of grey')
    return not wrong


def write_picture(array: NDArray, path: Path) -> None:
    """Write (H, W, 3) RGB of 8 bits or ids (H, W) of 8 or 16 by the path's suffix, a JPEG at quality 95; its
    folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **(dict(quality=95) if path.suffix == '.jpg' else {}))
