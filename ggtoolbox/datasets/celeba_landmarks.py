"""CelebA with attributes and segmentations made from landmarks, as SCGAN lays it on disk."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmengine.dataset import BaseDataset
from numpy.typing import NDArray

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import check_num_classes, class_names

from .celeba_attributes import CELEBA_ATTRIBUTES, TEST_IMAGES, read_attributes
from .face_landmarks import FACE_CLASSES, FACE_PALETTE
from .files import check_label, locate, read_image, read_label
from .pipeline import build_pipeline


@DATASETS.register_module()
class CelebALandmarks(BaseDataset):
    """Faces with attributes and label maps.

    ``<data_root>/images/*.jpg`` (178 x 218), ``<data_root>/segmentation/*.png`` (same stem; ids 0 to 6:
    ground and six regions of the face) and CelebA's attribute list. A sample holds ``target_image``
    (H, W, 3) uint8 RGB, ``label`` (H, W), ``attributes`` (A,) float32 in {0, 1} in the list's order of
    columns, ``name``, ``image_path`` and ``label_path``; then the pipeline is applied.

    Args:
        data_root: folder of the set.
        split: ``train`` or ``test``.
        attribute_file: relative to ``data_root``.
        attributes: the columns to read; ``metainfo`` names them in the list's order, once it has been read.
        test_images: how many images of the shuffled list are for tests.
        split_seed: of the shuffle. The released code shuffles without a seed, so that images for tests of
            one run are for training in the next; and its test reads training images.
        num_classes: ids are 0 .. num_classes - 1.
        pipeline: transforms.
        indices: take only so many of the first samples, or the samples of these numbers.
        lazy_init: read the list when it is first needed.

    Raises:
        InputError: unknown split or attribute, a broken list, too few images; when a sample is read: a
            missing or broken file, sizes that differ, an id out of range.
    """

    METAINFO = dict(dataset_type='celeba_landmarks', num_classes=len(FACE_CLASSES), classes=FACE_CLASSES,
                    palette=FACE_PALETTE, attributes=CELEBA_ATTRIBUTES)

    def __init__(self, data_root: str, split: str = 'train', attribute_file: str = 'list_attr_celeba_s.txt',
                 attributes: Sequence[str] = CELEBA_ATTRIBUTES, test_images: int = TEST_IMAGES,
                 split_seed: int = 0, num_classes: int = len(FACE_CLASSES),
                 pipeline: Sequence[dict | Callable] = (), indices: int | Sequence[int] | None = None,
                 lazy_init: bool = False) -> None:
        if split not in ('train', 'test'):
            raise InputError(f"CelebALandmarks: split must be 'train' or 'test', found {split!r}")
        self.split, self.attribute_file, self.attributes = split, attribute_file, tuple(attributes)
        check_num_classes(num_classes, 'CelebALandmarks')
        self.test_images, self.split_seed, self.num_classes = test_images, split_seed, num_classes
        metainfo = dict(attributes=self.attributes, num_classes=num_classes,
                        classes=class_names(FACE_CLASSES, num_classes))
        super().__init__(metainfo=metainfo, data_root=data_root, data_prefix={},
                         pipeline=build_pipeline(pipeline).transforms, indices=indices, lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """One dict of paths and attributes an image of this split."""
        root = Path(self.data_root)
        path = root / self.attribute_file
        names, values = read_attributes(path, self.attributes, self.test_images)
        columns, files = [i for i, name in enumerate(names) if name in self.attributes], list(values)
        self._metainfo['attributes'] = tuple(names[column] for column in columns)
        order = np.random.RandomState(self.split_seed).permutation(len(files))
        order = order[:self.test_images] if self.split == 'test' else order[self.test_images:]
        return [dict(name=Path(files[i]).stem, image_path=str(locate(root / 'images', files[i], str(path))),
                     label_path=str(locate(root / 'segmentation', f'{Path(files[i]).stem}.png', str(path))),
                     attributes=[float(values[files[i]][column] == 1) for column in columns]) for i in order]

    def prepare_data(self, idx: int) -> dict:
        """Read image and label map ``idx`` and apply the pipeline."""
        sample = self.get_data_info(idx)
        with Faults() as faults:
            sample['target_image'] = faults.attempt(read_image, sample['image_path'])
            sample['label'] = faults.attempt(read_label, sample['label_path'], FACE_PALETTE, self.class_ids)
        (height, width), found = sample['target_image'].shape[:2], sample['label'].shape
        if found != (height, width):
            raise InputError(f"{sample['label_path']}: this label map is {found[1]} x {found[0]} pixels, its "
                             f'image is {width} x {height}')
        sample['attributes'] = np.array(sample['attributes'], np.float32)
        return self.pipeline(sample)

    def class_ids(self, stored: NDArray, path: str | Path) -> NDArray:
        """The ids of a file, (H, W), as class ids; ``path`` is named in errors."""
        check_label(stored, self.num_classes, path)
        return stored
