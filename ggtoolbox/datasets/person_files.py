"""Files of the person papers: pair lists, key points and pose maps."""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.plain_files import parse_json, read_lines

from .files import check_name, one_form
from .person_pose import JOINTS, MISSING, keypoints_of
from .tables import read_array, read_table

ANNOTATION_HEADER = 'name:keypoints_y:keypoints_x'
HIPS_AND_SHOULDERS = (8, 11, 5, 2)
DEEPFASHION_LEFT, DEEPFASHION_WIDTH = 40, 176  # the columns that are kept of 256


def read_pairs(path: str | Path) -> list[tuple[str, str]]:
    """(source, target) image names of a pair list: comma separated, with columns ``from`` and ``to``.

    Raises:
        InputError: a file or column that is missing; with its line: a row of another length, a name that
            is empty or leaves the images' folder, a pair that is there already, an unclosed quote.
    """
    lines: dict[tuple[str, str], int] = {}
    with Faults(can_go_on=True) as faults:
        for line, row in read_table(path, ('from', 'to'), 'pair list'):
            pair, where = (one_form(row['from']), one_form(row['to'])), f'{path}, line {line}'
            if all(faults.attempt(check_name, name, where) for name in pair):
                earlier = lines.setdefault(pair, line)
                if earlier != line:
                    faults.add(f'{where}: the pair {pair[0]}, {pair[1]} is in line {earlier} already')
    return list(lines)


def write_pairs(pairs: Iterable[tuple[str, str]], path: str | Path) -> None:
    """Write a pair list."""
    Path(path).write_text('\n'.join(['from,to', *(f'{source},{target}' for source, target in pairs)]) + '\n')


def read_annotations(path: str | Path) -> dict[str, NDArray[np.float32]]:
    """Image name -> (18, 3) key points.

    The file has the header ``name:keypoints_y:keypoints_x`` and a line an image: two JSON lists of 18 whole
    numbers, y first, -1 = missing.

    Raises:
        InputError: a file that is missing or of another kind; with its line: other than two lists of 18
            finite numbers, an image that is there already.
    """
    lines = read_lines(path, 'file of key points')
    if lines[0].replace(' ', '') != ANNOTATION_HEADER:
        raise InputError(f'{path}: a file of key points begins with {ANNOTATION_HEADER!r}, found '
                         f'{lines[0] or "nothing"!r}')
    found: dict[str, NDArray[np.float32]] = {}
    with Faults(can_go_on=True) as faults:
        for number, line in enumerate(lines[1:], 2):
            read = faults.attempt(_annotation, line, f'{path}, line {number}') if line.strip() else None
            if read is not None and read[0] in found:
                faults.add(f'{path}, line {number}: the key points of {read[0]} are in a line above already')
            elif read is not None:
                found[read[0]] = read[1]
    return found


def _annotation(line: str, where: str) -> tuple[str, NDArray[np.float32]]:
    """Name and key points of a line."""
    name, *lists = line.rsplit(':', 2)
    if len(lists) != 2:
        raise InputError(f'{where}: expected name: [y, ...]: [x, ...], found {line.strip()[:60]!r}')
    try:
        rows, columns = (np.array(parse_json(part, where, 'list'), np.float64) for part in lists)
    except (ValueError, TypeError) as error:
        raise InputError(f'{where}: expected name: [y, ...]: [x, ...] ({error})') from None
    if rows.shape != (len(JOINTS),) or columns.shape != rows.shape:
        raise InputError(f'{where}: expected two lists of {len(JOINTS)} numbers, found {rows.size} and '
                         f'{columns.size}')
    return one_form(name.strip()), keypoints_of(rows, columns)


def write_annotations(keypoints: dict[str, NDArray], path: str | Path) -> None:
    """Write key points, rounded down to whole pixels."""
    lines = [ANNOTATION_HEADER]
    for name, points in keypoints.items():
        columns, rows = np.where(points[:, 2:] > 0, np.floor(points[:, :2]), MISSING).astype(int).T.tolist()
        lines.append(f'{name}: {rows}: {columns}')
    Path(path).write_text('\n'.join(lines) + '\n')


def read_pose_maps(path: str | Path) -> NDArray[np.float32]:
    """(18, H, W) from a file of (H, W, 18), of any number type; not rescaled."""
    maps = read_array(path, 'pose maps')
    if maps.ndim != 3 or maps.shape[2] != len(JOINTS):
        raise InputError(f'{path}: expected pose maps of shape (H, W, {len(JOINTS)}), found {maps.shape}')
    return np.ascontiguousarray(maps.transpose(2, 0, 1), np.float32)


def market_pairs(keypoints: dict[str, NDArray]) -> list[tuple[str, str]]:
    """All ordered pairs of two images of one person that show hips and shoulders.

    Images whose name begins with -1 or 0000 show nobody that is known and are left out.
    (``create_pairs_dataset`` of Pose-Transfer, which by mistake reads the test images for both lists.)
    """
    people: dict[str, list[str]] = {}
    for name, points in keypoints.items():
        if not name.startswith(('-1', '0000')) and all(points[joint, 2] for joint in HIPS_AND_SHOULDERS):
            people.setdefault(name.split('_')[0], []).append(name)
    return [(source, target) for names in people.values() for source in names for target in names
            if source != target]


def sample_pairs(pairs: list[tuple[str, str]], count: int, seed: int = 0) -> list[tuple[str, str]]:
    """``count`` different pairs, drawn as pandas' ``sample(random_state=seed)`` draws rows.

    Raises:
        InputError: there are fewer.
    """
    if count > len(pairs):
        raise InputError(f'sample_pairs: {count} pairs were asked for, there are {len(pairs)}')
    return [pairs[i] for i in np.random.RandomState(seed).choice(len(pairs), count, replace=False)]


def deepfashion_name(path: str | Path) -> str:
    """Name in the pair lists of an image of DeepFashion's In-shop set, from its path below the set's
    folder: ``fashion/WOMEN/Dresses/id_00002718/01_1_front.jpg`` is
    ``fashionWOMENDressesid0000271801_1front.jpg``."""
    *folders, file = Path(path).parts
    head, underscore, tail = file.partition('_')
    return ''.join(folder.replace('_', '') for folder in folders) + head + underscore + tail.replace('_', '')


def crop_deepfashion(keypoints: NDArray) -> NDArray[np.float32]:
    """Key points in pictures of 256 x 256 to those in their columns 40 to 215.

    A joint left of the crop gets a negative x and counts as seen, as in the released files; there one that
    lay at x = 39 becomes -1, which is missing.
    """
    cropped = np.array(keypoints, np.float32)
    seen = cropped[:, 2] > 0
    cropped[seen, 0] = np.trunc(cropped[seen, 0] - DEEPFASHION_LEFT)
    cropped[seen & (cropped[:, 0] == MISSING)] = MISSING, MISSING, 0
    return cropped
