"""What a user gives for a field, path, folder, array or list, as items that belong together."""
from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from torch import Tensor

from ggtoolbox.datasets.coco_keypoints import read_coco_keypoints
from ggtoolbox.datasets.files import IMAGE_SUFFIXES, files_below, natural_key, one_form
from ggtoolbox.datasets.guides import KEYPOINT_SUFFIXES
from ggtoolbox.datasets.person_files import ANNOTATION_HEADER, read_annotations
from ggtoolbox.datasets.sound import SOUND_SUFFIXES
from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import read_json, read_lines, require_file
from ggtoolbox.structures import VOCABULARY

GUIDES = 'source_guide', 'target_guide', 'exemplar_guide'
VECTORS = 'attributes', 'latent', 'style_shares', 'style'
NAMED = 'attributes', 'style_shares', 'domain'  # numbers, or names: of those that are 1, of the domain
LABELS = 'label', 'exemplar_label'
POINTS = ('keypoints', 'source_keypoints')
ARRAY_SUFFIXES = ('.npy',)
_OPENPOSE_ENDING = '_keypoints'


class Item(NamedTuple):
    """One sample's value of a field.

    Attributes:
        value: path, array or tensor.
        name: what the sample may be called after it; None for what comes from no file.
        where: what errors call it.
        found: whether it was found in a folder, so that only its name says what it belongs to.
    """

    value: Any
    name: str | None
    where: str
    found: bool = False


def gather(field: str, given: Any) -> list[Item]:
    """The items of a field.

    Args:
        given: a path, a folder, a glob pattern, an array, a tensor by the vocabulary, a PIL image, or a list
            of these; a batch of arrays or tensors counts as a list.

    Raises:
        InputError: nothing is there, or nothing that can be a ``field``.
    """
    if isinstance(given, (str, Path)):
        return _from_path(field, given)
    if isinstance(given, Image.Image) or (field == 'domain' and isinstance(given, (int, np.integer))):
        return [Item(given, None, field)]
    if isinstance(given, (np.ndarray, Tensor)):
        return _from_array(field, given)
    if not isinstance(given, Sequence) or not len(given):
        raise InputError(f'{field}: expected a path, a folder, an array, an image or a list of them, found '
                         f'{type(given).__name__ if not isinstance(given, Sequence) else "an empty list"}')
    if field in VECTORS and all(isinstance(number, (int, float)) for number in given):
        return [Item(np.array(given, np.float32), None, field)]
    items = [item for one in given for item in gather(field, one)]
    return [item._replace(where=f'{field}[{i}]') if item.name is None else item
            for i, item in enumerate(items)]


def files_of(fields: dict[str, Any]) -> list[Path]:
    """The files and folders among what is given for all fields, patterns resolved."""
    listed = [value if isinstance(value, (list, tuple)) else [value] for value in fields.values()]
    given = [one for values in listed for one in values]
    paths = [Path(one).expanduser() for one in given if isinstance(one, (str, Path))]
    return [Path(match) for path in paths
            for match in ([path] if path.exists() else glob.glob(str(path), recursive=True))]


def _from_path(field: str, given: str | Path) -> list[Item]:
    path = Path(given).expanduser()
    if path.is_dir():
        return [_of_file(file, found=True) for file in _files(field, path)]
    if path.is_file():
        holds_many = field in (*GUIDES, *POINTS) and _is_annotation(path)
        return _annotations(path) if holds_many else [_of_file(path)]
    if field in NAMED and path.suffix.lower() not in ('.npy', '.txt', '.csv'):
        return [Item(str(given), None, field)]
    matches = sorted((Path(match) for match in glob.glob(str(path), recursive=True)), key=natural_key)
    if matches:
        return [_of_file(file, found=True) for file in matches if file.is_file()]
    require_file(path, 'file or folder') if path.is_symlink() else None
    raise InputError(f'{field}: {given}: there is no such file or folder')


def _files(field: str, folder: Path) -> list[Path]:
    kinds = [ARRAY_SUFFIXES if field in VECTORS else SOUND_SUFFIXES if field == 'audio' else IMAGE_SUFFIXES]
    if field in (*GUIDES, *POINTS):
        kinds += [KEYPOINT_SUFFIXES, ARRAY_SUFFIXES]
    for kind in kinds:
        found = files_below(folder, kind)
        if found:
            return found
    raise InputError(f'{field}: {folder}: no such files were found in it (looked for '
                     f'{", ".join(suffix for kind in kinds for suffix in kind)})')


def _of_file(path: Path, found: bool = False) -> Item:
    name = path.stem
    if path.suffix.lower() == '.json':
        name = name.removesuffix(_OPENPOSE_ENDING)
    return Item(path, name, str(path), found)


