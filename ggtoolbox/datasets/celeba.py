"""CelebA with its attributes, as StarGAN reads it."""
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmengine.dataset import BaseDataset
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .celeba_attributes import CELEBA_ATTRIBUTES, TEST_IMAGES, read_attributes
from .files import read_image
from .pipeline import build_pipeline

HAIR_COLOURS = ('Black_Hair', 'Blond_Hair', 'Brown_Hair', 'Gray_Hair')


def flipped_targets(attributes: Tensor, names: Sequence[str]) -> list[Tensor]:
    """What StarGAN's test asks for: (B, A) for each attribute in turn, which is set, the other hair colours
    cleared, if it is a hair colour, and otherwise turned round.

    Args:
        attributes: (B, A) in {0, 1}: the images' own.
        names: of the attributes; hair colours are those of ``HAIR_COLOURS``.
    """
    hair, targets = [i for i, name in enumerate(names) if name in HAIR_COLOURS], []
    for index in range(len(names)):
        target = attributes.clone()
        if index in hair:
            target[:, hair] = 0
            target[:, index] = 1
        else:
            target[:, index] = 1 - target[:, index]
        targets.append(target)
    return targets


@DATASETS.register_module()
class CelebA(BaseDataset):
    """Faces with attributes.

    ``<data_root>/images/*.jpg`` (178 x 218) and ``<data_root>/list_attr_celeba.txt``. A sample holds
    ``source_image`` (H, W, 3) uint8 RGB, ``attributes`` (A,) float32 in {0, 1} in the order asked for,
    ``name`` and ``image_path``; then the pipeline is applied. The split is StarGAN's: the list's lines,
    shuffled by Python's generator from 1234, of which the first 1999 are for tests (the paper says 2000).

    Args:
        data_root: folder of the set.
        split: ``train`` or ``test``.
        attributes: the columns to read, in this order.
        attribute_file, image_folder: relative to ``data_root``.
        change: None: the image's own attributes; the name of one: what :func:`flipped_targets` makes of
            them, for tests.
        test_images: how many are for tests.
        pipeline: transforms.
        indices: take only so many of the first samples, or the samples of these numbers.
        lazy_init: read the list when it is first needed.

    Raises:
        InputError: unknown split or attribute; a broken list; when a sample is read: a missing or broken
            file.
    """

    METAINFO = dict(dataset_type='celeba', attributes=CELEBA_ATTRIBUTES)

    def __init__(self, data_root: str, split: str = 'train', attributes: Sequence[str] = CELEBA_ATTRIBUTES,
                 attribute_file: str = 'list_attr_celeba.txt', image_folder: str = 'images',
                 change: str | None = None, test_images: int = TEST_IMAGES,
                 pipeline: Sequence[dict | Callable] = (), indices: int | Sequence[int] | None = None,
                 lazy_init: bool = False) -> None:
        if split not in ('train', 'test'):
            raise InputError(f"CelebA: split must be 'train' or 'test', found {split!r}")
        if change is not None and change not in attributes:
            raise InputError(f'CelebA: change must be one of {", ".join(attributes)}, found {change!r}')
        self.split, self.attributes, self.change = split, tuple(attributes), change
        self.attribute_file, self.image_folder, self.test_images = attribute_file, image_folder, test_images
        super().__init__(metainfo=dict(attributes=self.attributes), data_root=data_root,
                         data_prefix={}, pipeline=build_pipeline(pipeline).transforms, indices=indices,
                         lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """One dict of path and attributes an image of this split."""
        names, values = read_attributes(Path(self.data_root, self.attribute_file), self.attributes,
                                        self.test_images)
        columns, files = [names.index(name) for name in self.attributes], list(values)
        random.Random(1234).shuffle(files)
        chosen = files[:self.test_images] if self.split == 'test' else files[self.test_images:]
        return [dict(name=Path(file).stem, image_path=str(Path(self.data_root, self.image_folder, file)),
                     attributes=[float(values[file][column] == 1) for column in columns]) for file in chosen]

    def prepare_data(self, idx: int) -> dict:
        """Read image ``idx`` and apply the pipeline."""
        sample = self.get_data_info(idx)
        sample['source_image'] = read_image(sample['image_path'])
        sample['attributes'] = np.array(sample['attributes'], np.float32)
        if self.change is not None:
            own = Tensor(sample['attributes'])[None]
            target = flipped_targets(own, self.attributes)[self.attributes.index(self.change)]
            sample['attributes'] = target[0].numpy()
        return self.pipeline(sample)
