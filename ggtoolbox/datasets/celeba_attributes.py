"""CelebA's list of attributes."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.plain_files import read_lines

from .files import check_name

CELEBA_ATTRIBUTES = ('Black_Hair', 'Blond_Hair', 'Brown_Hair', 'Male', 'Young')
TEST_IMAGES = 1999


def read_attributes(path: str | Path, wanted: Sequence[str] = (), test_images: int = 0
                    ) -> tuple[list[str], dict[str, list[int]]]:
    """Names of the attributes, and image name -> their values (1 or -1) of CelebA's attribute list.

    The first line holds the number of images, the second the names; then comes a line an image.

    Args:
        wanted: attributes that it must have.
        test_images: it must have more images than so many.

    Raises:
        InputError: no such list, or one that lacks what it must have; with its line: a row of another length,
            an image that is there already.
    """
    try:
        count, names, *lines = read_lines(path, 'attribute list')
        expected = int(count)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f'{path}: an attribute list begins with the number of images in one line and names '
                         f'in the next ({error})') from error
    names, values = names.split(), {}
    with Faults(can_go_on=True) as faults:
        for number, line in enumerate(lines, 3):
            if not line.strip():
                continue
            (file, *marks), where = line.split(), f'{path}, line {number}'
            if len(marks) != len(names) or not set(marks) <= {'1', '-1', '0'}:
                faults.add(f'{where}: expected an image name and {len(names)} values of 1 or -1, found '
                           f'{line.strip()!r}')
            elif file in values:
                faults.add(f'{where}: {file} is in a line above already')
            elif faults.attempt(check_name, file, where):
                values[file] = [int(mark) for mark in marks]
    if len(values) != expected:
        raise InputError(f'{path}: its first line says {expected} images, {len(values)} follow')
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise InputError(f'{path}: it has no attribute {unknown[0]!r} (it has {", ".join(names)})')
    if len(values) <= test_images:
        raise InputError(f'{path}: {len(values)} images leave none for training beside test_images='
                         f'{test_images}')
    return names, values
