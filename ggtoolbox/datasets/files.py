"""Finding and reading the files of a data set; whatever is wrong with one ends in an InputError."""
from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.plain_files import read_lines

from .palette import ids_of_colours
from .pictures import ids, ids_or_colours, is_deep, levels, open_picture, stored_as

IMAGE_SUFFIXES = ('.jpg', '.jpeg', '.png', '.ppm', '.bmp', '.tif', '.tiff', '.webp')
FILES_LIST = 'files.list'
MOST_VISITS = 100  # of a folder, by way of links


def natural_key(path: Path) -> list:
    """Sorts ``2.png`` before ``10.png``."""
    return [(1, int(part), '') if part.isdecimal() else (0, 0, part)
            for part in re.split(r'(\d+)', path.as_posix()) if part]


def one_form(name: str) -> str:
    """A name in the Unicode form in which names are compared: macOS stores an accent beside its letter."""
    return unicodedata.normalize('NFC', name)


def files_below(folder: str | Path, suffixes: Sequence[str]) -> list[Path]:
    """Files below a folder by their endings, naturally sorted.

    Links to folders are followed, unless they lead back to a folder that they lie in. What is hidden, be it
    a file (``._a.png``) or a folder (``.cache``), is left out.

    Raises:
        InputError: a link to nothing, a folder that cannot be read, or one to which more than
            ``MOST_VISITS`` links lead.
    """
    found: list[Path] = []
    visits: Counter = Counter()
    waiting: list[tuple[Path, tuple]] = [(Path(folder), ())]
    with Faults(can_go_on=True) as faults:
        while waiting:
            here, above = waiting.pop()
            try:
                state = here.stat()
                entries = sorted(os.scandir(here), key=lambda entry: entry.name)
            except OSError as error:
                faults.add(f'{here}: this folder cannot be read ({error.strerror})')
                continue
            identity = state.st_dev, state.st_ino
            if identity in above:
                continue
            visits[identity] += 1
            if visits[identity] > MOST_VISITS:
                raise InputError(f'{here}: links lead to this folder more than {MOST_VISITS} times')
            for entry in entries:
                if entry.name.startswith('.'):
                    continue
                path = here / entry.name
                if entry.is_symlink() and not path.exists():
                    faults.add(f'{path}: this link leads to {os.readlink(path)}, which is not there')
                elif entry.is_dir():
                    waiting.append((path, (*above, identity)))
                elif path.suffix.lower() in suffixes and entry.is_file():
                    found.append(path)
    return sorted(found, key=natural_key)


