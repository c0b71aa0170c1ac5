"""CelebAMask-HQ as it was released: a mask for each part of a face."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmengine.dataset import BaseDataset
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .files import check_label, list_images, read_ids, read_image
from .pipeline import build_pipeline
from .transforms.geometry import resize

PARTS = ('skin', 'l_brow', 'r_brow', 'l_eye', 'r_eye', 'l_ear', 'r_ear', 'nose', 'u_lip', 'mouth', 'l_lip',
         'eye_g', 'hair')
NUM_CLASSES, FACES_A_FOLDER = 19, 2000
IMAGES, MASKS = 'CelebA-HQ-img', 'CelebAMask-HQ-mask-anno'


@DATASETS.register_module()
class CelebAHQParts(BaseDataset):
    """``CelebA-HQ-img/<i>.jpg`` and ``CelebAMask-HQ-mask-anno/``: CoCosNet's two tasks of faces.

    With ``reads='classes'`` a sample holds ``label`` (H, W) of 19 classes, from
    ``all_parts_except_glasses/<i, 5 digits>.png``, and ``mask`` (H, W), 1 on glasses, from ``<i //
    2000>/<i>_eye_g.png``. With ``reads='parts'`` it holds ``instance`` (H, W) int32, whose bit k is set on
    part k of ``PARTS``, from ``<i // 2000>/<i>_<part>.png``, for :class:`FacePartGuide`. A part without a
    file is not in the picture. ``target_image`` (H, W, 3) uint8 RGB, at the masks' size, ``name`` and
    ``image_path`` are always there.

    Which faces are trained on is said by the lists of :class:`ExemplarPairs`.

    Args:
        data_root: the folder of both.
        reads: see above.
        pipeline: transforms.
        indices: take only so many of the first samples, or the samples of these numbers.
        lazy_init: look for files when they are first needed.

    Raises:
        InputError: another ``reads``, a missing folder; when a sample is read: a missing or broken file,
            masks of different sizes, an id out of range.
    """

    METAINFO = dict(dataset_type='celeba_hq_parts', num_classes=NUM_CLASSES, guide_channels=len(PARTS) + 2)

    def __init__(self, data_root: str = 'data/CelebAMask-HQ', reads: str = 'classes',
                 pipeline: Sequence[dict | Callable] = (), indices: int | Sequence[int] | None = None,
                 lazy_init: bool = False) -> None:
        if reads not in ('classes', 'parts'):
            raise InputError(f"CelebAHQParts: reads must be 'classes' or 'parts', found {reads!r}")
        self.reads = reads
        super().__init__(data_root=data_root, data_prefix={}, pipeline=build_pipeline(pipeline).transforms,
                         indices=indices, lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """One dict a face."""
        found = [dict(image_path=str(path), name=path.stem)
                 for path in list_images(Path(self.data_root, IMAGES))]
        for face in found:
            if not face['name'].isdecimal():
                raise InputError(f'{face["image_path"]}: expected a number as its name')
        return found

    def prepare_data(self, idx: int) -> dict:
        """Read the files of face ``idx`` and apply the pipeline."""
        face = self.get_data_info(idx)
        maps = self._classes(int(face['name'])) if self.reads == 'classes' else self._parts(int(face['name']))
        height, width = next(iter(maps.values())).shape
        image = resize(read_image(face['image_path']), width, height, smooth=True)
        return self.pipeline(dict(face, target_image=image, **maps))

    def _classes(self, number: int) -> dict[str, NDArray]:
        path = Path(self.data_root, MASKS, 'all_parts_except_glasses', f'{number:05d}.png')
        label = read_ids(path)
        check_label(label, NUM_CLASSES, str(path))
        glasses = self._part(number, 'eye_g', label.shape)
        return dict(label=label, mask=np.zeros(label.shape, np.uint8) if glasses is None
                    else glasses.astype(np.uint8))

    def _parts(self, number: int) -> dict[str, NDArray]:
        bits: NDArray | None = None
        for place, part in enumerate(PARTS):
            mask = self._part(number, part, None if bits is None else bits.shape)
            if mask is not None:
                bits = np.zeros(mask.shape, np.int32) if bits is None else bits
                bits |= mask.astype(np.int32) << place
        if bits is None:
            raise InputError(f'{self._path(number, PARTS[0])}: no part of this face has a file')
        return dict(instance=bits)

    def _part(self, number: int, part: str, size: tuple[int, int] | None) -> NDArray[np.bool_] | None:
        path = self._path(number, part)
        if not path.is_file():
            return None
        mask = read_image(path)[:, :, 0] > 0
        if size is not None and mask.shape != size:
            raise InputError(f'{path}: expected a mask of {size[1]} x {size[0]} pixels, found '
                             f'{mask.shape[1]} x {mask.shape[0]}')
        return mask

    def _path(self, number: int, part: str) -> Path:
        return Path(self.data_root, MASKS, str(number // FACES_A_FOLDER), f'{number:05d}_{part}.png')
