import pytest
import torch

from ggtoolbox.models.layers.guided_input import GuidedInput
from ggtoolbox.models.layers.layout import Layout
from ggtoolbox.ops.one_hot_convolution import (
    look_up_pays,
    one_hot_convolution,
    one_hot_convolution_reference,
)


@pytest.mark.parametrize('kernel_size', [1, 3, 5])
def test_equals_the_plain_formula_forward_and_backward(kernel_size):
    torch.manual_seed(0)
    label = torch.randint(0, 9, (2, 7, 11))
    label[0, 2, 3:6], label[1, 0, 0] = 255, -1
    weight = torch.randn(6, 9, kernel_size, kernel_size, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(6, dtype=torch.float64, requires_grad=True)
    grad = torch.randn(2, 6, 7, 11, dtype=torch.float64)
    results = []
    for function in (one_hot_convolution, one_hot_convolution_reference):
        y = function(label, weight, bias)
        results.append((y, *torch.autograd.grad(y, (weight, bias), grad)))
    for fast, plain in zip(*results):
        torch.testing.assert_close(fast, plain, rtol=1e-12, atol=1e-12)


def test_compiles_and_exports():
    label, weight = torch.randint(0, 9, (1, 6, 6)), torch.randn(4, 9, 3, 3)
    expected = one_hot_convolution_reference(label, weight)
    compiled = torch.compile(one_hot_convolution, backend='eager', fullgraph=True)
    torch.testing.assert_close(compiled(label, weight), expected)

    class Network(torch.nn.Module):
        def forward(self, label):
            return one_hot_convolution(label, weight)

    exported = torch.export.export(Network(), (label,)).module()
    torch.testing.assert_close(exported(label), expected)


@pytest.mark.parametrize('classes', [5, 70])
@pytest.mark.parametrize('size', [(4, 3), (5, 7), (8, 6)])
def test_a_layout_convolves_alike_with_few_and_many_classes(classes, size):
    torch.manual_seed(0)
    label, edge = torch.randint(0, classes, (2, 8, 6)), torch.rand(2, 1, 8, 6)
    label[0, 1:4, 2] = 255
    convolution = torch.nn.Conv2d(classes + 1, 3, 3, padding=1)
    semantics = GuidedInput(0, classes, edge=True)(label=label, edge=edge)
    layout = Layout(semantics, label, classes)
    assert layout.looks_up == (classes == 70) == look_up_pays(label, classes)
    expected = convolution(Layout(semantics).at(size))
    torch.testing.assert_close(layout.convolve(convolution, size), expected)
