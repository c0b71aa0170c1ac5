"""Batches of two data sets in turn."""
from itertools import islice

import pytest
from torch.utils.data import ConcatDataset, DataLoader

from ggtoolbox.datasets.in_turn import InTurnSampler
from ggtoolbox.datasets.toyworld_domains import ToyWorldDomains
from ggtoolbox.datasets.toyworld_face import ToyWorldFace
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATA_SAMPLERS


def joined(*sizes):
    dataset = ConcatDataset([[0]] * len(sizes))
    dataset.datasets = [range(size) for size in sizes]
    return dataset


def blocks(sampler, count, size):
    taken = list(islice(iter(sampler), count * size))
    return [taken[start:start + size] for start in range(0, len(taken), size)]


def test_batches_take_turns_and_each_part_is_gone_through_by_itself():
    found = blocks(InTurnSampler(joined(5, 3), 4, seed=1), 10, 4)
    assert all((max(block) < 5) == (place % 2 == 0) for place, block in enumerate(found))
    first, second = (sum(found[side::2], []) for side in (0, 1))
    assert all(sorted(first[start:start + 5]) == list(range(5)) for start in range(0, 20, 5))
    assert all(sorted(second[start:start + 3]) == [5, 6, 7] for start in range(0, 18, 3))
    assert blocks(InTurnSampler(joined(5, 3), 4, seed=1), 10, 4) == found
    assert blocks(InTurnSampler(joined(5, 3), 4, seed=2), 10, 4) != found
    assert blocks(InTurnSampler(joined(2, 2), 2, shuffle=False), 3, 2) == [[0, 1], [2, 3], [0, 1]]
    again = InTurnSampler(joined(5, 3), 4, seed=1)
    again.skip(12)
    assert blocks(again, 7, 4) == found[3:]


def test_two_processes_share_a_turn(monkeypatch):
    shares = []
    for rank in (0, 1):
        monkeypatch.setattr('mmengine.dataset.sampler.get_dist_info', lambda rank=rank: (rank, 2))
        shares.append(blocks(InTurnSampler(joined(8, 8), 2, seed=0), 4, 2))
    for place, pair in enumerate(zip(*shares)):
        numbers = sum(pair, [])
        assert len({*numbers}) == 4 and all((number < 8) == (place % 2 == 0) for number in numbers)


def test_a_loader_yields_attributes_then_domains():
    pack = lambda field: [dict(type='PackTensors', keys=['source_image', field])]
    dataset = ConcatDataset([ToyWorldFace(size=16, length=6, pipeline=pack('attributes')),
                             ToyWorldDomains(size=16, length=50, pipeline=pack('domain'))])
    sampler = DATA_SAMPLERS.build(dict(type='InTurnSampler', dataset=dataset, batch_size=2))
    batches = list(islice(DataLoader(dataset, 2, sampler=sampler), 3))
    assert [batch.keys() & {'attributes', 'domain'} for batch in batches] == [
        {'attributes'}, {'domain'}, {'attributes'}]


@pytest.mark.parametrize('dataset', [joined(3), joined(3, 0), range(3)])
def test_what_has_no_turns_is_a_sentence(dataset):
    with pytest.raises(InputError, match='InTurnSampler: expected a ConcatDataset of two data sets or more'):
        InTurnSampler(dataset, 2)
