import numpy as np
import pytest
from stubs import ColourNetwork, evaluate, samples

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.frd import discrete_frechet
from ggtoolbox.registry import METRICS


def by_recursion(u, v):
    costs = np.full((len(u), len(v)), np.inf)
    for i in range(len(u)):
        for j in range(len(v)):
            reached = [costs[a, b] for a, b in ((i - 1, j), (i - 1, j - 1), (i, j - 1)) if a >= 0 and b >= 0]
            costs[i, j] = max(min(reached, default=0), abs(u[i] - v[j]))
    return costs[-1, -1]


@pytest.mark.parametrize('lengths', [(7, 7), (3, 9), (9, 3), (1, 4), (5, 1), (1, 1)])
def test_equals_the_recursion(lengths):
    random = np.random.default_rng(0)
    first, second = (random.normal(size=(4, length)) for length in lengths)
    np.testing.assert_allclose(discrete_frechet(first, second), list(map(by_recursion, first, second)))


def test_the_script_counts_two_entries_more():
    values = evaluate(METRICS.build(dict(type='FRD', feature_network=ColourNetwork())), samples(6))
    assert values['FRD_ColourNetwork'] > 0
    assert values['FRD_ColourNetwork_script'] == pytest.approx(values['FRD_ColourNetwork'] * 6 / 8)


def test_sizes_must_agree():
    first, second = samples(1)[0], samples(1, size=(16, 16))[0]
    with pytest.raises(InputError, match="FRD_ColourNetwork: the sample '0' is 20 x 24 pixels, expected 16"):
        evaluate(METRICS.build(dict(type='FRD', feature_network=ColourNetwork())),
                 [dict(first, target_image=second['target_image'])])
