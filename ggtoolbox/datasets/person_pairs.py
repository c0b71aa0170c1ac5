"""Market-1501 and DeepFashion as pairs of pictures of one person."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.registry import DATASETS

from .files import locate, read_image
from .image_pairs import ImagePairs
from .person_files import read_annotations, read_pairs, read_pose_maps
from .person_pose import (
    JOINTS,
    MARKET_SIGMA,
    disc_maps,
    disc_mask,
    heat_maps,
    keypoints_of_maps,
    person_mask,
    single_pixel_maps,
)

GUIDES = ('heat_maps', 'single_pixels', 'discs', 'files')
MASKS = dict(limbs=person_mask, discs=disc_mask)


@DATASETS.register_module()
class PersonPairs(ImagePairs):
    """Two pictures of one person and their 18 joints, as the person papers lay them on disk.

    ``<data_root>/<split>/`` holds the images, ``<pairs>`` the pairs, and either ``<annotations>`` the key
    points or ``<data_root>/<split>K/<image>.npy`` the pose maps. A sample holds ``source_image`` and
    ``target_image`` (H, W, 3) uint8 RGB, ``source_guide`` and ``target_guide`` (18, H, W) float32,
    ``source_keypoints`` and ``keypoints`` (18, 3), ``mask`` (H, W) uint8 of the target person where it is
    asked for, ``name`` (``<source>___<target>``) and ``image_path``; then the pipeline is applied.

    Args:
        data_root: folder of the set.
        split: ``train`` or ``test``: folder of the images.
        pairs, annotations: files, relative to ``data_root``. ``annotations`` may be None where the
            guides are files: then the key points are read off them.
        size: (H, W) that all images must have.
        guide: ``heat_maps``: Gaussians, computed; ``single_pixels``: what the released DeepFashion maps
            are (see :func:`~.person_pose.single_pixel_maps`); ``discs``: PG2's, of radius 4; ``files``: read
            from ``<split>K``.
        sigma: of the heat maps in pixels.
        mask: add ``mask``, of ``'limbs'`` (or True): see :func:`~.person_pose.person_mask`; or of
            ``'discs'``, as PG2 makes it; False: none.
        samples_per_epoch: an epoch is so many pairs, drawn with equal chances whatever the index is. Released
            training: 4000. None: all pairs in the file's order. Random numbers come from NumPy's
            global generator, which mmengine seeds in each worker.
        pipeline: transforms.
        indices: take only so many of the first pairs, or the pairs of these numbers.
        lazy_init: read the files when they are first needed.

    Raises:
        InputError: unknown ``guide``; a missing or broken list; no pairs; when a sample is read: an image
            without key points, a missing or broken file, another size.
    """

    METAINFO = dict(dataset_type='person_pairs', joints=JOINTS, guide_channels=len(JOINTS))

    def __init__(self, data_root: str, pairs: str, annotations: str | None = None, split: str = 'train',
                 size: tuple[int, int] = (128, 64), guide: str = 'heat_maps', sigma: float = MARKET_SIGMA,
                 mask: bool | str = False, samples_per_epoch: int | None = None,
                 pipeline: Sequence[dict | Callable] = (), indices: int | Sequence[int] | None = None,
                 lazy_init: bool = False) -> None:
        if guide not in GUIDES:
            raise InputError(f'PersonPairs: guide must be one of {", ".join(GUIDES)}, found {guide!r}')
        if mask not in (False, True, *MASKS):
            raise InputError(f'PersonPairs: mask must be True, False, {" or ".join(MASKS)}, found {mask!r}')
        if annotations is None and guide != 'files':
            raise InputError(f"PersonPairs: guide={guide!r} needs annotations; only guide='files' can do "
                             'without')
        self.split, self.pairs, self.annotations = split, pairs, annotations
        self.size, self.guide, self.sigma, self.mask = tuple(size), guide, sigma, mask
        self._keypoints: dict[str, NDArray[np.float32]] = {}
        super().__init__(data_root, samples_per_epoch, pipeline, indices, lazy_init)

    def load_data_list(self) -> list[dict]:
        """One dict of the two images' names a pair."""
        root = Path(self.data_root)
        pairs = read_pairs(root / self.pairs)
        if not pairs:
            raise InputError(f'{root / self.pairs}: this pair list is empty')
        if self.annotations is not None:
            self._keypoints = read_annotations(root / self.annotations)
        return [dict(source=source, target=target) for source, target in pairs]

    def prepare_data(self, idx: int) -> dict:
        """Read pair ``idx`` (or a random one) and apply the pipeline."""
        pair, sample = self.begin_sample(idx, self.split)
        with Faults() as faults:
            for role, points in (('source', 'source_keypoints'), ('target', 'keypoints')):
                sample[f'{role}_image'] = faults.attempt(self._read_image, pair[role])
                read = faults.attempt(self._read_pose, pair[role])
                sample[f'{role}_guide'], sample[points] = read or (None, None)
        if self.mask:
            draw_mask = MASKS['limbs' if self.mask is True else self.mask]
            sample['mask'] = draw_mask(sample['keypoints'], self.size)
        return self.pipeline(sample)

    def _read_image(self, name: str) -> NDArray[np.uint8]:
        path = locate(Path(self.data_root, self.split), name, self.pairs)
        image = read_image(path)
        if image.shape[:2] != self.size:
            raise InputError(f'{path}: this image is {image.shape[1]} x {image.shape[0]} pixels, expected '
                             f'{self.size[1]} x {self.size[0]}')
        return image

    def _read_pose(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Maps and key points of an image."""
        keypoints = self._keypoints.get(name)
        if keypoints is None and self.annotations is not None:
            raise InputError(f'{Path(self.data_root, self.annotations)}: there are no key points of {name}, '
                             f'which {self.pairs} names')
        if self.guide == 'heat_maps':
            return heat_maps(keypoints, self.size, self.sigma), keypoints
        if self.guide == 'single_pixels':
            return single_pixel_maps(keypoints, self.size), keypoints
        if self.guide == 'discs':
            return disc_maps(keypoints, self.size), keypoints
        path = locate(Path(self.data_root, f'{self.split}K'), f'{name}.npy', self.pairs)
        maps = read_pose_maps(path)
        if maps.shape[1:] != self.size:
            raise InputError(f'{path}: these pose maps are {maps.shape[2]} x {maps.shape[1]} pixels, '
                             f'expected {self.size[1]} x {self.size[0]}')
        return maps, keypoints_of_maps(maps) if keypoints is None else keypoints