def list_images(folder: str | Path, keep: Callable[[Path], bool] | None = None) -> list[Path]:
    """Image files below a folder, as :func:`files_below` finds them.

    Args:
        folder: where a file ``files.list``, if there is one, replaces the search: one path a line,
            absolute, or relative to this folder or to the working folder.
        keep: which files to take, by their path relative to the folder.

    Raises:
        InputError: the folder does not exist or holds no such file; a line of the list that occurs twice,
            names no file, or leaves the folder by ``..``.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f'{folder}: there is no such folder')
    listed = folder / FILES_LIST
    found = _listed(folder, listed) if listed.is_file() else files_below(folder, IMAGE_SUFFIXES)
    if keep is not None:
        found = [path for path in found if keep(below(path, folder))]
    if not found:
        raise InputError(f'{folder}: no image files were found in it (looked for '
                         f'{", ".join(IMAGE_SUFFIXES)})')
    return sorted(found, key=natural_key)


def below(path: Path, folder: Path) -> Path:
    """The path relative to a folder; itself where it lies elsewhere, as a ``files.list`` may say."""
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def flat_name(path: Path, folder: Path) -> str:
    """The path below a folder in one word: ``a_b.png`` of ``a/b.png``."""
    return below(path, folder).as_posix().strip('/').replace('/', '_')


def sample_names(paths: Sequence[Path], folder: Path) -> list[str]:
    """What samples are called, and with them the files that are made of them: the stems, or, where two are
    equal, the paths below ``folder``."""
    if len({path.stem for path in paths}) == len(paths):
        return [path.stem for path in paths]
    return [flat_name(path, folder) for path in paths]


def _listed(folder: Path, listed: Path) -> list[Path]:
    lines: dict[str, int] = {}
    found = []
    with Faults(can_go_on=True) as faults:
        for number, line in enumerate(map(str.strip, read_lines(listed, 'list of files')), 1):
            where = f'{listed}, line {number}'
            if line in lines:
                faults.add(f'{where}: {line} is named in line {lines[line]} already')
            elif line and Path(line).is_absolute():
                found.append(Path(line))
            elif line:
                path = faults.attempt(locate, folder, line, where)
                if path is not None:
                    found.append(path if path.exists() else Path(line))
                    if not found[-1].exists():
                        faults.add(f'{where}: {path}: there is no such file')
            if line:
                lines.setdefault(line, number)
    return found


def locate(folder: str | Path, name: str, where: str) -> Path:
    """The path of a file that a list names, below ``folder``; it need not be there.

    If it is not there as it is written, but with its letters in another Unicode form, that file is meant.

    Args:
        where: file and line of the name, for errors.

    Raises:
        InputError: a path that is absolute or leaves the folder by ``..``.
    """
    check_name(name, where)
    path = Path(folder, name)
    if name.isascii() or path.exists():
        return path
    forms = (Path(folder, unicodedata.normalize(form, name)) for form in ('NFC', 'NFD'))
    return next((other for other in forms if other.exists()), path)


def check_name(name: str, where: str) -> str:
    """The name of a file in a list; :class:`InputError` where it is empty, absolute or leaves its folder."""
    path, depth, lowest = PurePosixPath(name), 0, 0
    for part in path.parts:
        depth += -1 if part == '..' else 1
        lowest = min(lowest, depth)
    if not path.name or path.is_absolute() or lowest < 0:
        raise InputError(f'{where}: expected the name of a file that lies in its folder, found {name!r}')
    return name


def pair_files(roles: dict[str, Sequence[Path]], key: Callable[[Path], str],
               complete: bool = True) -> list[dict[str, Path]]:
    """Bring together the files of different roles that have the same key, whatever its Unicode form.

    Args:
        roles: role -> its files; the first role gives the order.
        key: what is the same in all files of a sample, such as the stem.
        complete: every role must have every key; else keys that one lacks are left out.

    Raises:
        InputError: two files of one role have the same key, or a file has no partner.
    """
    with Faults(can_go_on=True) as faults:
        tables = {role: _by_key(role, files, key, faults) for role, files in roles.items()}
        first, *others = tables
        for other in others if complete else ():
            for here, there in ((first, other), (other, first)):
                for alone in (k for k in tables[here] if k not in tables[there]):
                    faults.add(f'{tables[here][alone]}: this {here} has no {there} of the same name '
                               f'({alone!r}); found {len(tables[first])} {first} and {len(tables[other])} '
                               f'{other} files')
    keys = [k for k in tables[first] if all(k in table for table in tables.values())]
    return [{role: table[k] for role, table in tables.items()} for k in keys]


def _by_key(role: str, files: Sequence[Path], key: Callable[[Path], str], faults: Faults) -> dict[str, Path]:
    table: dict[str, Path] = {}
    for path in files:
        earlier = table.setdefault(one_form(key(path)), path)
        if earlier != path:
            faults.add(f'{path}: this {role} has the same name as {earlier}; names must differ within a data '
                       'set')
    return table


def read_image(path: str | Path, eight_bits: bool = False) -> NDArray[np.uint8]:
    """(H, W, 3) RGB in 0..255, upright; 16 bits and floats are scaled by the rule of
    :mod:`~ggtoolbox.datasets.pictures`.

    Args:
        eight_bits: refuse a picture of more bits instead, as metrics do, which are defined on 8.
    """
    image = open_picture(path)
    if eight_bits and is_deep(image):
        found = image.mode if image.mode[0] in 'IF' else stored_as(image)
        raise InputError(f'{path}: expected an image of 8 bits a channel, found {found!r}')
    return levels(image, path)


def read_ids(path: str | Path, what: str = 'label map') -> NDArray:
    """(H, W) ids of a single-channel 8, 16 or 32-bit image (or the indices of a palette image).

    Returns:
        uint8, or int32 where the file holds 16 or 32 bits.

    Raises:
        InputError: a broken file, several channels, or a format that changes ids (JPEG).
    """
    return ids(open_picture(path), path, what)


def read_label(path: str | Path, palette: Sequence[Sequence[int]] | None,
               class_ids: Callable[[NDArray, str | Path], NDArray], indices_are_ids: bool = False) -> NDArray:
    """(H, W) class ids of a label map that is stored as ids or in its classes' colours.

    Args:
        palette: (R, G, B) of each class; None = ids only.
        class_ids: of ids in a file, with the path for errors.
        indices_are_ids: of an indexed picture, whatever its colours.
    """
    stored = ids_or_colours(open_picture(path), path, palette, indices_are_ids=indices_are_ids)
    return class_ids(stored, path) if stored.ndim == 2 else ids_of_colours(stored, palette, str(path))


def check_label(label: NDArray, num_classes: int, path: str | Path, ignore_index: int = 255) -> None:
    """Raise :class:`InputError` where ids are neither below ``num_classes`` nor ``ignore_index``."""
    wrong = label[((label < 0) | (label >= num_classes)) & (label != ignore_index)]
    if wrong.size:
        raise InputError(f'{path}: label id {int(wrong[0])} was found in {wrong.size} pixels; expected '
                         f'0..{num_classes - 1}, or {ignore_index} for pixels to be ignored')
