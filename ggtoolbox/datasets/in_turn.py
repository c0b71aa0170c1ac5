"""Batches of several data sets in turn."""
from __future__ import annotations

from collections.abc import Iterator

import torch
from mmengine.dataset import ConcatDataset, InfiniteSampler

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATA_SAMPLERS


@DATA_SAMPLERS.register_module()
class InTurnSampler(InfiniteSampler):
    """A batch of the first data set, one of the second, and so on, without an end: StarGAN's joint training.

    Each data set has permutations of its own, so that a small one is gone through more often.

    Args:
        dataset: a ``ConcatDataset``.
        batch_size: of the loader.
        shuffle: go through each data set in random order.
        seed: of the orders; None draws one.

    Raises:
        InputError: it is no ``ConcatDataset``, or one with an empty part.
    """

    def __init__(self, dataset: ConcatDataset, batch_size: int, shuffle: bool = True,
                 seed: int | None = None) -> None:
        sizes = [len(part) for part in getattr(dataset, 'datasets', ())]
        if len(sizes) < 2 or not all(sizes) or batch_size < 1:
            raise InputError('InTurnSampler: expected a ConcatDataset of two data sets or more, none of them '
                             f'empty, and a batch_size from 1 on, found {type(dataset).__name__} of sizes '
                             f'{sizes} and batch_size={batch_size}')
        self.sizes, self.batch_size = sizes, batch_size
        super().__init__(dataset, shuffle, seed)

    def _infinite_indices(self) -> Iterator[int]:
        """Blocks of as many numbers as all processes take at a time."""
        starts = [sum(self.sizes[:place]) for place in range(len(self.sizes))]
        parts = [self._of(place) for place in range(len(self.sizes))]
        while True:
            for start, part in zip(starts, parts):
                for _ in range(self.batch_size * self.world_size):
                    yield start + next(part)

    def _of(self, place: int) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed + place)
        while True:
            numbers = torch.randperm(self.sizes[place], generator=generator) if self.shuffle \
                else torch.arange(self.sizes[place])
            yield from numbers.tolist()
