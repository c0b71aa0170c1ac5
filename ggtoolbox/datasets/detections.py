"""What pose, hand and face detectors write: OpenPose's JSON, OpenFace's CSV, dlib's XML and iBUG's points."""
from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.plain_files import parse_json, read_lines, read_text, require_file

from .face_landmarks import NUM_LANDMARKS
from .tables import check_finite, finite, numbers_of_lines, read_table

OPENPOSE_PARTS = dict(body='pose_keypoints_2d', left_hand='hand_left_keypoints_2d',
                      right_hand='hand_right_keypoints_2d', face='face_keypoints_2d')
BODY_25 = 25
COCO_OF_BODY_25 = (*range(8), *range(9, 19))  # without the middle of the hips and the feet


def _seen(points: NDArray, visible: NDArray) -> NDArray[np.float32]:
    """(J, 2) points and which of them were seen to (J, 3)."""
    visible = np.asarray(visible, bool)[:, None]
    return np.concatenate([np.where(visible, points, -1), visible], axis=1).astype(np.float32)


def read_openpose_json(path: str | Path, part: str = 'body', person: int = 0,
                       threshold: float = 0.0) -> NDArray[np.float32]:
    """(J, 3) key points of a person in a file of OpenPose.

    Args:
        path: ``*_keypoints.json``.
        part: ``body`` (18 joints in COCO's order; of BODY_25 these are taken), ``left_hand`` or
            ``right_hand`` (21), or ``face`` (70).
        person: number in the file.
        threshold: a point counts as seen if its confidence is above this.

    Raises:
        InputError: unknown part; the file is missing or of another kind; nobody of this number.
    """
    if part not in OPENPOSE_PARTS:
        raise InputError(f'read_openpose_json: part must be one of {", ".join(OPENPOSE_PARTS)}, found '
                         f'{part!r}')
    text = read_text(path)
    try:
        people = parse_json(text)['people']
        flat = np.array(people[person][OPENPOSE_PARTS[part]], np.float64)
        points = check_finite(flat.reshape(-1, 3), OPENPOSE_PARTS[part])
    except IndexError:
        raise InputError(f'{path}: there is no person {person} in it (found {len(people)})') from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f'{path}: expected OpenPose\'s JSON with people[{person}]["{OPENPOSE_PARTS[part]}"] '
                         f'({error})') from error
    if part == 'body' and len(points) == BODY_25:
        points = points[list(COCO_OF_BODY_25)]
    return _seen(points[:, :2], points[:, 2] > threshold)


def read_openface_csv(path: str | Path) -> list[NDArray[np.float32]]:
    """(68, 3) landmarks of each row of a file of OpenFace; a row without success has none visible."""
    columns = [[f'{axis}_{i}' for axis in 'xy'] for i in range(NUM_LANDMARKS)]
    found = []
    with Faults(can_go_on=True) as faults:
        for number, row in read_table(path, (), "file of OpenFace's landmarks"):
            missing = [name for pair in columns for name in pair if name not in row]
            if missing:
                raise InputError(f"{path}: expected OpenFace's CSV with 2-d landmarks, it has no column "
                                 f'{missing[0]!r}')
            where = f'{path}, line {number}'
            flat = [faults.attempt(finite, row[name], f'{where}, {name}')
                    for pair in columns for name in pair]
            success = faults.attempt(finite, row.get('success', '1'), f'{where}, success')
            if None not in (*flat, success):
                found.append(_seen(np.reshape(flat, (-1, 2)), np.full(NUM_LANDMARKS, success > 0)))
    return found


def read_dlib_xml(path: str | Path) -> dict[str, NDArray[np.float32]]:
    """Image file -> (68, 3) landmarks of its first box, of a file of dlib's imglab.

    An image without a box is left out; a part that is marked as occluded is not visible. A document type,
    in which entities could grow without end, is refused.
    """
    content = require_file(path).read_bytes()
    if b'<!DOCTYPE' in content or b'<!ENTITY' in content or b'\0' in content:
        raise InputError(f"{path}: expected dlib's XML, which declares no document type and no entities")
    try:
        root = ElementTree.fromstring(content)
        found = {}
        for image in root.iter('image'):
            box = image.find('box')
            if box is None:
                continue
            points, visible = np.full((NUM_LANDMARKS, 2), -1.0), np.zeros(NUM_LANDMARKS, bool)
            for part in box.iter('part'):
                i = int(part.attrib['name'])
                if not 0 <= i < NUM_LANDMARKS:
                    raise IndexError(f'part {i}')
                points[i] = [finite(part.attrib[axis], f"{path}, {image.attrib['file']}") for axis in 'xy']
                visible[i] = part.get('occluded', '0') != '1'
            found[image.attrib['file']] = _seen(points, visible)
    except InputError:
        raise
    except (ElementTree.ParseError, KeyError, ValueError, IndexError) as error:
        raise InputError(f"{path}: expected dlib's XML with up to {NUM_LANDMARKS} parts a box ({error})") \
            from error
    return found


def read_points(path: str | Path) -> NDArray[np.float32]:
    """(J, 3) landmarks of iBUG's ``.pts`` files, whose first pixel is (1, 1)."""
    lines = read_lines(path)
    try:
        opened = next(i for i, line in enumerate(lines) if line.strip() == '{' or line.rstrip().endswith('{'))
        closed = next(i for i, line in enumerate(lines) if i > opened and line.strip().startswith('}'))
        count = int(' '.join(lines[:opened + 1]).split('n_points:')[1].split()[0])
    except (StopIteration, ValueError, IndexError) as error:
        raise InputError(f"{path}: expected 'n_points: N' and N lines of x and y in braces ({error})") \
            from None
    points = numbers_of_lines(lines[opened + 1:closed], str(path), opened + 2)
    if points.shape != (count, 2):
        raise InputError(f'{path}: expected {count} points, found an array of {points.shape}')
    return _seen(points - 1, np.ones(count))
