"""CMP Facades as the released code expects them on disk."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from ggtoolbox.registry import DATASETS

from .label_folder import LabelMapFolder


@DATASETS.register_module()
class Facades(LabelMapFolder):
    """``{split}_img/`` with ``{split}_label/``: 12 classes from 1, and 0 for none of them.

    Args:
        data_root: the folder that holds both.
        split: ``train`` or ``val``.
        pipeline, indices, lazy_init: as of :class:`LabelMapFolder`.
    """

    METAINFO = dict(
        dataset_type='facades', num_classes=13,
        classes=('unknown', 'background', 'facade', 'window', 'door', 'cornice', 'sill', 'balcony',
                 'blind', 'deco', 'molding', 'pillar', 'shop'))

    def __init__(self, data_root: str = 'data/facades', split: str = 'train',
                 pipeline: Sequence[dict | Callable] = (),
                 indices: int | Sequence[int] | None = None, lazy_init: bool = False) -> None:
        super().__init__(f'{split}_img', f'{split}_label', data_root=data_root, pipeline=pipeline,
                         indices=indices, lazy_init=lazy_init)
