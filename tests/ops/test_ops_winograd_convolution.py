"""The fast 3 x 3 convolution against PyTorch's, in double precision, and the rule that chooses it."""
import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.ops import winograd_convolution as module
from ggtoolbox.ops.winograd_convolution import winograd_convolution, winograd_pays


def draw(*shapes, layout=torch.contiguous_format):
    torch.manual_seed(0)
    tensors = [torch.randn(shape, dtype=torch.float64) for shape in shapes]
    return [(t.to(memory_format=layout) if t.dim() == 4 else t).requires_grad_() for t in tensors]


def results(function, inputs):
    y = function()
    torch.manual_seed(1)
    return y, *torch.autograd.grad(y, inputs, torch.randn_like(y))


@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize('tiles_at_once', [1024, 12, 7, 1])
@pytest.mark.parametrize('size, padding', [((3, 5, 6, 8), 1), ((2, 3, 4, 10), 0), ((1, 2, 2, 2), 2)])
def test_equals_the_plain_convolution(size, padding, tiles_at_once, layout, monkeypatch):
    monkeypatch.setattr(module, 'TILES_AT_ONCE', tiles_at_once)
    x, weight, bias = inputs = draw(size, (4, size[1], 3, 3), (4,), layout=layout)
    expected = results(lambda: F.conv2d(x, weight, bias, padding=padding), inputs)
    found = results(lambda: winograd_convolution(x, weight, bias, padding), inputs)
    for one, other in zip(found, expected):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)
    for one, like in zip(found[:3], (expected[0], x, weight)):
        assert one.is_contiguous(memory_format=layout) and one.shape == like.shape


def test_computes_only_the_gradients_that_are_wanted():
    x, weight, bias = draw((1, 3, 4, 4), (4, 3, 3, 3), (4,))
    for wanted in (x, weight, bias):
        inputs = [t if t is wanted else t.detach() for t in (x, weight, bias)]
        found, = torch.autograd.grad(winograd_convolution(*inputs, 1).square().sum(), wanted)
        expected, = torch.autograd.grad(F.conv2d(*inputs, padding=1).square().sum(), wanted)
        torch.testing.assert_close(found, expected)


def test_its_gradient_can_be_differentiated():
    x, weight = draw((1, 3, 4, 4), (4, 3, 3, 3))
    penalties = []
    for y in (winograd_convolution(x, weight, None, 1), F.conv2d(x, weight, padding=1)):
        slope, = torch.autograd.grad(y.square().sum(), x, create_graph=True)
        penalties.append(torch.autograd.grad(slope.square().sum(), (x, weight)))
    for found, expected in zip(*penalties):
        torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-11)


def test_rounds_as_the_plain_convolution_does():
    torch.manual_seed(0)
    x, weight = torch.randn(1, 256, 16, 16), torch.randn(256, 256, 3, 3)
    exact = F.conv2d(x.double(), weight.double(), padding=1)
    errors = [(y - exact).abs().max().item() for y in (winograd_convolution(x, weight, None, 1),
                                                       F.conv2d(x, weight, padding=1))]
    assert errors[0] < 3 * errors[1]


def test_the_rule(monkeypatch):
    x, weight = torch.empty(1, 256, 32, 32), torch.empty(256, 256, 3, 3)
    assert winograd_pays(x, weight, 1) and winograd_pays(x, weight, 0)
    assert winograd_pays(torch.empty(2, 256, 16, 16), weight, 1)
    assert not winograd_pays(torch.empty(1, 256, 16, 16), weight, 1)    # few tiles
    assert not winograd_pays(torch.empty(1, 256, 33, 32), weight, 1)    # an odd side
    assert not winograd_pays(torch.empty(1, 128, 32, 32), torch.empty(128, 128, 3, 3), 1)
    assert not winograd_pays(torch.empty(1, 256, 32, 32), torch.empty(3, 256, 3, 3), 1)
    assert not winograd_pays(x, torch.empty(256, 256, 4, 4), 1)
    assert not winograd_pays(x.double(), weight.double(), 1)
    assert not winograd_pays(x.to('meta'), weight.to('meta'), 1)
    with torch.autocast('cpu', torch.bfloat16):
        assert not winograd_pays(x, weight, 1)
    monkeypatch.setattr(module, 'is_recorded', lambda: True)
    assert not winograd_pays(x, weight, 1)
