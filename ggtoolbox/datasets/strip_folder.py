"""Strips: several pictures side by side in one file, as the pix2pix family stores its data."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmengine.dataset import BaseDataset
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import check_num_classes

from .files import list_images, sample_names
from .merged_classes import CLASSES, PALETTE
from .palette import check_palette
from .pictures import levels, open_picture, refuse_lossy
from .pipeline import build_pipeline
from .transforms.geometry import PICTURES

STRIP_SUFFIXES = ('.png', '.jpg', '.jpeg', '.bmp', '.ppm')


@DATASETS.register_module()
class StripFolder(BaseDataset):
    """``<data_root>/<split>/**``: each image is a row of equal panels.

    Cross-view and gesture data have four panels, A | B | C | D: source, target, label map (or skeleton,
    or landmarks) of the source and of the target. With labels there are six: E and F hold the classes
    of C and D as grey values. Guided GauGAN reads the four as squares.

    A sample holds (H, W, 3) uint8 RGB of each panel that is asked for, ``name`` and ``image_path``; then
    the pipeline is applied. A file is decoded once, and panels that are not asked for cost nothing more.

    Args:
        data_root: folder of the splits.
        split: ``train`` or ``test``; an empty string takes ``data_root`` itself.
        panels: field of each panel from left to right, None for those to be skipped. The other
            direction is another order, ``('target_image', 'source_image', 'target_guide', None)``; the
            released option for it swaps A and B and not C and D, which is
            ``('target_image', 'source_image', None, 'target_guide')``. A panel of grey values is
            ``label_picture``, which ``LabelFromGrey`` turns into ``label``.
        classes, palette: names and (R, G, B) of the classes of ``label_picture``; None = those of the
            six merged classes.
        lossy_labels: take ``label_picture`` from JPEGs all the same, as the released CVUSA strips have it:
            pixels whose grey value compression has changed have no class, or another one.
        uneven: accept a width that is no multiple of the number of panels: the last one takes the
            rest, as in the released loader.
        pipeline: transforms.
        indices: take only so many of the first samples, or the samples of these numbers.
        lazy_init: look for files when they are first needed.

    Raises:
        InputError: unknown or repeated fields in ``panels``; missing folder, no files; when a sample is
            read: a broken file, a width that cannot be divided.
    """

    METAINFO = dict(dataset_type='strips')

    def __init__(self, data_root: str, split: str = 'train',
                 panels: Sequence[str | None] = ('source_image', 'target_image', None, 'target_guide'),
                 classes: Sequence[str] | None = None, palette: Sequence[Sequence[int]] | None = None,
                 uneven: bool = False, lossy_labels: bool = False, pipeline: Sequence[dict | Callable] = (),
                 indices: int | Sequence[int] | None = None, lazy_init: bool = False) -> None:
        used = [panel for panel in panels if panel is not None]
        if not used or len(set(used)) != len(used) or not set(used) <= set(PICTURES):
            raise InputError(f'StripFolder: panels must be distinct names of {", ".join(PICTURES)} or None, '
                             f'found {list(panels)}')
        self.split, self.panels, self.uneven = split, tuple(panels), uneven
        metainfo: dict = {}
        self.refuses_lossy = 'label_picture' in used and not lossy_labels
        if 'label_picture' in used:
            classes = CLASSES if classes is None else tuple(classes)
            palette = PALETTE if palette is None and classes == CLASSES else palette
            check_num_classes(len(classes), 'StripFolder')
            metainfo.update(classes=classes, num_classes=len(classes))
        if palette is not None:
            check_palette(palette, 'StripFolder')
            metainfo.update(palette=[tuple(colour) for colour in palette])
        super().__init__(metainfo=metainfo, data_root=data_root, data_prefix={},
                         pipeline=build_pipeline(pipeline).transforms, indices=indices,
                         lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """One dict of path and unique ``name`` a strip, sorted by path."""
        folder = Path(self.data_root, self.split)
        paths = sorted(list_images(folder, lambda path: path.suffix.lower() in STRIP_SUFFIXES), key=str)
        return [dict(image_path=str(path), name=name)
                for path, name in zip(paths, sample_names(paths, folder))]

    def prepare_data(self, idx: int) -> dict:
        """Read strip ``idx``, take its panels and apply the pipeline."""
        sample = self.get_data_info(idx)
        path = sample['image_path']
        image = open_picture(path)
        if self.refuses_lossy:
            refuse_lossy(image, path, 'strip with a label map (lossy_labels=True takes it all the same)')
        sample.update(self.split_strip(levels(image, path), path))
        return self.pipeline(sample)

    def split_strip(self, strip: NDArray[np.uint8], path: str) -> dict[str, NDArray[np.uint8]]:
        """Field -> its part of ``strip`` (H, W, 3)."""
        count, width = len(self.panels), strip.shape[1]
        if width < count or (width % count and not self.uneven):
            raise InputError(f'{path}: this strip is {width} pixels wide, which is no multiple of its '
                             f'{count} panels (uneven=True gives the last one the rest)')
        edges = [i * (width // count) for i in range(count)] + [width]
        return {panel: strip[:, edges[i]:edges[i + 1]] for i, panel in enumerate(self.panels) if panel}
