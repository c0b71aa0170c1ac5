"""Key points in COCO's JSON, of any number of points."""
from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.plain_files import read_json

from .files import check_name, one_form
from .tables import check_finite

Bones = tuple[tuple[int, int], ...]


class CocoKeypoints(NamedTuple):
    """The key points of a file, one figure an image.

    Attributes:
        joints: names of the J points.
        skeleton: pairs of points that a line joins, counted from 0 (in the file, from 1).
        points: image name -> (J, 3): x and y in pixels and visibility in {0, 1}.
        sizes: image name -> (H, W), where the file says it.
    """

    joints: tuple[str, ...]
    skeleton: Bones
    points: dict[str, NDArray[np.float32]]
    sizes: dict[str, tuple[int, int]]


def read_coco_keypoints(path: str | Path) -> CocoKeypoints:
    """Key points of the one category of a file, with one annotation an image.

    A point counts as seen if its visibility is 1 (hidden by something, but marked) or 2.

    Raises:
        InputError: no such JSON; several categories; with its number: an image whose name or id another has;
            an annotation whose image is unknown or has two, other than 3 J finite numbers.
    """
    content = read_json(path, 'JSON file of key points')
    category = _category(content, path)
    joints = tuple(map(str, category['keypoints']))
    names: dict[Any, str] = {}
    known: set[str] = set()
    sizes: dict[str, tuple[int, int]] = {}
    points: dict[str, NDArray[np.float32]] = {}
    with Faults(can_go_on=True) as faults:
        for number, image in enumerate(content['images']):
            where = f'{path}, images[{number}]'
            name = faults.attempt(_image_name, image, where)
            if name in known:
                faults.add(f'{where}: {name} is in the list already')
            elif name is not None and image['id'] in names:
                faults.add(f"{where}: the id {image['id']} is that of {names[image['id']]} already")
            elif name is not None:
                names[image['id']] = name
                known.add(name)
                if 'height' in image and 'width' in image:
                    sizes[name] = image['height'], image['width']
        for number, annotation in enumerate(content['annotations']):
            where = f'{path}, annotations[{number}]'
            read = faults.attempt(_points, annotation, names, len(joints), where)
            if read is not None and read[0] in points:
                faults.add(f'{where}: {read[0]} has key points already; expected one figure an image')
            elif read is not None:
                points[read[0]] = read[1]
    return CocoKeypoints(joints, _skeleton(category, len(joints), path), points, sizes)


def _category(content: Any, path: str | Path) -> dict:
    lists = ('images', 'annotations', 'categories')
    if not isinstance(content, dict) or not all(isinstance(content.get(name), list) for name in lists):
        raise InputError(f"{path}: expected COCO's JSON with lists of {', '.join(lists)}")
    kinds = [kind for kind in content['categories'] if isinstance(kind, dict) and kind.get('keypoints')]
    if len(kinds) != 1 or not isinstance(kinds[0]['keypoints'], list):
        raise InputError(f"{path}: expected one category with a list of 'keypoints', found {len(kinds)}")
    return kinds[0]


def _skeleton(category: dict, joints: int, path: str | Path) -> Bones:
    bones = category.get('skeleton') or []
    try:
        skeleton = tuple((int(start) - 1, int(end) - 1) for start, end in bones)
    except (TypeError, ValueError):
        raise InputError(f"{path}: expected pairs of point numbers as 'skeleton', found {bones!r}") from None
    return check_bones(skeleton, joints, f"{path}, 'skeleton' less 1")


def check_bones(bones: Bones, joints: int, where: str) -> Bones:
    """The pairs; :class:`InputError` where one names a point that there is not."""
    for bone in bones:
        if len(bone) != 2 or not all(0 <= end < joints for end in bone):
            raise InputError(f'{where}: expected pairs of numbers from 0 to {joints - 1}, found {bone}')
    return bones


def _image_name(image: Any, where: str) -> str:
    if not isinstance(image, dict) or not isinstance(image.get('id'), (int, str)) \
            or not isinstance(image.get('file_name'), str):
        raise InputError(f"{where}: expected 'id' and 'file_name', found {image!r}")
    return one_form(check_name(image['file_name'], where))


def _points(annotation: Any, names: dict[Any, str], joints: int, where: str
            ) -> tuple[str, NDArray[np.float32]]:
    """Image name and (J, 3) of an annotation."""
    found = annotation.get('image_id') if isinstance(annotation, dict) else annotation
    if not isinstance(annotation, dict) or not isinstance(found, (int, str)) or found not in names:
        raise InputError(f"{where}: expected the 'image_id' of an image in the file, found {found!r}")
    try:
        flat = np.array(annotation['keypoints'], np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{where}: expected 'keypoints', a list of numbers ({error})") from None
    if flat.shape != (3 * joints,):
        raise InputError(f'{where}: expected {3 * joints} numbers, x, y and visibility of {joints} points, '
                         f'found {flat.size}')
    points = check_finite(flat, where).reshape(joints, 3).astype(np.float32)
    points[:, 2] = points[:, 2] > 0
    return names[annotation['image_id']], points
