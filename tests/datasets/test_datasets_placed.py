"""What a sample draws depends on seed, epoch and position, and on nothing else."""
import random
from itertools import islice
from unittest import mock

import numpy as np
import pytest
import torch
from mmengine.dataset import DefaultSampler, InfiniteSampler
from torch.utils.data import BatchSampler, DataLoader, Dataset, IterableDataset, RandomSampler

from ggtoolbox.datasets.placed import VALIDATION, Place, PlacedBatches, PlacedDataset, placed_loader
from ggtoolbox.randomness import random_state, set_random_state


class Draws(Dataset):
    """Samples that say their index and what they drew, more of it the further on they lie."""

    metainfo = dict(classes=3)

    def __len__(self):
        return 10

    def __getitem__(self, index):
        for _ in range(index):
            random.random()
        return index, random.random(), np.random.rand(), torch.rand(1, dtype=torch.float64).item()


def draw():
    return random.random(), np.random.rand(), torch.rand(1).item()


def batches_of(loader, epoch=0, first=0):
    loader.batch_sampler.go_to(epoch, first)
    return [[column.tolist() for column in batch] for batch in loader]


def loader_of(workers=0, sampler=DefaultSampler, batch_size=2, **options):
    loader = DataLoader(Draws(), batch_size, sampler=sampler(Draws(), seed=5), num_workers=workers, **options)
    return placed_loader(loader, seed=3)


def test_the_number_of_workers_does_not_matter():
    first, second = batches_of(loader_of()), batches_of(loader_of(), epoch=1)
    assert first != second and sorted(index for batch in first for index in batch[0]) == list(range(10))
    for workers, persistent in ((1, False), (2, True)):
        loader = loader_of(workers, persistent_workers=persistent)
        assert batches_of(loader) == first
        assert batches_of(loader, epoch=1) == second
        assert batches_of(loader, first=3) == first[3:]  # as a run does that was killed
    assert batches_of(loader_of(), first=5) == []


def test_an_infinite_sampler_from_any_batch_on():
    def some(loader, first, count):
        loader.batch_sampler.go_to(0, first)
        return [[column.tolist() for column in batch] for batch in islice(loader, count)]

    loader = loader_of(sampler=InfiniteSampler)
    expected = some(loader, 0, 12)
    assert some(loader, 0, 12) == expected and some(loader, 7, 5) == expected[7:]
    assert some(loader_of(sampler=InfiniteSampler), 7, 5) == expected[7:]


def test_the_process_that_reads_draws_nothing():
    before = random_state()
    batches_of(loader_of())
    found = draw()
    set_random_state(before)
    assert found == draw()


def test_samplers_that_draw_from_the_global_generators():
    def build():
        return placed_loader(DataLoader(Draws(), 2, sampler=RandomSampler(Draws())), seed=3)

    first, state = batches_of(build()), random_state()
    torch.rand(3)
    assert batches_of(build()) == first and batches_of(build(), first=2) == first[2:]
    assert batches_of(build(), epoch=1) != first
    set_random_state(state)


def test_two_processes_read_the_samples_of_one_with_the_doubled_batch():
    one = [sorted(zip(*batch)) for batch in batches_of(loader_of(batch_size=4, drop_last=True))]
    halves = []
    for rank in (0, 1):
        with (mock.patch('ggtoolbox.datasets.placed.get_dist_info', return_value=(rank, 2)),
              mock.patch('mmengine.dataset.sampler.get_dist_info', return_value=(rank, 2))):
            halves.append(batches_of(loader_of(batch_size=2, drop_last=True)))
    assert [sorted([*zip(*first), *zip(*second)]) for first, second in zip(*halves)] == one and len(one) == 2


def test_places_count_all_processes():
    sampler = BatchSampler(range(4), 2, False)
    with mock.patch('ggtoolbox.datasets.placed.get_dist_info', return_value=(1, 3)):
        batches = PlacedBatches(sampler, seed=0)
        batches.go_to(2)
        assert list(batches) == [[Place(0, 2, 1), Place(1, 2, 4)], [Place(2, 2, 7), Place(3, 2, 10)]]
    assert len(batches) == 2 and batches.batch_size == 2


def test_all_else_is_the_data_sets():
    placed = PlacedDataset(Draws(), 3)
    assert placed.metainfo == dict(classes=3) and len(placed) == 10
    with pytest.raises(AttributeError):
        placed.no_such_thing  # noqa: B018
    place = Place(4, 0, 0)
    assert placed[4][0] == placed[place][0] == 4 and placed[place] == placed[place] != placed[4]
    assert PlacedDataset(Draws(), 3, VALIDATION)[place] != placed[place]
    assert PlacedDataset(Draws(), 4)[place] != placed[place]


def test_loaders_that_have_no_places_stay_as_they_are():
    class Stream(IterableDataset):
        def __iter__(self):
            return iter(range(4))

    loader = DataLoader(Stream(), 2)
    assert placed_loader(loader, 0) is loader
    placed = loader_of()
    assert placed_loader(placed, 9) is placed


def test_a_loader_keeps_its_settings():
    def collate(batch):
        return len(batch)

    loader = placed_loader(DataLoader(Draws(), 3, drop_last=True, collate_fn=collate, num_workers=1,
                                      prefetch_factor=4, persistent_workers=True), seed=0)
    assert loader.prefetch_factor == 4 and loader.persistent_workers and loader.num_workers == 1
    assert loader.collate_fn is collate and len(loader) == 3 and loader.batch_sampler.drop_last
