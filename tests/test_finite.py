import math

import pytest
import torch

from ggtoolbox.finite import all_finite, listed, named_tensors, not_finite


@pytest.mark.parametrize('value', [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize('kind', [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_one_number_among_many(value, kind):
    tensors = [torch.zeros(0), torch.arange(3), torch.full((9,), 3e38), None, torch.ones(5, 5, dtype=kind)]
    assert all_finite(tensors)  # though the sum of 9 times 3e38 is not
    tensors[-1][2, 3] = value
    assert not all_finite(tensors)
    tensors[-1][0, 0] = -value  # opposite infinities do not make up for each other
    assert not all_finite(tensors) and all_finite([]) and all_finite([None])


def test_names_of_what_is_nested():
    bad = torch.tensor([1.0, math.nan])
    named = dict(named_tensors(dict(a=torch.ones(2), b=[dict(c=bad), (bad, 3)], d='text')))
    assert not_finite(named) == ['b.0.c', 'b.1.0'] and not_finite(dict(a=torch.ones(2), b=None)) == []
    assert listed(['a', 'b', 'c', 'd', 'e']) == 'a, b, c and 2 more' and listed(['a']) == 'a'
