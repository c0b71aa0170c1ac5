"""What pose, hand and face detectors write: OpenPose's JSON, OpenFace's CSV, dlib's XML and iBUG's points."""
from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import InputError

from .face_landmarks import NUM_LANDMARKS

OPENPOSE_PARTS = dict(body='pose_keypoints_2d', left_hand='hand_left_keypoints_2d',
                      right_hand='hand_right_keypoints_2d', face='face_keypoints_2d')
BODY_25 = 25
COCO_OF_BODY_25 = (*range(8), *range(9, 19))  # without the middle of the hips and the feet


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text()
    except FileNotFoundError:
        raise InputError(f'{path}: there is no such file') from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f'{path}: the file cannot be read ({error})') from error


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
    try:
        people = json.loads(_text(path))['people']
        flat = np.array(people[person][OPENPOSE_PARTS[part]], np.float64)
        points = flat.reshape(-1, 3)
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
    table = csv.DictReader(_text(path).splitlines())
    table.fieldnames = [name.strip() for name in table.fieldnames or ()]
    columns = [[f'{axis}_{i}' for axis in 'xy'] for i in range(NUM_LANDMARKS)]
    missing = [name for pair in columns for name in pair if name not in table.fieldnames]
    if missing:
        raise InputError(f"{path}: expected OpenFace's CSV with 2-d landmarks, it has no column "
                         f'{missing[0]!r}')
    found = []
    for number, row in enumerate(table, 2):
        try:
            points = np.array([[float(row[name]) for name in pair] for pair in columns])
            success = float(row.get('success', 1))
        except (TypeError, ValueError) as error:
            raise InputError(f'{path}, line {number}: expected a number in every column ({error})') from error
        found.append(_seen(points, np.full(NUM_LANDMARKS, success > 0)))
    return found


def read_dlib_xml(path: str | Path) -> dict[str, NDArray[np.float32]]:
    """Image file -> (68, 3) landmarks of its first box, of a file of dlib's imglab.

    An image without a box is left out; a part that is marked as occluded is not visible.
    """
    try:
        root = ElementTree.fromstring(_text(path))
        found = {}
        for image in root.iter('image'):
            box = image.find('box')
            if box is None:
                continue
            points, visible = np.full((NUM_LANDMARKS, 2), -1.0), np.zeros(NUM_LANDMARKS, bool)
            for part in box.iter('part'):
                i = int(part.attrib['name'])
                points[i] = float(part.attrib['x']), float(part.attrib['y'])
                visible[i] = part.get('occluded', '0') != '1'
            found[image.attrib['file']] = _seen(points, visible)
    except (ElementTree.ParseError, KeyError, ValueError, IndexError) as error:
        raise InputError(f"{path}: expected dlib's XML with up to {NUM_LANDMARKS} parts a box ({error})") \
            from error
    return found


def read_points(path: str | Path) -> NDArray[np.float32]:
    """(J, 3) landmarks of iBUG's ``.pts`` files, whose first pixel is (1, 1)."""
    text = _text(path)
    try:
        head, body = text.split('{')
        lines = [line.split() for line in body.split('}')[0].splitlines() if line.strip()]
        points = np.array(lines, np.float64)
        count = int(head.split('n_points:')[1].split()[0])
    except (ValueError, IndexError) as error:
        raise InputError(f"{path}: expected 'n_points: N' and N lines of x and y in braces ({error})") \
            from error
    if points.shape != (count, 2):
        raise InputError(f'{path}: expected {count} points, found an array of {points.shape}')
    return _seen(points - 1, np.ones(count))
