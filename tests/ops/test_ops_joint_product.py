"""The gradient of all uses of a weight at once against one gradient a use."""
import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from ggtoolbox.models.layers.adaptive_convolution import AdaptiveConv2d, AdaptiveConvTranspose2d
from ggtoolbox.ops import joint_product as module
from ggtoolbox.ops import tiny_map_convolution
from ggtoolbox.ops.joint_product import joint_product

KINDS = {'convolution': (AdaptiveConv2d, nn.Conv2d),
         'transposed': (AdaptiveConvTranspose2d, nn.ConvTranspose2d)}
LAYOUTS = pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last])


@pytest.fixture
def made(monkeypatch):
    """The gradients of weights that are made; products pay for any weights."""
    gradients, plain = [], module._lying_as
    monkeypatch.setattr(tiny_map_convolution, 'LEAST_WEIGHTS_A_POSITION', 0)
    monkeypatch.setattr(module, '_lying_as', lambda *given: gradients.append(plain(*given)) or gradients[-1])
    return gradients


@pytest.fixture(params=KINDS)
def pair(request):
    """Our layer and PyTorch's of the same weights."""
    torch.manual_seed(0)
    ours, plain = (kind(4, 4, 3, padding=1).double() for kind in KINDS[request.param])
    plain.load_state_dict(ours.state_dict())
    return ours, plain


def uses(layer):
    """x and two uses of the layer, the second of what the first made."""
    x = torch.linspace(-1, 1, 2 * 4 * 3 * 3).double().view(2, 4, 3, 3).requires_grad_()
    first = layer(x)
    return x, first, layer(first.tanh())


@LAYOUTS
def test_uses_of_one_pass_have_one_gradient(made, pair, layout):
    found = []
    for layer in pair:
        x, *outputs = uses(layer.to(memory_format=layout))
        sum(y.square().sum() for y in outputs).backward()
        found.append((x.grad, layer.weight.grad, layer.bias.grad))
    assert len(made) == 1 and made[0].is_contiguous(memory_format=layout)
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other)


def test_passes_that_reach_some_of_the_uses(made, pair):
    """One use alone, all after a pass that kept the graph, and the weight's gradient by itself."""
    found = []
    for layer in pair:
        x, first, second = uses(layer)
        again = layer(x)  # which no loss reads
        first.sum().backward(retain_graph=True)
        alone = layer.weight.grad.clone()
        (first + second).square().sum().backward(retain_graph=True)
        itself, = torch.autograd.grad(second.sum(), [layer.weight])
        found.append((alone, layer.weight.grad, itself))
    assert again.requires_grad and len(made) == 3
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other)


def test_a_pass_that_failed_leaves_nothing_to_the_next(made, pair):
    def fail(gradient):
        raise ArithmeticError

    found = []
    for layer in pair:
        x, first, second = uses(layer)
        hook = first.register_hook(fail)
        with pytest.raises(ArithmeticError):
            second.sum().backward(retain_graph=True)
        hook.remove()
        layer.weight.grad = None
        second.sum().backward()
        found.append(layer.weight.grad)
    torch.testing.assert_close(*found)


@pytest.mark.parametrize('differentiable', [False, True])
def test_a_gradient_of_the_input_alone_makes_none_of_the_weight(made, pair, differentiable):
    found = []
    for layer in pair:
        x, first, second = uses(layer)
        found.append(torch.autograd.grad(second.sum(), x, create_graph=differentiable)[0])
    assert not made
    torch.testing.assert_close(*found)


def test_a_gradient_may_be_differentiated(made, pair):
    found = []
    for layer in pair:
        x, first, second = uses(layer)
        gradient, = torch.autograd.grad(second.square().sum(), x, create_graph=True)
        gradient.square().sum().backward()
        found.append(layer.weight.grad)
    torch.testing.assert_close(*found)


def test_uses_that_are_computed_again(made, pair):
    found = []
    for layer in pair:
        x, first, _ = uses(layer)
        again = checkpoint(layer, first.tanh(), use_reentrant=False)
        (first + again).square().sum().backward()
        found.append(layer.weight.grad)
    assert len(made) == 1
    torch.testing.assert_close(*found)


@pytest.mark.parametrize('transposed', [False, True])
def test_autocast_rounds_the_weight_and_keeps_it_as_it_is(transposed):
    torch.manual_seed(0)
    weight = torch.randn(8, 8, 3, 3, requires_grad=True)
    rows, kept = torch.randn(4, 8 if transposed else 72), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.data_ptr()) or t, lambda t: t), \
            torch.autocast('cpu'):
        product = joint_product(rows, weight, transposed)
    assert product.dtype == torch.bfloat16 and weight.data_ptr() in kept
    product.float().square().sum().backward()
    matrix = weight.detach().flatten(1).requires_grad_()
    expected = rows @ (matrix if transposed else matrix.t())
    expected.square().sum().backward()
    scale = matrix.grad.abs().max()
    torch.testing.assert_close(weight.grad.flatten(1) / scale, matrix.grad / scale, rtol=0, atol=2e-2)


def test_a_weight_that_was_changed_before_its_backward_pass_is_an_error():
    weight = torch.randn(8, 8, 3, 3, requires_grad=True)
    product = joint_product(torch.randn(4, 72, requires_grad=True), weight)
    with torch.no_grad():
        weight += 1
    with pytest.raises(RuntimeError, match='modified by an inplace operation'):
        product.sum().backward()
