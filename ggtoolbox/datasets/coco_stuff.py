"""COCO-Stuff as the released code expects it on disk."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ggtoolbox.registry import DATASETS

from .files import list_images
from .label_folder import LabelMapFolder

THINGS = (
    'person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat',
    'traffic light', 'fire hydrant', 'street sign', 'stop sign', 'parking meter', 'bench', 'bird',
    'cat', 'dog', 'horse', 'sheep', 'cow', 'elephant', 'bear', 'zebra', 'giraffe', 'hat', 'backpack',
    'umbrella', 'shoe', 'eye glasses', 'handbag', 'tie', 'suitcase', 'frisbee', 'skis', 'snowboard',
    'sports ball', 'kite', 'baseball bat', 'baseball glove', 'skateboard', 'surfboard',
    'tennis racket', 'bottle', 'plate', 'wine glass', 'cup', 'fork', 'knife', 'spoon', 'bowl',
    'banana', 'apple', 'sandwich', 'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut', 'cake',
    'chair', 'couch', 'potted plant', 'bed', 'mirror', 'dining table', 'window', 'desk', 'toilet',
    'door', 'tv', 'laptop', 'mouse', 'remote', 'keyboard', 'cell phone', 'microwave', 'oven', 'toaster',
    'sink', 'refrigerator', 'blender', 'book', 'clock', 'vase', 'scissors', 'teddy bear', 'hair drier',
    'toothbrush', 'hair brush')
STUFF = (
    'banner', 'blanket', 'branch', 'bridge', 'building-other', 'bush', 'cabinet', 'cage', 'cardboard',
    'carpet', 'ceiling-other', 'ceiling-tile', 'cloth', 'clothes', 'clouds', 'counter', 'cupboard',
    'curtain', 'desk-stuff', 'dirt', 'door-stuff', 'fence', 'floor-marble', 'floor-other',
    'floor-stone', 'floor-tile', 'floor-wood', 'flower', 'fog', 'food-other', 'fruit',
    'furniture-other', 'grass', 'gravel', 'ground-other', 'hill', 'house', 'leaves', 'light', 'mat',
    'metal', 'mirror-stuff', 'moss', 'mountain', 'mud', 'napkin', 'net', 'paper', 'pavement', 'pillow',
    'plant-other', 'plastic', 'platform', 'playingfield', 'railing', 'railroad', 'river', 'road',
    'rock', 'roof', 'rug', 'salad', 'sand', 'sea', 'shelf', 'sky-other', 'skyscraper', 'snow',
    'solid-other', 'stairs', 'stone', 'straw', 'structural-other', 'table', 'tent', 'textile-other',
    'towel', 'tree', 'vegetable', 'wall-brick', 'wall-concrete', 'wall-other', 'wall-panel',
    'wall-stone', 'wall-tile', 'wall-wood', 'water-other', 'waterdrops', 'window-blind',
    'window-other', 'wood')


@DATASETS.register_module()
class COCOStuff(LabelMapFolder):
    """``{split}_img/``, ``{split}_label/`` and ``{split}_inst/``, in training also their
    ``*_portrait`` twins where they exist.

    Ids are the 182 of COCO-Stuff from 0 (some of the 91 things never occur); 255 becomes the 183rd.

    Args:
        data_root: the folder that holds them.
        split: ``train`` or ``val``.
        instances: read the instance maps.
        portraits: use the twins; they only ever join the training split.
        pipeline, indices, lazy_init: as of :class:`LabelMapFolder`.
    """

    METAINFO = dict(dataset_type='coco_stuff', num_classes=183,
                    classes=(*THINGS, *STUFF, 'unlabeled'))

    def __init__(self, data_root: str = 'data/coco_stuff', split: str = 'train', instances: bool = True,
                 portraits: bool = True, pipeline: Sequence[dict | Callable] = (),
                 indices: int | Sequence[int] | None = None, lazy_init: bool = False) -> None:
        self.portraits = portraits and split == 'train'
        super().__init__(f'{split}_img', f'{split}_label', f'{split}_inst' if instances else None,
                         data_root, ignore_as_class=True, pipeline=pipeline, indices=indices,
                         lazy_init=lazy_init)

    def find_files(self) -> dict[str, list[Path]]:
        found = super().find_files()
        for role, folder in self.folders.items():
            twin = Path(self.data_root, f'{folder}_portrait')
            if self.portraits and twin.is_dir():
                found[role] += list_images(twin)
        return found
