"""Pairs of pictures with key points of any number: one's own poses, hands and faces."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.registry import DATASETS

from .coco_keypoints import check_bones, read_coco_keypoints
from .face_landmarks import dot_picture
from .files import locate, read_image
from .hand_pose import skeleton_picture
from .image_pairs import ImagePairs
from .person_files import read_pairs
from .person_pose import MARKET_MASK_RADIUS, MARKET_SIGMA, heat_maps, limb_mask
from .transforms.geometry import resize

KEYPOINT_GUIDES = ('skeleton', 'heat_maps', 'dots')
_MARKET_HEIGHT = 128  # in which sigma and radius are stated
Size = tuple[int, int]


@DATASETS.register_module()
class KeypointPairs(ImagePairs):
    """Two pictures of one person, hand or face, and their key points, of any number and skeleton.

    ``<data_root>/<image_dir>`` holds the pictures, ``<keypoints>`` their points in COCO's JSON, ``<pairs>``
    a CSV with the columns ``from`` and ``to``. All pictures are brought to ``size``, their points with them.
    A sample holds ``source_image`` and ``target_image`` (H, W, 3) uint8 RGB, ``source_guide`` and
    ``target_guide`` (maps (J, H, W) float32, or pictures (H, W, 3) uint8), ``source_keypoints`` and
    ``keypoints`` (J, 3), ``mask`` (H, W) uint8 of the target where it is asked for, ``name``
    (``<source>___<target>``) and ``image_path``; then the pipeline is applied, in which
    ``RandomMirrorPerson(flip_pairs=...)`` mirrors all of it.

    Args:
        data_root: prefix of folder and files.
        image_dir, keypoints, pairs: relative to ``data_root``.
        size: (H, W).
        guide: ``skeleton``: white lines on black, as gesture systems read them; ``heat_maps``: J Gaussians,
            as pose systems do; ``dots``: black dots on white, as face systems do.
        joints: names of the points, and
        skeleton: pairs of them that a line joins, counted from 0; None = as the JSON says. Stated, a trained
            model needs no data at hand to draw the guides of other points.
        sigma: of the heat maps in pixels; None = the papers' 6 in a picture 128 pixels high, in proportion.
        mask: add ``mask``: the lines of the skeleton widened, 4 pixels in 128, or, without a skeleton, the
            points' convex hull.
        samples_per_epoch: an epoch is so many pairs, drawn with equal chances whatever the index is; None:
            all pairs in the file's order.
        pipeline: transforms.
        indices: take only so many of the first pairs, or the pairs of these numbers.
        lazy_init: read the files when they are first needed.

    Raises:
        InputError: unknown ``guide``, a skeleton guide without lines, numbers of joints that do not agree; a
            missing or broken list, a pair whose image has no points; when a sample is read: a missing
            or broken file, another size than the JSON states.
    """

    METAINFO = dict(dataset_type='keypoint_pairs')

    def __init__(self, data_root: str, image_dir: str, keypoints: str, pairs: str, size: Size,
                 guide: str = 'skeleton', joints: Sequence[str] | None = None,
                 skeleton: Sequence[Sequence[int]] | None = None, sigma: float | None = None,
                 mask: bool = False, samples_per_epoch: int | None = None,
                 pipeline: Sequence[dict | Callable] = (), indices: int | Sequence[int] | None = None,
                 lazy_init: bool = False) -> None:
        if guide not in KEYPOINT_GUIDES:
            raise InputError(f'KeypointPairs: guide must be one of {", ".join(KEYPOINT_GUIDES)}, found '
                             f'{guide!r}')
        self.image_dir, self.keypoints, self.pairs = image_dir, Path(data_root, keypoints), pairs
        self.size, self.guide, self.mask = tuple(size), guide, mask
        self.sigma = MARKET_SIGMA * size[0] / _MARKET_HEIGHT if sigma is None else sigma
        self._points: dict[str, NDArray[np.float32]] = {}
        self._sizes: dict[str, Size] = {}
        stated = joints is not None and skeleton is not None
        if not (lazy_init and stated):
            read = read_coco_keypoints(self.keypoints)
            if joints is not None and len(joints) != len(read.joints):
                raise InputError(f'{self.keypoints}: expected the {len(joints)} points of joints, found '
                                 f'{len(read.joints)}')
            joints = read.joints if joints is None else joints
            skeleton = read.skeleton if skeleton is None else skeleton
            self._points, self._sizes = read.points, read.sizes
        self.skeleton = check_bones(tuple(map(tuple, skeleton)), len(joints), 'KeypointPairs: skeleton')
        if guide == 'skeleton' and not self.skeleton:
            raise InputError("KeypointPairs: guide='skeleton' needs lines between the points, "
                             f"{self.keypoints} names none; give skeleton, or guide='dots'")
        metainfo = dict(joints=tuple(joints), skeleton=self.skeleton,
                        guide_channels=len(joints) if guide == 'heat_maps' else 3)
        super().__init__(data_root, samples_per_epoch, pipeline, indices, lazy_init, metainfo)

    def load_data_list(self) -> list[dict]:
        """One dict of the two images' names a pair."""
        if not self._points:
            read = read_coco_keypoints(self.keypoints)
            self._points, self._sizes = read.points, read.sizes
        path, kept = Path(self.data_root, self.pairs), []
        with Faults(can_go_on=True) as faults:
            for pair in read_pairs(path):
                lost = [name for name in pair if name not in self._points]
                if lost:
                    faults.add(f'{path}: there are no key points of {lost[0]} in {self.keypoints}')
                else:
                    kept.append(dict(source=pair[0], target=pair[1]))
        if not kept:
            raise InputError(f'{path}: this pair list is empty')
        return kept

    def prepare_data(self, idx: int) -> dict:
        """Read pair ``idx`` (or a random one) and apply the pipeline."""
        pair, sample = self.begin_sample(idx, self.image_dir)
        with Faults() as faults:
            for role, points in (('source', 'source_keypoints'), ('target', 'keypoints')):
                read = faults.attempt(self._read, pair[role])
                sample[f'{role}_image'], sample[points] = read or (None, None)
        for role, points in (('source', 'source_keypoints'), ('target', 'keypoints')):
            sample[f'{role}_guide'] = self.draw_guide(sample[points], self.size)
        if self.mask:
            sample['mask'] = limb_mask(sample['keypoints'], self.size, self.skeleton,
                                       MARKET_MASK_RADIUS * self.size[0] / _MARKET_HEIGHT)
        return self.pipeline(sample)

    def draw_guide(self, keypoints: NDArray, size: Size) -> NDArray:
        """The guide of (J, 3) key points in a picture of ``size``: (J, H, W) float32, or (H, W, 3) uint8."""
        if self.guide == 'heat_maps':
            return heat_maps(keypoints, size, self.sigma * size[0] / self.size[0])
        if self.guide == 'dots':
            return dot_picture(keypoints, size)
        return skeleton_picture(keypoints, size, bones=self.skeleton)

    def _read(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Picture and key points of an image, in ``size``."""
        path = locate(Path(self.data_root, self.image_dir), name, self.pairs)
        image, points = read_image(path), self._points[name].copy()
        stored = image.shape[:2]
        if self._sizes.get(name, stored) != stored:
            height, width = self._sizes[name]
            raise InputError(f'{path}: this image is {stored[1]} x {stored[0]} pixels, expected {width} x '
                             f'{height} as {self.keypoints} says')
        # A pixel's middle stays its middle.
        scale = np.array([self.size[1] / stored[1], self.size[0] / stored[0]], np.float32)
        points[:, :2] = (points[:, :2] + 0.5) * scale - 0.5
        return resize(image, self.size[1], self.size[0], smooth=True), points
