import math

import pytest
import torch

from ggtoolbox.models.losses import UncertaintyPixelLoss


@pytest.mark.parametrize('plain, expected', [(True, (2 / 0.5 + math.log(0.5)) + 2),
                                             (False, 2 / 0.5 + math.log(0.5))])
def test_difference_over_uncertainty_plus_its_logarithm(plain, expected):
    prediction, target = torch.full((1, 3, 2, 2), 1.0), torch.full((1, 3, 2, 2), -1.0)
    loss = UncertaintyPixelLoss(weight=10.0, plain=plain)
    assert loss(prediction, target, torch.full((1, 1, 2, 2), 0.5)).item() == pytest.approx(10 * expected)


def test_one_map_serves_all_channels():
    torch.manual_seed(0)
    prediction, target, map_ = torch.rand(2, 3, 4, 4), torch.rand(2, 3, 4, 4), torch.rand(2, 1, 4, 4)
    loss = UncertaintyPixelLoss()
    torch.testing.assert_close(loss(prediction, target, map_),
                               loss(prediction, target, map_.repeat(1, 3, 1, 1)))


def test_its_minimum_is_where_uncertainty_equals_the_difference():
    map_ = torch.full((1, 1, 1, 1), 0.3, requires_grad=True)
    UncertaintyPixelLoss()(torch.full((1, 3, 1, 1), 0.3), torch.zeros(1, 3, 1, 1), map_).backward()
    assert map_.grad.item() == pytest.approx(0, abs=1e-6)
