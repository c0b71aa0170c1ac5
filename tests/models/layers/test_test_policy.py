import pytest
import torch
from torch import nn

from ggtoolbox.models.layers.test_policy import test_policy as policy


@pytest.mark.parametrize('norm', [nn.BatchNorm2d(3), nn.InstanceNorm2d(3, track_running_stats=True)])
def test_batch_statistics_are_used_and_not_kept(norm):
    x = torch.randn(4, 3, 5, 5) * 3 + 2
    norm.running_mean.fill_(7.0)
    with policy([norm], 'batch', False):
        y = norm(x)
    torch.testing.assert_close(y.mean(), torch.tensor(0.0), atol=1e-5, rtol=0)
    assert norm.training and norm.track_running_stats and (norm.running_mean == 7).all()
    with policy([norm], 'running', False):
        torch.testing.assert_close(norm(x), (x - 7) / (1 + 1e-5) ** 0.5)


def test_modes_come_back_after_an_error():
    network = nn.Sequential(nn.BatchNorm2d(1), nn.Dropout())
    network[0].eval()
    with pytest.raises(ZeroDivisionError), policy([network], 'batch', True):
        assert network[0].training and network[1].training
        1 / 0  # noqa: B018
    assert not network[0].training and network[1].training and network.training
