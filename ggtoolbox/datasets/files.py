"""Finding and reading the files of a data set; whatever is wrong with one ends in an InputError."""
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from ggtoolbox.errors import InputError

IMAGE_SUFFIXES = ('.jpg', '.jpeg', '.png', '.ppm', '.bmp', '.tif', '.tiff', '.webp')
FILES_LIST = 'files.list'
ID_MODES = ('L', 'P', '1', 'I', 'I;16', 'I;16B', 'I;16L')


def natural_key(path: Path) -> list:
    """Sorts ``2.png`` before ``10.png``."""
    return [(1, int(part), '') if part.isdigit() else (0, 0, part)
            for part in re.split(r'(\d+)', path.as_posix()) if part]


def list_images(folder: str | Path, keep: Callable[[Path], bool] | None = None) -> list[Path]:
    """Image files below a folder, naturally sorted.

    Args:
        folder: where a file ``files.list``, if there is one, replaces the search: one path a line,
            absolute, or relative to this folder or to the working folder.
        keep: which files to take, by their path relative to the folder.

    Raises:
        InputError: the folder does not exist or holds no such file.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f'{folder}: there is no such folder')
    listed = folder / FILES_LIST
    if listed.is_file():
        lines = [line.strip() for line in listed.read_text().splitlines() if line.strip()]
        found = [folder / line if (folder / line).exists() else Path(line) for line in lines]
    else:
        found = [path for path in folder.rglob('*')
                 if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file()]
    if keep is not None:
        below = lambda path: path.relative_to(folder) if path.is_relative_to(folder) else path
        found = [path for path in found if keep(below(path))]
    if not found:
        raise InputError(f'{folder}: no image files were found in it (looked for '
                         f'{", ".join(IMAGE_SUFFIXES)})')
    return sorted(found, key=natural_key)


def pair_files(roles: dict[str, Sequence[Path]], key: Callable[[Path], str],
               complete: bool = True) -> list[dict[str, Path]]:
    """Bring together the files of different roles that have the same key.

    Args:
        roles: role -> its files; the first role gives the order.
        key: what is the same in all files of a sample, such as the stem.
        complete: every role must have every key; else keys that one lacks are left out.

    Raises:
        InputError: two files of one role have the same key, or a file has no partner.
    """
    tables = {role: _by_key(role, files, key) for role, files in roles.items()}
    first, *others = tables
    for other in others if complete else ():
        for here, there in ((first, other), (other, first)):
            alone = next((k for k in tables[here] if k not in tables[there]), None)
            if alone is not None:
                raise InputError(
                    f'{tables[here][alone]}: this {here} has no {there} of the same name ({alone!r}); '
                    f'found {len(tables[first])} {first} and {len(tables[other])} {other} files')
    keys = [k for k in tables[first] if all(k in table for table in tables.values())]
    return [{role: table[k] for role, table in tables.items()} for k in keys]


def _by_key(role: str, files: Sequence[Path], key: Callable[[Path], str]) -> dict[str, Path]:
    table: dict[str, Path] = {}
    for path in files:
        earlier = table.setdefault(key(path), path)
        if earlier != path:
            raise InputError(f'{path}: this {role} has the same name as {earlier}; '
                             'names must differ within a data set')
    return table


def _open(path: str | Path) -> Image.Image:
    try:
        image = Image.open(path)
        image.load()
    except FileNotFoundError:
        raise InputError(f'{path}: there is no such file') from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InputError(f'{path}: the file is broken or not an image ({error})') from error
    return image


def read_image(path: str | Path) -> NDArray[np.uint8]:
    """(H, W, 3) RGB in 0..255; grey and palette images are converted, transparency is dropped."""
    return np.asarray(_open(path).convert('RGB'))


def read_ids(path: str | Path, what: str = 'label map') -> NDArray:
    """(H, W) ids of a single-channel 8, 16 or 32-bit image (or the indices of a palette image).

    Returns:
        uint8, or int32 where the file holds 16 or 32 bits.
    """
    image = _open(path)
    if image.mode not in ID_MODES:
        raise InputError(f'{path}: a {what} has one channel with ids, this file has '
                         f'{len(image.getbands())} ({image.mode})')
    ids = np.asarray(image)
    return ids.astype(np.uint8 if ids.dtype.itemsize == 1 else np.int32)


def check_label(label: NDArray, num_classes: int, path: str | Path, ignore_index: int = 255) -> None:
    """Raise :class:`InputError` where ids are neither below ``num_classes`` nor ``ignore_index``."""
    wrong = label[((label < 0) | (label >= num_classes)) & (label != ignore_index)]
    if wrong.size:
        raise InputError(f'{path}: label id {int(wrong[0])} was found in {wrong.size} pixels; expected '
                         f'0..{num_classes - 1}, or {ignore_index} for pixels to be ignored')
