"""Convolutions as products against PyTorch's, in double precision: values, gradients, gradients of those."""
import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.ops import tiny_map_convolution as module
from ggtoolbox.ops.tiny_map_convolution import (
    convolution_as_product,
    product_pays,
    transposed_convolution_as_product,
)

LAYOUTS = pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last])


def derivatives(y, inputs):
    """y, its gradients, and the gradients of their squares: what a gradient penalty needs."""
    torch.manual_seed(1)
    first = torch.autograd.grad(y, inputs, torch.randn(y.shape).to(y), create_graph=True)
    second = torch.autograd.grad(sum(g.square().sum() for g in first), inputs[:2])
    return y, *first, *second


def draw(*shapes, layout):
    torch.manual_seed(0)
    tensors = [torch.randn(shape, dtype=torch.float64) for shape in shapes]
    return [(t.to(memory_format=layout) if t.dim() == 4 else t).requires_grad_() for t in tensors]


def check_equal(found, expected, layout):
    for one, other in zip(found, expected):
        torch.testing.assert_close(one, other, rtol=1e-11, atol=1e-11)
    assert found[0].is_contiguous(memory_format=layout)


@LAYOUTS
@pytest.mark.parametrize('batch, kernel, stride, padding, dilation', [
    (2, (4, 4), (2, 2), (1, 1), (1, 1)), (1, (4, 4), (2, 2), (1, 1), (1, 1)),
    (2, (3, 2), (1, 2), (1, 0), (2, 1)), (1, (5, 4), (1, 1), (0, 0), (1, 1))])
def test_a_product_equals_the_convolution(layout, batch, kernel, stride, padding, dilation):
    x, weight, bias = inputs = draw((batch, 3, 5, 6), (4, 3, *kernel), (4,), layout=layout)
    results = [derivatives(function(x, weight, bias, stride, padding, dilation), inputs)
               for function in (convolution_as_product, F.conv2d)]
    check_equal(*results, layout)


@LAYOUTS
@pytest.mark.parametrize('batch, kernel, stride, padding, extra, dilation', [
    (2, (4, 4), (2, 2), (1, 1), (0, 0), (1, 1)), (1, (3, 3), (2, 2), (1, 1), (1, 1), (1, 1)),
    (1, (4, 2), (1, 2), (0, 1), (0, 1), (2, 1))])
def test_a_product_equals_the_transposed_convolution(layout, batch, kernel, stride, padding, extra, dilation):
    x, weight, bias = inputs = draw((batch, 3, 2, 3), (3, 4, *kernel), (4,), layout=layout)
    expected = F.conv_transpose2d(x, weight, bias, stride, padding, extra, 1, dilation)
    found = transposed_convolution_as_product(x, weight, bias, stride, padding, extra, dilation)
    check_equal(derivatives(found, inputs), derivatives(expected, inputs), layout)


def test_weights_are_not_copied():
    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        largest = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            out = function(*args, **(kwargs or {}))
            if function in (torch.ops.aten.clone.default, torch.ops.aten.copy_.default):
                self.largest = max(self.largest, out.numel())
            return out

    for layout in (torch.contiguous_format, torch.channels_last):
        x, weight, transposed = draw((1, 8, 2, 2), (16, 8, 4, 4), (8, 16, 4, 4), layout=layout)
        with Watch() as watch:
            convolution_as_product(x, weight, None, (2, 2), (1, 1), (1, 1))
            transposed_convolution_as_product(x, transposed, None, (2, 2), (1, 1), (0, 0), (1, 1))
        assert 0 < watch.largest < weight.numel()


def test_the_rule(monkeypatch):
    cpu, many = torch.device('cpu'), 2 ** 25
    assert product_pays(cpu, many, 64) and not product_pays(cpu, many, 65)
    assert product_pays(cpu, 2 ** 18, 4) and not product_pays(cpu, 2 ** 18 - 1, 4)
    assert not product_pays(torch.device('cuda'), many, 1)
    monkeypatch.setattr(module, 'is_recorded', lambda: True)
    assert not product_pays(cpu, many, 1)
