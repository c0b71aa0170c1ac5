import numpy as np
import pytest
from stubs import ColourNetwork, evaluate, samples

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.kid import kernel_distances, squared_discrepancy
from ggtoolbox.registry import METRICS


def test_the_estimate_term_by_term():
    first, second = np.random.default_rng(0).normal(size=(2, 4, 3))
    kernel = lambda x, y: (x @ y / 3 + 1) ** 3
    within = [np.mean([kernel(rows[i], rows[j]) for i in range(4) for j in range(4) if i != j])
              for rows in (first, second)]
    between = np.mean([kernel(x, y) for x in first for y in second])
    assert squared_discrepancy(first, second) == pytest.approx(sum(within) - 2 * between)


def test_is_unbiased_and_grows_with_the_shift():
    random = np.random.default_rng(0)
    real = random.normal(size=(600, 4))
    same, shifted = (kernel_distances(random.normal(size=(600, 4)) + shift, real, 20, 200).mean()
                     for shift in (0, 0.5))
    assert abs(same) < 0.02 < shifted


def test_subsets_are_drawn_the_same_each_time():
    rows = np.random.default_rng(0).normal(size=(2, 50, 4))
    assert np.array_equal(kernel_distances(*rows, 3, 20), kernel_distances(*rows, 3, 20))


def test_fewer_images_than_a_subset():
    metric = METRICS.build(dict(type='KID', feature_network=ColourNetwork(), subsets=2))
    values = evaluate(metric, samples(5))
    assert values['KID_ColourNetwork_std'] == pytest.approx(0, abs=1e-12)  # both subsets are everything
    assert metric.counts == dict.fromkeys(values, 5)
    with pytest.raises(InputError, match='at least 2 generated images, found 1'):
        evaluate(metric, samples(1))
