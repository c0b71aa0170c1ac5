import pytest
import torch

from ggtoolbox.apis.reading.batching import runs_of_one_shape


def rows(*shapes):
    for number, shape in enumerate(shapes):
        yield number, dict(image=torch.zeros(shape))


@pytest.mark.parametrize(('shapes', 'expected'), [
    ([(1,)] * 5, [[0, 1], [2, 3], [4]]),
    ([(1,), (2,), (2,), (2,), (1,)], [[0], [1, 2], [3], [4]]),
    ([], []),
])
def test_a_batch_has_one_shape_and_keeps_the_order(shapes, expected):
    runs = runs_of_one_shape(rows(*shapes), 2, lambda row: row[1])
    assert [[number for number, _ in run] for run in runs] == expected


def test_a_full_batch_does_not_wait_for_the_next_row():
    source = rows((1,), (1,), (1,))
    next(runs_of_one_shape(source, 2, lambda row: row[1]))
    assert next(source)[0] == 2
