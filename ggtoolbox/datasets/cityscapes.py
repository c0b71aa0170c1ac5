"""Cityscapes as it lies on disk."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ggtoolbox.registry import DATASETS

from .files import list_images
from .label_folder import LabelMapFolder
from .palette import CITYSCAPES_PALETTE


@DATASETS.register_module()
class Cityscapes(LabelMapFolder):
    """``leftImg8bit/{split}/<city>/`` with ``gtFine/{split}/<city>/*_labelIds.png`` and
    ``*_instanceIds.png``.

    Labels are the 34 raw ids (0..33), not train ids, in 35 channels, of which the last stays empty
    (released code). A sample's files share city and both numbers: ``aachen_000000_000019``.

    Args:
        data_root: the folder that holds ``leftImg8bit`` and ``gtFine``.
        split: ``train`` or ``val`` (which the released code tests on).
        instances: read the instance maps.
        pipeline, indices, lazy_init: as of :class:`LabelMapFolder`.
    """

    METAINFO = dict(
        dataset_type='cityscapes', num_classes=35, palette=CITYSCAPES_PALETTE,
        classes=('unlabeled', 'ego vehicle', 'rectification border', 'out of roi', 'static', 'dynamic',
                 'ground', 'road', 'sidewalk', 'parking', 'rail track', 'building', 'wall', 'fence',
                 'guard rail', 'bridge', 'tunnel', 'pole', 'polegroup', 'traffic light',
                 'traffic sign', 'vegetation', 'terrain', 'sky', 'person', 'rider', 'car', 'truck',
                 'bus', 'caravan', 'trailer', 'train', 'motorcycle', 'bicycle', 'license plate'))

    def __init__(self, data_root: str = 'data/cityscapes', split: str = 'train', instances: bool = True,
                 pipeline: Sequence[dict | Callable] = (),
                 indices: int | Sequence[int] | None = None, lazy_init: bool = False) -> None:
        annotations = f'gtFine/{split}'
        super().__init__(f'leftImg8bit/{split}', annotations, annotations if instances else None,
                         data_root, pipeline=pipeline, indices=indices, lazy_init=lazy_init)

    def find_files(self) -> dict[str, list[Path]]:
        endings = dict(image='', label='_labelIds', instance='_instanceIds')
        return {role: list_images(Path(self.data_root, folder),
                                  lambda path, ending=endings[role]: path.stem.endswith(ending))
                for role, folder in self.folders.items()}

    def pairing_keys(self, files: dict[str, list[Path]]) -> Callable[[Path], str]:
        return lambda path: '_'.join(path.stem.split('_')[:3])
