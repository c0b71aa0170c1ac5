"""A training that passes over files that cannot be read, as long as they are few."""
from __future__ import annotations

import logging
from typing import Any

import torch
from mmengine.logging import print_log
from torch.utils.data import Dataset

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS


@DATASETS.register_module()
class PassOverUnreadable(Dataset):
    """Another data set, whose sample i is the next readable one where i cannot be read.

    The replacement depends on i and on the files alone, so that a resumed run sees the same samples. What
    cannot be read is named once in the log. (No paper does this; it saves a night from one broken JPEG.)

    Args:
        dataset: the data set, or its config.
        most: how many samples may be unreadable before the next one ends the run. Workers count together,
            processes of a distributed run each for themselves.

    Raises:
        InputError: ``most`` below 1; when a sample is read: more than ``most`` cannot be.
    """

    def __init__(self, dataset: dict | Dataset, most: int) -> None:
        if not isinstance(most, int) or most < 1:
            raise InputError(f'PassOverUnreadable: most must be a positive number of samples, found {most!r}')
        self.dataset = DATASETS.build(dataset) if isinstance(dataset, dict) else dataset
        self.most = most
        # In shared memory: all workers of a loader see what each of them has met.
        self.unreadable = torch.zeros(len(self.dataset), dtype=torch.uint8).share_memory_()

    @property
    def metainfo(self) -> dict:
        """Of the data set within."""
        return self.dataset.metainfo

    def full_init(self) -> None:
        """As mmengine's data sets."""
        if hasattr(self.dataset, 'full_init'):
            self.dataset.full_init()

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> Any:
        length = len(self)
        for place in range(index, index + length):
            try:
                return self.dataset[place % length]
            except InputError as error:
                self._note(place % length, error)
        raise InputError('PassOverUnreadable: none of the samples can be read')

    def _note(self, index: int, error: InputError) -> None:
        if self.unreadable[index]:
            return
        self.unreadable[index] = 1
        count = int(self.unreadable.sum())
        if count > self.most:
            raise InputError(f'{error} (this makes {count} samples that cannot be read; at most {self.most} '
                             'are passed over)') from error
        print_log(f'passed over, {count} of at most {self.most}: {error}', 'current', logging.WARNING)
