import pytest
import torch

from ggtoolbox.ops.modulation import modulate, modulate_reference
from ggtoolbox.ops.neighbourhood_convolution import (
    neighbourhood_convolution,
    neighbourhood_convolution_reference,
)
from ggtoolbox.ops.neighbourhoods import Groups, Neighbourhoods, numbered


def blocks(classes, batch, height, width, seed=0):
    """Class ids in blocks of 3 x 4 pixels, with a few pixels of their own."""
    torch.manual_seed(seed)
    coarse = torch.randint(classes, (batch, height // 3 + 1, width // 4 + 1))
    ids = coarse.repeat_interleave(3, 1).repeat_interleave(4, 2)[:, :height, :width].contiguous()
    return torch.where(torch.rand(ids.shape) < 0.05, torch.randint(classes, ids.shape), ids)


@pytest.mark.parametrize('kernel_size', [1, 3, 5])
def test_neighbourhoods_are_those_around_the_pixels(kernel_size):
    ids, radius = blocks(4, 2, 7, 11), kernel_size // 2
    found = Neighbourhoods(ids, 4, kernel_size)
    padded = torch.nn.functional.pad(ids, [radius] * 4, value=4)
    windows = padded.unfold(1, kernel_size, 1).unfold(2, kernel_size, 1).flatten(3)
    assert torch.equal(found.members[found.ids], windows)
    assert found.count == len(windows.flatten(0, 2).unique(dim=0)) == len(found.members)


def test_many_integers_in_large_neighbourhoods_are_told_apart():
    ids = torch.arange(2 * 40 * 40).view(2, 40, 40)
    assert Neighbourhoods(ids, 3200, 7).count == 3200
    ids[1] = ids[0]
    assert Neighbourhoods(ids, 3200, 7).count == 1600


def test_sums_of_groups_long_short_and_empty():
    torch.manual_seed(0)
    ids = torch.cat([torch.full((1500,), 3), torch.randint(0, 9, (200,))])
    ids[ids == 5], rows = 8, torch.randn(1700, 2, dtype=torch.float64)
    expected = torch.zeros(8, 2, dtype=torch.float64).index_add_(0, ids[ids < 8], rows[ids < 8])
    torch.testing.assert_close(Groups(ids, 8).sum(rows), expected, rtol=1e-12, atol=1e-12)
    none = Groups(torch.full((7,), 8), 8).sum(rows)
    assert torch.equal(none, torch.zeros_like(none))


@pytest.mark.parametrize('kernel_size', [1, 3, 5])
@pytest.mark.parametrize('batch, height, width', [(1, 9, 13), (3, 8, 5), (1, 1, 2)])
def test_two_convolutions_and_modulation_equal_the_plain_formula(kernel_size, batch, height, width,
                                                                 monkeypatch):
    monkeypatch.setattr('ggtoolbox.ops.neighbourhood_convolution._PRODUCT_BYTES', 1)
    monkeypatch.setattr('ggtoolbox.ops.neighbourhood_convolution._CHANNELS_AT_ONCE', 4)
    monkeypatch.setattr('ggtoolbox.ops.modulation._ROW_BYTES', 1000)
    torch.manual_seed(1)
    ids, count = numbered(blocks(6, batch, height, width))

    def drawn(*shape):
        return torch.randn(shape, dtype=torch.float64, requires_grad=True)

    x, rows = drawn(batch, 3, height, width), drawn(count, 5)
    weights = drawn(7, 5, kernel_size, kernel_size), drawn(6, 7, kernel_size, kernel_size)
    biases, grad = (drawn(7), drawn(6)), torch.randn(batch, 3, height, width, dtype=torch.float64)
    first = Neighbourhoods(ids, count, kernel_size)
    second = Neighbourhoods(first.ids, first.count, kernel_size)
    for slope in (None, 0.2):
        hidden = torch.relu(neighbourhood_convolution(rows, first, weights[0], biases[0]))
        table = neighbourhood_convolution(hidden, second, weights[1], biases[1])
        y = modulate(x, table, second.ids, Groups(second.ids.flatten(), second.count), slope)

        hidden = neighbourhood_convolution_reference(rows, ids, weights[0], biases[0]).relu()
        maps = torch.nn.functional.conv2d(hidden, weights[1], biases[1], padding=kernel_size // 2)
        scale, shift = maps.chunk(2, dim=1)
        expected = x * scale + shift
        if slope is not None:
            expected = torch.nn.functional.leaky_relu(expected, slope)
        torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(modulate_reference(x, table, second.ids, slope), expected)
        given = (x, rows, *weights, *biases)
        gradients = (torch.autograd.grad(result, given, grad) for result in (y, expected))
        for fast, plain in zip(*gradients):
            torch.testing.assert_close(fast, plain, rtol=1e-12, atol=1e-12)
