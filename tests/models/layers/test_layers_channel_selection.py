import torch
from torch import nn

from ggtoolbox.models.layers.channel_selection import ChannelSelection


def test_gamma_starts_from_zero_where_nothing_is_added():
    x = torch.randn(2, 4, 3, 5)
    torch.testing.assert_close(ChannelSelection()(x), x)


def test_a_channel_attends_to_the_one_it_is_least_like():
    """Two equal channels and one orthogonal to them, all of them long."""
    x = 10 * torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]).reshape(1, 3, 1, 2)
    selection = ChannelSelection()
    nn.init.constant_(selection.gamma, 2.0)
    added = (selection(x) - x)[0, :, 0] / 2
    mean = (x[0, 0, 0] + x[0, 1, 0]) / 2
    torch.testing.assert_close(added, torch.stack([x[0, 2, 0], x[0, 2, 0], mean]))


def test_by_the_papers_reading_to_the_one_it_is_most_like():
    x = 10 * torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]).reshape(1, 3, 1, 2)
    selection = ChannelSelection(most_alike=True)
    nn.init.constant_(selection.gamma, 1.0)
    torch.testing.assert_close(selection(x), 2 * x)


def test_convolve_is_the_selection_and_then_the_convolution():
    torch.manual_seed(0)
    x, convolution, selection = torch.randn(2, 4, 6, 5), nn.Conv2d(8, 3, 3, padding=1), ChannelSelection()
    nn.init.constant_(selection.gamma, 0.5)

    def expand(y):
        return y, y.square()

    expected = convolution(selection(torch.cat(expand(x), dim=1)))
    torch.testing.assert_close(selection.convolve(x, convolution, expand), expected)
