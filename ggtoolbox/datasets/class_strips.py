"""Pairs of edges and photographs, a folder a class: what SketchyCOCO's objects learn from."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from mmengine.dataset import BaseDataset
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import class_names

from .files import list_images, read_image, sample_names
from .pipeline import build_pipeline

SKETCHYCOCO_CLASSES = ('airplane', 'cat', 'giraffe', 'zebra', 'dog', 'elephant', 'fire hydrant', 'horse',
                       'bicycle', 'car', 'traffic light', 'cow', 'motorcycle', 'sheep')


def xdog_edges(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) RGB to a picture of edges, black on white, of the same shape.

    A difference of Gaussians, sharpened and cut (Winnemoeller et al., Computers and Graphics 2012), with
    SketchyCOCO's numbers: sigma 0.6 and 0.96, 0.945, -0.1, 200; then white above the mean.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY).astype(np.float64) / 255
    near, far = (cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in (0.6, 0.96))
    difference = near - 0.945 * far
    value = np.where(difference < -0.1, 1.0, 1 + np.tanh(200 * difference))
    value = (value - value.min()) / max(float(np.ptp(value)), 1e-12)
    return np.repeat((255 * (value > value.mean())).astype(np.uint8)[..., None], 3, axis=2)


@DATASETS.register_module()
class ClassStrips(BaseDataset):
    """``<data_root>/<split>/<class id>/*.png``: edges left, photograph right, in one file.

    A sample holds ``target_guide`` (edges; in a test the sketch, which is ``source_guide`` as well) and
    ``target_image`` (H, W, 3) uint8 RGB, ``domain``, ``name`` and ``image_path``; then the
    pipeline is applied.

    Args:
        data_root: folder of the splits.
        split: ``train`` or ``test``.
        num_classes: folders are named 0 .. num_classes - 1.
        pipeline: transforms.
        indices: take only so many of the first samples, or the samples of these numbers.
        lazy_init: look for files when they are first needed.

    Raises:
        InputError: a missing folder, no files, a folder that is no class; when a sample is read: a broken
            file, an odd width.
    """

    METAINFO = dict(dataset_type='class_strips', num_classes=len(SKETCHYCOCO_CLASSES),
                    classes=SKETCHYCOCO_CLASSES)

    def __init__(self, data_root: str, split: str = 'train', num_classes: int = len(SKETCHYCOCO_CLASSES),
                 pipeline: Sequence[dict | Callable] = (), indices: int | Sequence[int] | None = None,
                 lazy_init: bool = False) -> None:
        self.split, self.num_classes = split, num_classes
        metainfo = dict(num_classes=num_classes, classes=class_names(SKETCHYCOCO_CLASSES, num_classes))
        super().__init__(metainfo=metainfo, data_root=data_root, data_prefix={},
                         pipeline=build_pipeline(pipeline).transforms, indices=indices, lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """One dict of path, class and name a file."""
        folder = Path(self.data_root, self.split)
        of_class: dict[str, list[Path]] = {}
        for path in list_images(folder):
            said = path.parent.name
            if not said.isdecimal() or int(said) >= self.num_classes:
                raise InputError(f'{path}: expected a folder named by a class, 0..{self.num_classes - 1}, '
                                 f'found {said!r}')
            of_class.setdefault(said, []).append(path)
        return [dict(image_path=str(path), domain=int(said), name=f'{said}_{name}')
                for said, paths in of_class.items() for path, name in zip(paths, sample_names(paths, folder))]

    def prepare_data(self, idx: int) -> dict:
        """Read file ``idx``, halve it and apply the pipeline."""
        sample = self.get_data_info(idx)
        strip = read_image(sample['image_path'])
        if strip.shape[1] % 2:
            raise InputError(f'{sample["image_path"]}: expected edges and photograph of one width, found '
                             f'{strip.shape[1]} columns')
        edges, photograph = np.split(strip, 2, axis=1)
        return self.pipeline(dict(sample, target_guide=edges, source_guide=edges, target_image=photograph))
