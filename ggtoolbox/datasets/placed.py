"""Samples whose random augmentation is a function of the seed and of their place in the run.

What a transform draws from the global generators (Python's, NumPy's, PyTorch's) depends in other loaders on
what the same process drew before: on the number of workers, and on whether the run was killed. Here the
generators are seeded anew for each sample, from (seed, epoch, position in the epoch).
"""
from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from mmengine.dist import get_dist_info
from torch.utils.data import BatchSampler, DataLoader, Dataset, IterableDataset, Sampler, get_worker_info

from ggtoolbox.randomness import PrivateRandomness, seed_generators

TRAINING, VALIDATION, SAMPLER = 0, 1, 2  # the streams of a seed


class Place(NamedTuple):
    """Which sample, and when in the run.

    Attributes:
        index: in the data set.
        epoch: how often the sampler was begun before.
        position: in that epoch, counted over all processes: sample k of process r of n has k * n + r.
    """

    index: int
    epoch: int
    position: int


class PlacedDataset(Dataset):
    """A data set whose samples are drawn from ``(seed, stream, epoch, position)``.

    Args:
        dataset: map-style.
        seed: of the run, >= 0.
        stream: ``TRAINING`` or ``VALIDATION``, which then have nothing in common.
    """

    def __init__(self, dataset: Dataset, seed: int, stream: int = TRAINING) -> None:
        self.dataset, self.seed, self.stream = dataset, seed, stream

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, place: Place | int) -> Any:
        if not isinstance(place, Place):
            return self.dataset[place]
        words = (self.seed, self.stream, place.epoch, place.position)
        if get_worker_info() is not None:  # the process draws nothing else
            seed_generators(*words)
            return self.dataset[place.index]
        with PrivateRandomness(*words).drawn():
            return self.dataset[place.index]

    def __getattr__(self, name: str) -> Any:
        if name.startswith('__') or 'dataset' not in vars(self):
            raise AttributeError(name)
        return getattr(self.dataset, name)


class PlacedBatches(Sampler):
    """A batch sampler that gives :class:`Place` for each index, from any batch of any epoch on.

    Args:
        batches: PyTorch's batch sampler, or any with a ``sampler``; what they draw from the global
            generators is a function of (seed, epoch), too.
        seed: of the run.
    """

    def __init__(self, batches: BatchSampler, seed: int) -> None:
        self.batches, self.sampler, self.seed = batches, batches.sampler, seed
        self.batch_size, self.drop_last = batches.batch_size, getattr(batches, 'drop_last', False)
        self.epoch, self.first_batch = 0, 0

    def go_to(self, epoch: int, first_batch: int = 0) -> None:
        """Let the next iteration begin with this batch of this epoch; the one after it with the first."""
        self.epoch, self.first_batch = epoch, first_batch

    def set_epoch(self, epoch: int) -> None:
        """As mmengine's samplers."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[list[Place]]:
        epoch, first_batch, self.first_batch = self.epoch, self.first_batch, 0
        rank, processes = get_dist_info()
        if hasattr(self.sampler, 'set_epoch'):
            self.sampler.set_epoch(epoch)
        if hasattr(self.sampler, 'skip'):
            self.sampler.skip(0)  # an infinite sampler of mmengine goes on where it was left otherwise
        randomness, batches, count, number = PrivateRandomness(self.seed, SAMPLER, epoch), None, 0, 0
        while True:
            with randomness.drawn():
                batches = iter(self.batches) if batches is None else batches
                batch = next(batches, None)
            if batch is None:
                return
            if number >= first_batch:
                yield [Place(index, epoch, (count + k) * processes + rank) for k, index in enumerate(batch)]
            count, number = count + len(batch), number + 1


def placed_loader(loader: DataLoader, seed: int, stream: int = TRAINING) -> DataLoader:
    """``loader`` with :class:`PlacedDataset` and :class:`PlacedBatches`, and all else as it was.

    It draws nothing from the global generators of the process that reads it. A loader of an iterable data
    set, or without batches, has no places and comes back itself.
    """
    placed = isinstance(loader.batch_sampler, PlacedBatches)
    if placed or loader.batch_sampler is None or isinstance(loader.dataset, IterableDataset):
        return loader
    said = ('dataset', 'batch_size', 'shuffle', 'sampler', 'batch_sampler', 'drop_last', 'generator')
    rest = {name: getattr(loader, name) for name in inspect.signature(DataLoader).parameters
            if name not in said}
    return DataLoader(PlacedDataset(loader.dataset, seed, stream),
                      batch_sampler=PlacedBatches(loader.batch_sampler, seed),
                      generator=torch.Generator(), **rest)
