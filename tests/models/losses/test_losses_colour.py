import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.losses.colour import ColourLoss
from ggtoolbox.models.losses.pixel import L1Loss, L2Loss


def test_each_channel_has_its_own_mean():
    image = torch.zeros(1, 3, 1, 2)
    target = torch.tensor([[[[1.0, 0.0]], [[2.0, -4.0]], [[0.0, 0.0]]]])
    assert ColourLoss(10.0)(image, target).item() == pytest.approx(10 * (1 / 2 + 6 / 2 + 0))
    assert ColourLoss(10.0, power=2)(image, target).item() == pytest.approx(10 * (1 / 2 + 20 / 2 + 0))


@pytest.mark.parametrize('power, plain', [(1, L1Loss), (2, L2Loss)])
def test_it_is_the_plain_loss_times_the_number_of_channels(power, plain):
    torch.manual_seed(0)
    image, target = torch.randn(2, 3, 4, 5, requires_grad=True), torch.randn(2, 3, 4, 5)
    found, expected = ColourLoss(2.0, power)(image, target), 3 * plain(2.0)(image, target)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(*(torch.autograd.grad(value, image)[0] for value in (found, expected)))


def test_other_powers_are_refused():
    with pytest.raises(InputError, match='power must be 1 or 2, found 3'):
        ColourLoss(power=3)
