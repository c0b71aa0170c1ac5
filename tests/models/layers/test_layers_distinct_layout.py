"""Gamma and beta by distinct neighbourhood equal those of the whole map, in every network that reads them."""
import copy

import pytest
import torch
from torch import nn

from ggtoolbox.models.layers.distinct_layout import DistinctLayout
from ggtoolbox.models.layers.guided_input import GuidedInput
from ggtoolbox.models.layers.layout import Layout
from ggtoolbox.models.layers.normalisation import InstanceNorm2d, normalised_alike
from ggtoolbox.models.layers.spade import SPADE, SPADEResidualBlock
from ggtoolbox.ops.neighbourhood_convolution import neighbourhoods_pay
from ggtoolbox.ops.normalise import normalise, normalise_reference
from ggtoolbox.registry import GENERATORS


@pytest.fixture
def distinct_everywhere(monkeypatch):
    """The rule says that it pays; a list of the sizes at which it was asked."""
    asked = []
    monkeypatch.setattr(DistinctLayout, 'pays', lambda self, channels: asked.append(channels) or True)
    return asked


def layouts(classes, batch, size, edge=True):
    """The same layout with ids, and without, which leaves the convolutions plain."""
    torch.manual_seed(0)
    height, width = size
    label = torch.randint(classes, (batch, height // 4 + 1, width // 4 + 1))
    label = label.repeat_interleave(4, 1).repeat_interleave(4, 2)[:, :height, :width]
    label[0, 1:3, 2] = 255
    given = dict(label=label, edge=(torch.rand(batch, 1, height, width) < 0.1).double() if edge else None)
    semantics = GuidedInput(0, classes, edge=edge)(**given, dtype=torch.float64)
    return Layout(semantics, label, classes), Layout(semantics)


def results(network, inputs, read):
    """What comes out, its gradients, and the buffers as they are afterwards."""
    network = copy.deepcopy(network)
    outputs = read(network, inputs)
    torch.manual_seed(1)
    total = sum((output * torch.randn(output.shape, dtype=output.dtype)).sum() for output in outputs)
    wanted = [*network.parameters(), *(value for value in inputs if value.requires_grad)]
    return [*outputs, *torch.autograd.grad(total, wanted, allow_unused=True),
            *(value for name, value in network.named_buffers())]


def assert_alike(found, expected, tolerance=1e-12):
    for one, other in zip(found, expected, strict=True):
        if one is not None or other is not None:
            torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize('classes, edge, batch, size, norm, kernel_size', [
    (3, True, 1, (16, 24), 'batch', 3), (40, False, 3, (9, 13), 'batch', 5),
    (200, True, 2, (8, 12), 'instance', 3), (5, True, 2, (7, 7), None, 1)])
def test_a_block_equals_the_plain_one(distinct_everywhere, classes, edge, batch, size, norm, kernel_size):
    torch.manual_seed(0)
    by_neighbourhood, plain = layouts(classes, batch, (16, 24), edge)
    block = SPADEResidualBlock(6, 4, classes + edge, norm, kernel_size, norm_hidden_channels=5).double()
    x = torch.randn(batch, 6, *size, dtype=torch.float64, requires_grad=True)
    found, expected = (results(block, [x], lambda network, inputs, layout=layout: [network(*inputs, layout)])
                       for layout in (by_neighbourhood, plain))
    assert len(distinct_everywhere) == 3
    assert_alike(found, expected)


@pytest.mark.parametrize('name', ['SPADEGenerator', 'DAGANGenerator', 'LGGANGenerator', 'SEANGenerator',
                                  'EdgeGANGenerator', 'PanopticGenerator', 'CCFPSEGenerator'])
def test_a_generator_equals_the_plain_one(distinct_everywhere, monkeypatch, name):
    torch.manual_seed(0)
    arguments, inputs = GENERATORS.get(name).example()
    network = GENERATORS.build(dict(type=name, **arguments)).double()
    inputs = {key: value.double() if value.is_floating_point() else value for key, value in inputs.items()}

    def read(network, _):
        torch.manual_seed(2)
        return [value for value in network(**inputs).values() if value.is_floating_point()]

    found = results(network, [], read)
    assert bool(distinct_everywhere) == (name != 'CCFPSEGenerator')  # which joins features to its layout
    monkeypatch.setattr('ggtoolbox.models.layers.layout.codes_of', lambda *_: None)
    assert_alike(found, results(network, [], read), 1e-10)


def test_layouts_of_which_neighbourhoods_cannot_be_told_stay_whole(distinct_everywhere):
    label, zeros = torch.zeros(1, 8, 8, dtype=torch.long), torch.zeros(1, 1, 8, 8)
    read = GuidedInput(0, 3, edge=True)
    assert Layout(read(label=label, edge=zeros), label, 3).distinct((8, 8), 3, 4) is not None
    assert Layout(read(label=label, edge=zeros + 0.5), label, 3).distinct((8, 8), 3, 4) is None
    assert Layout(read(label=label, edge=zeros)).distinct((8, 8), 3, 4) is None
    reflecting = SPADE(2, 4, padding_mode='reflect')
    distinct_everywhere.clear()
    reflecting(torch.randn(1, 2, 8, 8), Layout(read(label=label, edge=zeros), label, 3))
    assert not distinct_everywhere


def test_images_share_their_neighbourhoods_and_layers_share_a_size():
    label = torch.arange(32 * 32).view(1, 32, 32) // 7 % 5
    layout = Layout(GuidedInput(0, 5)(label=label.repeat(4, 1, 1)), label.repeat(4, 1, 1), 5)
    one = Layout(GuidedInput(0, 5)(label=label), label, 5)
    assert layout.distinct((32, 32), 3, 128) is layout.distinct((32, 32), 3, 128)
    assert (layout.distinct((32, 32), 3, 128).second.count == one.distinct((32, 32), 3, 128).second.count)


def test_the_rule_wants_few_distinct_ones_and_work_enough():
    assert neighbourhoods_pay(32768, 2000, 6000, 128)
    assert not neighbourhoods_pay(32768, 32768, 32768, 128)
    assert not neighbourhoods_pay(2048, 1300, 1900, 8)
    assert not neighbourhoods_pay(128, 10, 10, 128)


def test_under_autocast_it_is_as_near_as_the_plain_one(distinct_everywhere):
    torch.manual_seed(0)
    layer, x = SPADE(6, 4, hidden_channels=32), torch.randn(1, 6, 16, 24)
    label = torch.arange(16 * 24).view(1, 16, 24) // 5 % 4
    semantics = GuidedInput(0, 4)(label=label)
    exact = copy.deepcopy(layer).double()(x.double(), Layout(semantics.double()))
    with torch.autocast('cpu', torch.bfloat16):
        found, expected = layer(x, Layout(semantics, label, 4)), layer(x, Layout(semantics))
    assert distinct_everywhere == [32]
    assert found.dtype == expected.dtype
    for one in (found, expected):
        assert (one - exact).abs().max() < 0.02 * exact.abs().max()


@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last])
def test_normalising_equals_the_plain_formula_and_keeps_its_result_alone(layout):
    torch.manual_seed(0)
    x = (3 + torch.randn(2, 3, 4, 5, dtype=torch.float64)).contiguous(memory_format=layout).requires_grad_()
    grad, kept = torch.randn(2, 3, 4, 5, dtype=torch.float64), []
    with torch.autograd.graph.saved_tensors_hooks(lambda value: kept.append(value) or value, lambda v: v):
        found = normalise(x, 1e-5)
    assert found[0].is_contiguous(memory_format=layout)
    assert [tuple(value.shape) for value in kept] == [(2, 3, 4, 5), (3,)] and kept[0] is not x
    assert not found[1].requires_grad
    expected = normalise_reference(x, 1e-5)
    for fast, plain in zip((*found, *torch.autograd.grad(found[0], x, grad)),
                           (*expected, *torch.autograd.grad(expected[0], x, grad))):
        torch.testing.assert_close(fast, plain, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize('norms', [[nn.BatchNorm2d(3, affine=False)], [nn.BatchNorm2d(3, affine=False)] * 2,
                                   [nn.BatchNorm2d(3), nn.BatchNorm2d(3, affine=False)],
                                   [InstanceNorm2d(3)] * 2, [nn.Identity()]], ids=str)
def test_norms_of_one_input_are_as_each_by_itself(norms, training):
    torch.manual_seed(0)
    norms = [copy.deepcopy(norm).train(training).double() for norm in norms]
    for norm in norms:
        for value in norm.buffers():
            if value.is_floating_point():
                value.uniform_(0.5, 2)
    others, x = copy.deepcopy(norms), torch.randn(2, 3, 4, 5, dtype=torch.float64)
    for found, expected in zip(normalised_alike(x, norms), [norm(x) for norm in others]):
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    for norm, other in zip(norms, others):
        for found, expected in zip(norm.buffers(), other.buffers()):
            torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
