import itertools

import pytest
import torch

from ggtoolbox.models.layers.multi_scale_pooling import MultiScaleSpatialPooling
from ggtoolbox.ops import selected_convolution as module
from ggtoolbox.ops.selected_convolution import selected_convolution, selected_convolution_reference

EXPAND = MultiScaleSpatialPooling((1, 4, 9)).parts


def inputs(dtype, expand, gamma, bias, kernel=3, size=(13, 10)):
    """x, weight, bias, gamma; gradients are wanted of all that there are."""
    torch.manual_seed(0)
    width = 3 * (4 if expand else 1)
    tensors = (0.3 * torch.randn(2, 3, *size), torch.randn(5, width, kernel, kernel),
               torch.randn(5) if bias else None, None if gamma is None else torch.tensor([gamma]))
    return [None if t is None else t.to(dtype).requires_grad_() for t in tensors]


def results(function, tensors, expand, **options):
    output = function(*tensors, expand, **options)
    torch.manual_seed(1)
    wanted = [t for t in tensors if t is not None]
    return output, *torch.autograd.grad(output, wanted, torch.randn(output.shape, dtype=output.dtype))


@pytest.mark.parametrize('expand, gamma, bias', itertools.product((EXPAND, None), (0.7, 0.0, None),
                                                                  (True, False)))
@pytest.mark.parametrize('dtype, tolerance', [(torch.float64, 1e-12), (torch.float32, 2e-5)])
def test_equals_the_plain_formula_and_its_gradients(dtype, tolerance, expand, gamma, bias):
    tensors = inputs(dtype, expand, gamma, bias)
    expected = results(selected_convolution_reference, tensors, expand)
    found = results(selected_convolution, tensors, expand)
    for one, other in zip(expected, found):
        assert one.dtype == other.dtype
        scale = one.abs().max()
        assert scale > 0
        assert (one - other).abs().max() <= tolerance * scale


@pytest.mark.parametrize('kernel', [1, 5])
@pytest.mark.parametrize('most_alike', [False, True])
def test_any_odd_kernel_and_both_readings_of_the_attention(kernel, most_alike):
    tensors = inputs(torch.float64, None, 0.7, True, kernel)
    expected = results(selected_convolution_reference, tensors, None, most_alike=most_alike)
    found = results(selected_convolution, tensors, None, most_alike=most_alike)
    for one, other in zip(expected, found):
        torch.testing.assert_close(one, other)


def test_gradients_are_the_numerical_ones():
    tensors = inputs(torch.float64, EXPAND, 0.7, True, size=(9, 10))
    assert torch.autograd.gradcheck(lambda *given: selected_convolution(*given, EXPAND), tensors,
                                    fast_mode=True)


def test_a_saturated_attention_stays_finite():
    """At many pixels X X^T is so large that a row is one-hot."""
    x, weight, bias, gamma = inputs(torch.float32, EXPAND, 0.7, True)
    for tensor in results(selected_convolution, [(50 * x).detach().requires_grad_(), weight, bias, gamma],
                          EXPAND):
        assert torch.isfinite(tensor).all()


def test_batches_are_cut_where_a_part_would_be_too_large(monkeypatch):
    tensors = inputs(torch.float64, EXPAND, None, True)
    expected = results(selected_convolution, tensors, EXPAND)
    sizes = []

    def expand(x):
        sizes.append(len(x))
        return EXPAND(x)

    monkeypatch.setattr(module, '_ELEMENTS_AT_ONCE', 3 * 13 * 10)
    found = results(selected_convolution, tensors, expand)
    assert sizes == [1] * 6  # two images, once forward and twice backward
    for one, other in zip(expected, found):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize('gamma', [0.7, None])
def test_the_wide_map_is_not_kept(gamma):
    x, weight, bias, gamma = inputs(torch.float32, EXPAND, gamma, True, size=(40, 40))
    sizes = []

    def keep(tensor):
        sizes.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        selected_convolution(x, weight, bias, gamma, EXPAND)
    assert max(sizes) == x.numel()


def test_autocast_convolves_in_its_type_and_attends_in_float32():
    x, weight, bias, gamma = inputs(torch.float32, EXPAND, 0.7, True)
    expected = selected_convolution_reference(x, weight, bias, gamma, EXPAND)
    with torch.autocast('cpu', torch.bfloat16):
        found = selected_convolution(x, weight, bias, gamma, EXPAND)
    assert found.dtype == torch.bfloat16
    assert (found.float() - expected).abs().max() < 0.02 * expected.abs().max()
    found.float().square().mean().backward()
    assert all(t.grad.dtype == torch.float32 and torch.isfinite(t.grad).all()
               for t in (x, weight, bias, gamma))
