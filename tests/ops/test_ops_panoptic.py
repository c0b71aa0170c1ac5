"""Panoptic aware convolution and alignment against their formulas, pixel by pixel."""
import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.ops import panoptic_convolution as module
from ggtoolbox.ops.panoptic_alignment import align, panoptic_alignment
from ggtoolbox.ops.panoptic_convolution import (
    EqualNeighbours,
    panoptic_convolution,
    panoptic_convolution_reference,
)
from ggtoolbox.ops.partial_convolution import partial_convolution


def make(size=(2, 3, 7, 9), kernel_size=3, identities=4, block=2, dtype=torch.float64):
    torch.manual_seed(0)
    batch, channels, height, width = size
    coarse = torch.randint(0, identities, (batch, -(-height // block), -(-width // block)))
    panoptic = coarse.repeat_interleave(block, 1).repeat_interleave(block, 2)[:, :height, :width]
    x = torch.randn(size, dtype=dtype, requires_grad=True)
    weight = torch.randn(5, channels, kernel_size, kernel_size, dtype=dtype, requires_grad=True)
    return x, panoptic, weight, torch.randn(5, dtype=dtype, requires_grad=True)


@pytest.mark.parametrize('kernel_size', [3, 5])
def test_the_reference_is_its_equation(kernel_size):
    x, panoptic, weight, bias = make(kernel_size=kernel_size)
    found, half = panoptic_convolution_reference(x, panoptic, weight, bias), kernel_size // 2
    for sample in range(2):
        for row in range(7):
            for column in range(9):
                total, count = torch.zeros(5, dtype=torch.float64), 0
                for i in range(-half, half + 1):
                    for j in range(-half, half + 1):
                        y, z = row + i, column + j
                        inside = 0 <= y < 7 and 0 <= z < 9
                        if inside and panoptic[sample, y, z] == panoptic[sample, row, column]:
                            total = total + weight[:, :, i + half, j + half] @ x[sample, :, y, z]
                            count += 1
                expected = total * kernel_size ** 2 / count + bias
                torch.testing.assert_close(found[sample, :, row, column], expected)


@pytest.mark.parametrize('form', ['boundaries', 'windows', 'recorded'])
@pytest.mark.parametrize('identities, block', [(4, 2), (1, 2), (50, 1)])
@pytest.mark.parametrize('kernel_size', [1, 3, 5])
def test_the_fast_forms_equal_the_reference(kernel_size, identities, block, form, monkeypatch):
    x, panoptic, weight, bias = make(kernel_size=kernel_size, identities=identities, block=block)
    monkeypatch.setattr(module, 'is_recorded', lambda: form == 'recorded')
    monkeypatch.setattr(module, 'MOST_AT_BOUNDARIES', 1.0 if form == 'boundaries' else -1.0)
    results = []
    for y in (panoptic_convolution(x, weight, bias, EqualNeighbours.of(panoptic, kernel_size)),
              panoptic_convolution_reference(x, panoptic, weight, bias)):
        torch.manual_seed(1)
        results.append((y, *torch.autograd.grad(y, (x, weight, bias), torch.randn(y.shape).to(y))))
    for found, expected in zip(*results):
        torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-10)


def test_one_identity_is_the_plain_convolution_inside_and_partial_at_the_border():
    x, panoptic, weight, bias = make(identities=1)
    found = panoptic_convolution(x, weight, bias, EqualNeighbours.of(panoptic, 3))
    plain = F.conv2d(x, weight, padding=1) + bias.view(-1, 1, 1)
    assert torch.equal(found[..., 1:-1, 1:-1], plain[..., 1:-1, 1:-1])
    torch.testing.assert_close(found, partial_convolution(x, weight, bias, padding=1)[0])


def test_identity_zero_is_not_the_border():
    x, panoptic, weight, _ = make()
    shifted = panoptic_convolution_reference(x, panoptic + 33_999_000_000, weight)
    assert torch.equal(panoptic_convolution_reference(x, panoptic, weight), shifted)


@pytest.mark.parametrize('scale', [2, 3])
@pytest.mark.parametrize('window', ['lower_right', 'nearest'])
def test_alignment_takes_the_first_of_four(window, scale):
    torch.manual_seed(0)
    low, high = torch.randint(0, 3, (2, 4, 5)), torch.randint(0, 4, (2, 4 * scale, 5 * scale))
    features = torch.randn(2, 3, 4, 5)
    alignment = panoptic_alignment(low, high, window)
    found = align(features, alignment)
    for sample in range(2):
        for i in range(4 * scale):
            for j in range(5 * scale):
                down, right = (1 if window == 'lower_right' or p % scale * 2 >= scale - 1 else -1
                               for p in (i, j))
                places = [(i // scale + a * down, j // scale + b * right) for a in (0, 1) for b in (0, 1)]
                fitting = [(y, x) for y, x in places if 0 <= y < 4 and 0 <= x < 5
                           and low[sample, y, x] == high[sample, i, j]]
                assert alignment.found[sample, 0, i, j] == bool(fitting)
                expected = features[sample, :, fitting[0][0], fitting[0][1]] if fitting else torch.zeros(3)
                assert torch.equal(found[sample, :, i, j], expected)


def test_what_does_not_fit_is_named():
    with pytest.raises(InputError, match='kernel_size must be odd, found 2'):
        EqualNeighbours.of(torch.zeros(1, 4, 4).long(), 2)
    with pytest.raises(InputError, match=r'high resolution \(7, 8\) must be a whole multiple'):
        panoptic_alignment(torch.zeros(1, 4, 4), torch.zeros(1, 7, 8))
    with pytest.raises(InputError, match="window: expected one of .*, found 'middle'"):
        panoptic_alignment(torch.zeros(1, 4, 4), torch.zeros(1, 8, 8), 'middle')
