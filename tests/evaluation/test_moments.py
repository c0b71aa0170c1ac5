import numpy as np
import pytest

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.moments import BLOCK, Moments


def moments_of(rows):
    moments = Moments()
    for row in rows:
        moments.add(row)
    return moments


@pytest.mark.parametrize('count', [2, 7, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_equals_numpy(count):
    rows = np.random.default_rng(0).normal(3, 2, (count, 6))
    moments = moments_of(rows)
    np.testing.assert_allclose(moments.mean, rows.mean(0), rtol=1e-12)
    np.testing.assert_allclose(moments.covariance(), np.cov(rows, rowvar=False), rtol=1e-10, atol=1e-12)
    assert moments.count == count


def test_a_large_mean_costs_no_precision():
    rows = np.random.default_rng(0).normal(0, 1, (1000, 4))
    np.testing.assert_allclose(moments_of(rows + 1e6).covariance(), np.cov(rows, rowvar=False), rtol=1e-8)


@pytest.mark.parametrize('first, second', [(3, 4), (300, 1), (1, 700), (0, 5), (5, 0)])
def test_merged_parts_equal_the_whole(first, second):
    rows = np.random.default_rng(0).normal(3, 2, (first + second, 6))
    merged = moments_of(rows[:first])
    merged.merge(moments_of(rows[first:]))
    np.testing.assert_allclose(merged.covariance(), np.cov(rows, rowvar=False), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(merged.mean, rows.mean(0), rtol=1e-12)


def test_keeps_no_more_than_a_block_of_rows():
    moments = moments_of(np.ones((10 * BLOCK + 3, 2)))
    assert len(moments._waiting) == 3


def test_refuses_what_has_no_covariance():
    with pytest.raises(InputError, match='needs at least 2 images, found 1'):
        moments_of(np.ones((1, 3))).covariance()
    with pytest.raises(InputError, match='not finite'):
        moments_of([np.array([1.0, np.nan])])
    with pytest.raises(InputError, match='rows of 3 values, found \\(2,\\)'):
        moments_of([np.ones(3), np.ones(2)])
