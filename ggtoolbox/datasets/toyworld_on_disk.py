"""ToyWorld's faces and people as CelebA, CelebAMask-HQ and DeepFashion lie on disk.

``ggtoolbox toyworld-to-disk`` writes them. Parts that no landmarks outline (hair, ears) have no mask.
"""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ggtoolbox.writing import make_folder, write_text

from .celeba_hq_parts import FACES_A_FOLDER, IMAGES, MASKS
from .pictures import write_picture
from .toyworld.face import ATTRIBUTES
from .toyworld.figure import FigurePair
from .toyworld.portrait import FacePair

# Part -> the class of CelebAMask-HQ, and the landmarks of its outline, of which the later cover the earlier.
FACE_PARTS: dict[str, tuple[int, Sequence[int]]] = dict(
    skin=(1, (*range(17), *range(26, 16, -1))), nose=(2, (27, 31, 32, 33, 34, 35)),
    l_brow=(6, range(17, 22)), r_brow=(7, range(22, 27)), l_eye=(4, range(36, 42)), r_eye=(5, range(42, 48)),
    mouth=(10, range(60, 68)), u_lip=(11, (*range(48, 55), *range(64, 59, -1))),
    l_lip=(12, (*range(54, 60), 48, 60, *range(67, 63, -1))))
SUFFIXES = dict(train='', val='_test')  # of the lists of exemplars
SCORE = 0.9  # how sure OpenPose is said to be of a joint


def write_celeba(face: FacePair, out: Path, split: str, index: int) -> None:
    """``images/000001.jpg``, ... and a line of ``list_attr_celeba.txt``; the list has no splits: odd numbers
    are of the training scenes."""
    name, listed = f'{2 * index + (1 if split == "train" else 2):06d}.jpg', out / 'list_attr_celeba.txt'
    write_picture(face.source_image, out / 'images' / name)
    lines = listed.read_text().splitlines()[2:] if listed.is_file() else []
    lines.append(' '.join([name, *('1' if there else '-1' for there in face.attributes)]))
    write_text(listed, '\n'.join([str(len(lines)), ' '.join(ATTRIBUTES), *lines]) + '\n')


def write_expressions(face: FacePair, out: Path, split: str, index: int) -> None:
    """``train/<expression>/``, as Radboud's faces are sorted for StarGAN."""
    split = dict(train='train', val='test')[split]
    write_picture(face.target_image, out / split / face.expression / f'{index:06d}.jpg')


def write_celeba_hq_parts(face: FacePair, out: Path, split: str, index: int) -> None:
    """``CelebA-HQ-img/<i>.jpg``, and of each part of the face a mask, at half the picture's size as in the
    release; and the map of all of them. The lists of exemplars name two faces as each other's; those of
    validation begin with 2000."""
    number = index + (0 if split == 'train' else FACES_A_FOLDER)
    height, width = face.target_image.shape[:2]
    label, masks = np.zeros((height // 2, width // 2), np.uint8), out / MASKS
    write_picture(face.target_image, out / IMAGES / f'{number}.jpg')
    for part, (class_id, landmarks) in FACE_PARTS.items():
        outline = np.rint(face.target_keypoints[list(landmarks), :2] / 2).astype(np.int32)
        mask = cv2.fillPoly(np.zeros_like(label), [outline], 255)
        label[mask > 0] = class_id
        folder = masks / str(number // FACES_A_FOLDER)
        write_picture(np.repeat(mask[..., None], 3, 2), folder / f'{number:05d}_{part}.png')
    write_picture(label, masks / 'all_parts_except_glasses' / f'{number:05d}.png')
    if index % 2:
        _list(out / f'celebahq_ref{SUFFIXES[split]}.txt', f'{number - 1}.jpg', f'{number}.jpg')
        _list(out / f'celebahq_ref{SUFFIXES[split]}.txt', f'{number}.jpg', f'{number - 1}.jpg')


def write_fashion_poses(pair: FigurePair, out: Path, split: str, index: int) -> None:
    """``img/<split>/id_<i>/`` with two photographs of a person, and in ``pose/`` what OpenPose finds in them;
    the lists of exemplars name the other photograph."""
    person = f'{split}/id_{index:08d}'
    for name, image, keypoints in (('01_1_front', pair.source_image, pair.source_keypoints),
                                   ('01_2_side', pair.target_image, pair.target_keypoints)):
        write_picture(image, out / 'img' / person / f'{name}.jpg')
        _write_pose(keypoints, make_folder(out / 'pose' / person), name)
    _list(out / f'deepfashion_ref{SUFFIXES[split]}.txt', f'{person}/01_1_front.jpg',
          f'{person}/01_2_side.jpg')


def _list(path: Path, name: str, exemplar: str) -> None:
    """One more line of a list of exemplars."""
    write_text(path, (path.read_text() if path.is_file() else '') + f'{name},{exemplar}\n')


def _write_pose(keypoints: NDArray, folder: Path, name: str) -> None:
    """``<name>_candidate.txt``: x, y, score and number of each joint found; ``<name>_subset.txt``: which of
    them are the person's joints, and -1 for the others, then the score and how many there are."""
    seen = keypoints[:, 2] > 0
    numbers = np.where(seen, np.cumsum(seen) - 1, -1)
    candidates = [f'{x:.3f} {y:.3f} {SCORE} {number}'
                  for number, (x, y, _) in enumerate(keypoints[seen])]
    subset = ' '.join(map(str, [*numbers, SCORE * seen.sum(), seen.sum()])) if seen.any() else ''
    write_text(folder / f'{name}_candidate.txt', ''.join(f'{line}\n' for line in candidates))
    write_text(folder / f'{name}_subset.txt', f'{subset}\n' if subset else '')
