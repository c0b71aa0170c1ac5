"""The class-sorted convolution against N masked ones."""
import functools

import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.ops import class_convolution_operator as operator
from ggtoolbox.ops.class_convolution import class_convolution, class_convolution_reference


def inputs(batch=2, channels=5, size=(9, 11), classes=4, kernel_size=7, dtype=torch.float64, label=None,
           out_channels=3):
    generator = torch.Generator().manual_seed(0)

    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=dtype).requires_grad_()

    if label is None:
        label = torch.randint(-1, classes + 1, (batch, *size), generator=generator)
    return (draw(batch, channels, *size), label,
            draw(classes, out_channels, channels, kernel_size, kernel_size), draw(classes, out_channels))


def results(function, features, label, weight, bias):
    """Output and the gradients of features, weight and bias under an arbitrary gradient."""
    y = function(features, label, weight, bias)
    grad = torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view_as(y).sin() + y.detach()
    return (y, *torch.autograd.grad(y, (features, weight, bias), grad))


def assert_equal_to_the_formula(*args):
    """Output and gradients, to rounding: so many units in the last place of the largest value."""
    for found, expected in zip(results(class_convolution, *args),
                               results(class_convolution_reference, *args)):
        rounding = 20 * torch.finfo(expected.dtype).eps * expected.detach().abs().max().item()
        torch.testing.assert_close(found, expected, rtol=0, atol=rounding)


@pytest.mark.parametrize('kernel_size', [1, 3, 5, 7])
@pytest.mark.parametrize('size', [(9, 11), (4, 4), (4, 17)])
def test_equals_masked_convolutions_for_any_odd_kernel(kernel_size, size):
    assert_equal_to_the_formula(*inputs(kernel_size=kernel_size, size=size))


@pytest.mark.parametrize('classes', [1, 8, 11])
def test_the_form_that_is_exported_equals_masked_convolutions(classes):
    args = inputs(classes=classes)
    for found, expected in zip(results(functools.partial(class_convolution, implementation='grouped'), *args),
                               results(class_convolution_reference, *args)):
        torch.testing.assert_close(found, expected)


def test_in_single_precision_and_more_places_than_a_chunk(monkeypatch):
    monkeypatch.setitem(operator.CHUNK, 'cpu', 50)
    assert_equal_to_the_formula(*inputs(dtype=torch.float32))


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
def test_narrow_types_sum_in_single_precision(dtype):
    features, label, weight, bias = inputs(dtype=torch.float32)
    features, weight, bias = (tensor.detach().to(dtype) for tensor in (features, weight, bias))
    found = class_convolution(features, label, weight, bias)
    wide = class_convolution_reference(features.float(), label, weight.float(), bias.float())
    assert found.dtype == dtype
    torch.testing.assert_close(found.float(), wide, rtol=torch.finfo(dtype).eps, atol=1e-4)


def test_an_absent_class_is_its_bias_alone():
    features, _, weight, bias = inputs(classes=3)
    label = torch.full((2, 9, 11), 1)
    y = class_convolution(features, label, weight, bias)
    for kind in (0, 2):
        assert torch.equal(y[:, kind], bias[kind].view(1, 3, 1, 1).expand(2, 3, 9, 11))
    assert_equal_to_the_formula(features, label, weight, bias)


def test_pixels_of_no_class_reach_nothing():
    features, _, weight, bias = inputs()
    label = torch.full((2, 9, 11), 255)
    label[:, 0, 0] = 2
    args = features, label, weight, bias
    assert_equal_to_the_formula(*args)
    grad = results(class_convolution, *args)[1]
    assert grad[:, :, 0, 0].abs().min() > 0
    grad[:, :, 0, 0] = 0
    assert not grad.any()


def test_no_class_at_all_and_channels_last_features():
    features, _, weight, bias = inputs()
    assert_equal_to_the_formula(features, torch.full((2, 9, 11), 255), weight, bias)
    last = features.detach().to(memory_format=torch.channels_last).requires_grad_()
    assert_equal_to_the_formula(last, inputs()[1], weight, bias)


def test_the_tenth_channel_count_and_a_single_class():
    assert_equal_to_the_formula(*inputs(out_channels=10, channels=1, batch=1))
    assert_equal_to_the_formula(*inputs(classes=1))


def test_gradients_are_those_of_differences():
    features, label, weight, bias = inputs(batch=1, channels=2, size=(4, 5), classes=2, kernel_size=5)
    torch.autograd.gradcheck(lambda f, w, b: class_convolution(f, label, w, b), (features, weight, bias))


def test_autocast_keeps_the_features_type():
    features, label, weight, bias = inputs(dtype=torch.float32)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        found = class_convolution(features, label, weight, bias)
    torch.testing.assert_close(found, class_convolution_reference(features, label, weight, bias),
                               rtol=1e-4, atol=1e-4)


def test_meta_tensors_tell_the_shape():
    args = [tensor.to('meta') for tensor in inputs()]
    assert class_convolution(*args).shape == (2, 4, 3, 9, 11)


def test_exports_as_plain_operators():
    class Branch(torch.nn.Module):
        def __init__(self, weight, bias):
            super().__init__()
            self.weight, self.bias = torch.nn.Parameter(weight), torch.nn.Parameter(bias)

        def forward(self, features, label):
            return class_convolution(features, label, self.weight, self.bias)

    features, label, weight, bias = (t.detach() for t in inputs(dtype=torch.float32))
    branch = Branch(weight, bias)
    program = torch.export.export(branch, (features, label))
    assert 'class_convolution' not in str(program.graph)
    torch.testing.assert_close(program.module()(features, label), branch(features, label),
                               rtol=1e-4, atol=1e-5)


def test_compiles_in_one_graph():
    features, label, weight, bias = inputs(batch=1)
    compiled = torch.compile(class_convolution, backend='eager', fullgraph=True)
    torch.testing.assert_close(compiled(features, label, weight, bias),
                               class_convolution_reference(features, label, weight, bias))


def test_the_operator_is_well_formed():
    features, label, weight, bias = inputs(batch=1, size=(5, 6))
    order, counts = operator.sort_by_class(label, 4, 3)
    torch.library.opcheck(operator.class_convolution_operator, (features, weight, bias, order, counts))


@pytest.mark.parametrize('change, message', [
    (dict(kernel_size=4), 'k odd'), (dict(size=(3, 9)), 'larger than k // 2 = 3'),
    (dict(label=torch.zeros(2, 9, 10)), r'label \(B, H, W\)')])
def test_what_does_not_fit_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        class_convolution(*inputs(**change))


def test_an_unknown_implementation_is_refused():
    with pytest.raises(InputError, match="'sorted'.*found 'fast'"):
        class_convolution(*inputs(), implementation='fast')
