"""ADE20K (the scene-parsing challenge) as it lies on disk."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ggtoolbox.registry import DATASETS

from .files import list_images
from .label_folder import LabelMapFolder

OBJECTS = (
    'wall', 'building', 'sky', 'floor', 'tree', 'ceiling', 'road', 'bed', 'windowpane', 'grass',
    'cabinet', 'sidewalk', 'person', 'earth', 'door', 'table', 'mountain', 'plant', 'curtain', 'chair',
    'car', 'water', 'painting', 'sofa', 'shelf', 'house', 'sea', 'mirror', 'rug', 'field', 'armchair',
    'seat', 'fence', 'desk', 'rock', 'wardrobe', 'lamp', 'bathtub', 'railing', 'cushion', 'base', 'box',
    'column', 'signboard', 'chest of drawers', 'counter', 'sand', 'sink', 'skyscraper', 'fireplace',
    'refrigerator', 'grandstand', 'path', 'stairs', 'runway', 'case', 'pool table', 'pillow',
    'screen door', 'stairway', 'river', 'bridge', 'bookcase', 'blind', 'coffee table', 'toilet',
    'flower', 'book', 'hill', 'bench', 'countertop', 'stove', 'palm', 'kitchen island', 'computer',
    'swivel chair', 'boat', 'bar', 'arcade machine', 'hovel', 'bus', 'towel', 'light', 'truck', 'tower',
    'chandelier', 'awning', 'streetlight', 'booth', 'television receiver', 'airplane', 'dirt track',
    'apparel', 'pole', 'land', 'bannister', 'escalator', 'ottoman', 'bottle', 'buffet', 'poster',
    'stage', 'van', 'ship', 'fountain', 'conveyer belt', 'canopy', 'washer', 'plaything',
    'swimming pool', 'stool', 'barrel', 'basket', 'waterfall', 'tent', 'bag', 'minibike', 'cradle',
    'oven', 'ball', 'food', 'step', 'tank', 'trade name', 'microwave', 'pot', 'animal', 'bicycle',
    'lake', 'dishwasher', 'screen', 'blanket', 'sculpture', 'hood', 'sconce', 'vase', 'traffic light',
    'tray', 'ashcan', 'fan', 'pier', 'crt screen', 'plate', 'monitor', 'bulletin board', 'shower',
    'radiator', 'glass', 'clock', 'flag')


@DATASETS.register_module()
class ADE20K(LabelMapFolder):
    """Everything below a root: ``ADE_train_00000001.jpg`` with ``ADE_train_00000001.png``.

    ``_train_`` or ``_val_`` in the path says the split, ``.jpg`` is an image, ``.png`` its label map.

    The ids of the files are used as they are, 0 = other, k = the k-th of the 150 objects, because the
    released code does so: it means to move the unknown class behind the objects, but works on a
    copy, and the released weights were trained with what that leaves. Its 151st channel is object
    150, and 255 goes there as well.

    Args:
        data_root: the folder to search.
        split: ``train`` or ``val``.
        pipeline, indices, lazy_init: as of :class:`LabelMapFolder`.
    """

    METAINFO = dict(dataset_type='ade20k', num_classes=151, classes=('other', *OBJECTS))

    def __init__(self, data_root: str = 'data/ADEChallengeData2016', split: str = 'train',
                 pipeline: Sequence[dict | Callable] = (),
                 indices: int | Sequence[int] | None = None, lazy_init: bool = False) -> None:
        self.split = split
        super().__init__('', '', data_root=data_root, ignore_as_class=True, pipeline=pipeline,
                         indices=indices, lazy_init=lazy_init)

    def find_files(self) -> dict[str, list[Path]]:
        found = list_images(self.data_root, lambda path: f'_{self.split}_' in path.as_posix())
        return dict(image=[path for path in found if path.suffix.lower() == '.jpg'],
                    label=[path for path in found if path.suffix.lower() == '.png'])
