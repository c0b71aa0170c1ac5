import random

import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.image_pool import ImagePool


def images(*values):
    return torch.tensor(values, dtype=torch.float32).reshape(-1, 1, 1, 1)


def test_without_room_every_batch_comes_back_detached():
    batch = images(1, 2).requires_grad_()
    returned = ImagePool(0).exchange(batch)
    assert torch.equal(returned, batch) and not returned.requires_grad


def test_fills_first_then_exchanges_as_the_draws_say():
    pool = ImagePool(2)
    assert pool.exchange(images(1, 2).requires_grad_()).flatten().tolist() == [1, 2]
    random.seed(3)
    expected, stored = [], [1, 2]
    for value in range(3, 23):
        if random.uniform(0, 1) > 0.5:
            index = random.randint(0, 1)
            expected.append(stored[index])
            stored[index] = value
        else:
            expected.append(value)
    random.seed(3)
    returned = torch.cat([pool.exchange(images(value)) for value in range(3, 23)])
    assert returned.flatten().tolist() == expected
    assert torch.stack(pool.images).flatten().tolist() == stored
    assert set(expected) & {1, 2} and set(expected) - {1, 2}


def test_what_is_stored_does_not_change_with_the_batch():
    pool, batch = ImagePool(2), images(1, 2)
    pool.exchange(batch)
    batch.zero_()
    assert torch.stack(pool.images).flatten().tolist() == [1, 2]


def test_state_comes_back():
    pool, other = ImagePool(3), ImagePool(3)
    assert pool.state_dict() == {}
    pool.exchange(images(1, 2))
    other.load_state_dict(pool.state_dict())
    for values in ((3, 4), (5, 6), (7, 8)):
        random.seed(0)
        expected = pool.exchange(images(*values))
        random.seed(0)
        assert torch.equal(other.exchange(images(*values)), expected)
    other.load_state_dict({})
    assert other.images == []


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match='found -1'):
        ImagePool(-1)
    with pytest.raises(InputError, match='holds 2 images, expected at most 1'):
        ImagePool(1).load_state_dict(dict(images=images(1, 2)))
