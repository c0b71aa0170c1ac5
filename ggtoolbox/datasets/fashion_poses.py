"""DeepFashion with what OpenPose's Python version writes: CoCosNet's poses."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from mmengine.dataset import BaseDataset
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .files import below, flat_name, list_images, read_image
from .person_pose import COLOURS, JOINTS, LIMBS
from .pipeline import build_pipeline
from .tables import read_numbers

RADIUS, OLD_SHARE, NEW_SHARE = 4, 0.4, 0.6
DRAWN = LIMBS[:17]


@DATASETS.register_module()
class FashionPoses(BaseDataset):
    """``img/**/<name>.jpg`` with ``pose/**/<name>_candidate.txt`` and ``<name>_subset.txt``.

    A sample holds ``target_image`` (H, W, 3) uint8 RGB, ``target_guide`` (H, W, 3) uint8, OpenPose's picture
    of the first person's skeleton (:func:`openpose_picture`), ``instance`` (H, W) int32, whose bit k is set
    on limb k, for :class:`LimbGuide`; ``group``, the folder: one person in the same clothes; ``name`` and
    ``image_path``.

    Args:
        data_root: the folder of both.
        pipeline: transforms.
        indices: take only so many of the first samples, or the samples of these numbers.
        lazy_init: look for files when they are first needed.

    Raises:
        InputError: a missing folder; when a sample is read: a missing or broken file.
    """

    METAINFO = dict(dataset_type='fashion_poses', joints=JOINTS, guide_channels=3 + len(DRAWN))

    def __init__(self, data_root: str = 'data/DeepFashion', pipeline: Sequence[dict | Callable] = (),
                 indices: int | Sequence[int] | None = None, lazy_init: bool = False) -> None:
        super().__init__(data_root=data_root, data_prefix={}, pipeline=build_pipeline(pipeline).transforms,
                         indices=indices, lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """One dict a picture."""
        images = Path(self.data_root, 'img')
        return [dict(image_path=str(path), group=str(path.parent),
                     name=flat_name(path.with_suffix(''), images))
                for path in list_images(images)]

    def prepare_data(self, idx: int) -> dict:
        """Read picture ``idx`` with its joints, draw these, and apply the pipeline."""
        sample = self.get_data_info(idx)
        image = read_image(sample['image_path'])
        keypoints = self.keypoints(Path(sample['image_path']))
        return self.pipeline(dict(
            sample, target_image=image, target_guide=openpose_picture(keypoints, image.shape[:2]),
            instance=limb_bits(keypoints, image.shape[:2])))

    def keypoints(self, image: Path) -> NDArray[np.float32]:
        """(18, 3) of the first person that OpenPose found; all invisible where it found none."""
        stem = Path(self.data_root, 'pose', below(image, Path(self.data_root, 'img'))).with_suffix('')
        files = [stem.with_name(f'{stem.name}_{kind}.txt') for kind in ('candidate', 'subset')]
        points = np.full((len(JOINTS), 3), (-1, -1, 0), np.float32)
        if files[1].is_file() and not files[1].stat().st_size:
            return points
        candidates, people = map(read_numbers, files)
        if people.shape[1] < len(JOINTS) or candidates.shape[1] < 2 \
                or people[0, :len(JOINTS)].max() >= len(candidates):
            raise InputError(f'{files[1]}: expected 18 or more columns, which are rows of {files[0].name} '
                             f'from 0 or -1, found {people.shape[1]} columns and {len(candidates)} rows')
        for joint, row in enumerate(people[0, :len(JOINTS)].astype(int)):
            if row >= 0:
                points[joint] = (*candidates[row, :2], 1)
        return points


def openpose_picture(keypoints: NDArray, size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W, 3): discs of radius 4 at joints, then 17 limbs as ellipses of half-width 4, each 0.6 of the
    picture with it and 0.4 of the one before."""
    picture = np.zeros((*size, 3), np.uint8)
    for (x, y, visible), colour in zip(keypoints, COLOURS):
        if visible:
            cv2.circle(picture, (int(x), int(y)), RADIUS, colour, -1)
    for (start, end), colour in zip(DRAWN, COLOURS):
        if keypoints[start][2] and keypoints[end][2]:
            with_limb = cv2.fillConvexPoly(picture.copy(), _ellipse(keypoints[start], keypoints[end]), colour)
            picture = cv2.addWeighted(picture, OLD_SHARE, with_limb, NEW_SHARE, 0)
    return picture


def limb_bits(keypoints: NDArray, size: tuple[int, int]) -> NDArray[np.int32]:
    """(H, W): bit k on the line of limb k, a pixel wide."""
    bits = np.zeros(size, np.int32)
    for place, (start, end) in enumerate(DRAWN):
        if keypoints[start][2] and keypoints[end][2]:
            line = cv2.line(np.zeros(size, np.uint8), *(tuple(map(int, keypoints[joint][:2]))
                                                        for joint in (start, end)), 1)
            bits |= line.astype(np.int32) << place
    return bits


def _ellipse(start: NDArray, end: NDArray) -> NDArray[np.int32]:
    """The polygon of a limb."""
    (x0, y0), (x1, y1) = start[:2], end[:2]
    length = float(np.hypot(x1 - x0, y1 - y0))
    angle = int(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
    centre = int((x0 + x1) / 2), int((y0 + y1) / 2)
    return cv2.ellipse2Poly(centre, (int(length / 2), RADIUS), angle, 0, 360, 1)