def _is_annotation(path: Path) -> bool:
    if path.suffix.lower() == '.json':
        content = read_json(path, 'JSON file of key points')
        return isinstance(content, dict) and {'images', 'annotations', 'categories'} <= content.keys()
    if path.suffix.lower() != '.csv':
        return False
    return read_lines(path, 'file of key points')[0].replace(' ', '') == ANNOTATION_HEADER


def _annotations(path: Path) -> list[Item]:
    """The key points of every image in a file of the person papers, or of COCO's JSON."""
    points = read_coco_keypoints(path).points if path.suffix.lower() == '.json' else read_annotations(path)
    return [Item(points, Path(name).stem, f'{path}, {name}', found=True)
            for name, points in points.items()]


def _from_array(field: str, given: np.ndarray | Tensor) -> list[Item]:
    single = VOCABULARY[field].dimensions - 1
    if field in ('mask', 'exemplar_mask', 'target_edge') and not isinstance(given, Tensor):
        single = 2
    if field == 'audio' and given.ndim == 1:
        return [Item(given, None, field)]  # samples that are not cut yet
    is_colours = field in LABELS and given.ndim == 3 and given.shape[-1] == 3 and given.dtype == np.uint8
    if given.ndim != single + 1 or is_colours:
        return [Item(given, None, field)]
    return [Item(one, None, f'{field}[{i}]') for i, one in enumerate(given)]


def pair(fields: dict[str, list[Item]]) -> list[dict[str, Item]]:
    """Bring items of different fields together: one a sample.

    Where a folder is among them, files are paired by name (stem), else items in their order. A single item
    goes with every sample.

    Raises:
        InputError: names without a partner, or lists of different lengths.
    """
    many = {field: items for field, items in fields.items() if len(items) > 1 or items[0].found}
    if len(many) > 1 and any(item.found for items in many.values() for item in items):
        rows = _by_name(many)
    else:
        counts = {field: len(items) for field, items in many.items()}
        if len(set(counts.values())) > 1:
            found = ', '.join(f'{count} of {field}' for field, count in counts.items())
            raise InputError(f'inputs: expected the same number of each field, or one for all, found {found}')
        rows = [dict(zip(many, row)) for row in zip(*many.values())] if many else [{}]
    return [{field: row.get(field, items[0]) for field, items in fields.items()} for row in rows]


def _by_name(many: dict[str, list[Item]]) -> list[dict[str, Item]]:
    unnamed = next((item for items in many.values() for item in items if item.name is None), None)
    if unnamed is not None:
        raise InputError(f'{unnamed.where}: the files of a folder are paired by their names, but this array '
                         'has none; give a list instead of the folder')
    many = {field: [item._replace(name=one_form(item.name)) for item in items]
            for field, items in many.items()}
    tables = {field: {item.name: item for item in items} for field, items in many.items()}
    first = next(iter(many))
    if any(len(tables[field]) < len(items) or tables[field].keys() != tables[first].keys()
           for field, items in many.items()):
        raise InputError(_mismatch(many))
    return [{field: table[item.name] for field, table in tables.items()} for item in many[first]]


def _mismatch(many: dict[str, list[Item]]) -> str:
    """Why items cannot be paired by name."""
    names = {field: [item.name for item in items] for field, items in many.items()}
    first, *others = many
    for other in others:
        for here, there in ((first, other), (other, first)):
            alone = next((item for item in many[here] if item.name not in names[there]), None)
            if alone is not None:
                return (f'{alone.where}: this {here} has no {there} of the same name ({alone.name!r}); found '
                        f'{len(many[first])} {first} and {len(many[other])} {other} files')
    field, name = next((field, name) for field, known in names.items() for name in known
                       if known.count(name) > 1)
    return f'{field}: two files are called {name!r}; names must differ where they pair the files of folders'


def sample_names(samples: list[dict[str, Item]]) -> list[str]:
    """What each sample's picture is called: after the first field that tells them apart, or numbered.

    Files of one name in different folders are told apart by a number behind it.
    """
    fields = list(samples[0]) if samples else []
    telling = [field for field in fields if len({sample[field].where for sample in samples}) > 1]
    named = [field for field in (*telling, *fields) if all(sample[field].name for sample in samples)]
    if telling and named and named[0] not in telling:
        named = []
    names, taken = [], set()
    for index, sample in enumerate(samples):
        name = base = sample[named[0]].name if named else f'{index:06d}'
        number = 1
        while name in taken:
            number += 1
            name = f'{base}_{number}'
        taken.add(name)
        names.append(name)
    return names
