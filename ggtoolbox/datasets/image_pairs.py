"""What data sets of listed pairs of pictures share."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmengine.dataset import BaseDataset

from ggtoolbox.errors import InputError

from .files import flat_name
from .pipeline import build_pipeline


class ImagePairs(BaseDataset):
    """Pairs of pictures, each once an epoch, or so many drawn with equal chances.

    A subclass lists them, as dicts with the names ``source`` and ``target``, and reads one in
    ``prepare_data``, which begins with :meth:`begin_sample`.

    Args:
        samples_per_epoch: how many are drawn; None: each once.
        data_root, pipeline, indices, lazy_init, metainfo: of mmengine's ``BaseDataset``.

    Raises:
        InputError: ``samples_per_epoch`` is not positive.
    """

    def __init__(self, data_root: str, samples_per_epoch: int | None, pipeline: Sequence[dict | Callable],
                 indices: int | Sequence[int] | None, lazy_init: bool, metainfo: dict | None = None) -> None:
        if samples_per_epoch is not None and samples_per_epoch < 1:
            raise InputError(f'{type(self).__name__}: samples_per_epoch must be positive, found '
                             f'{samples_per_epoch}')
        self.samples_per_epoch = samples_per_epoch
        super().__init__(metainfo=metainfo, data_root=data_root, data_prefix={},
                         pipeline=build_pipeline(pipeline).transforms, indices=indices, lazy_init=lazy_init)

    def __len__(self) -> int:
        return self.samples_per_epoch or super().__len__()

    def begin_sample(self, idx: int, folder: str) -> tuple[dict, dict]:
        """Pair ``idx`` (or a random one), and what a sample of it says before anything is read: ``name``
        (``<source>___<target>``), ``image_path`` of the target in ``folder``, ``sample_idx``."""
        if self.samples_per_epoch is not None:
            idx = np.random.randint(super().__len__())
        pair = self.get_data_info(idx)
        names = (flat_name(Path(pair[role]).with_suffix(''), Path()) for role in ('source', 'target'))
        return pair, dict(name='___'.join(names),
                          image_path=str(Path(self.data_root, folder, pair['target'])),
                          sample_idx=pair['sample_idx'])
