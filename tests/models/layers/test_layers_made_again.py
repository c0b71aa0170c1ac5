"""What is made again in the backward pass gives the numbers of what is kept."""
import pytest
import torch
from torch import nn

from ggtoolbox.models.layers import adaptive_convolution, made_again, spade
from ggtoolbox.models.layers.adaptive_convolution import AdaptiveConv2d, AdaptiveConvTranspose2d
from ggtoolbox.models.layers.checkpointing import checkpoint_blocks
from ggtoolbox.models.layers.layout import Layout, one_hot
from ggtoolbox.models.layers.spade import SPADE
from ggtoolbox.models.layers.spectral_norm import spectral_norm


class Modulated(nn.Module):
    """SPADE under a layout of its own."""

    def __init__(self):
        super().__init__()
        self.spade = SPADE(64, 4, 'instance', hidden_channels=32)

    def forward(self, x):
        label = torch.arange(x[:, 0].numel()).view_as(x[:, 0]).remainder(4)
        return self.spade(x, Layout(one_hot(label, 4), label, 4))


NETWORKS = dict(
    convolution=lambda: AdaptiveConv2d(64, 64, 3, padding=1),
    transposed=lambda: AdaptiveConvTranspose2d(64, 64, 3, stride=2),
    mirrored=lambda: AdaptiveConv2d(64, 64, 3, padding=(1, 2), padding_mode='reflect'),
    spectral=lambda: spectral_norm(AdaptiveConv2d(64, 64, 3, padding=1)),
    modulated=Modulated)


def kept_and_gradients(network, x):
    """The largest tensor of 16 bits that one forward pass keeps, and all gradients."""
    kept = [0]

    def pack(tensor):
        if tensor.dtype == torch.bfloat16 and tensor.untyped_storage().nbytes() > 2 * x.numel():
            kept.append(tensor.untyped_storage().nbytes())
        return tensor

    x = x.clone().requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor), torch.autocast('cpu'):
        y = network(x)
    y.float().square().mean().backward()
    return max(kept), [x.grad, *(p.grad for p in network.parameters() if p.grad is not None)]


def without(monkeypatch):
    for module in (adaptive_convolution, spade):
        monkeypatch.setattr(module, 'rounds', lambda weight: False)
    monkeypatch.setattr(adaptive_convolution, 'makes_again', lambda x: False)


@pytest.mark.parametrize('name', NETWORKS)
def test_gradients_are_those_of_weights_that_are_kept(name, monkeypatch):
    torch.manual_seed(0)
    network, x = NETWORKS[name](), torch.randn(1, 64, 8, 8)
    state = {key: value.clone() for key, value in network.state_dict().items()}
    kept, gradients = kept_and_gradients(network, x)
    network.zero_grad()
    network.load_state_dict(state)
    without(monkeypatch)
    kept_before, expected = kept_and_gradients(network, x)
    assert kept == 0 < kept_before  # which is a weight: features are smaller
    for one, other in zip(gradients, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_mirrored_border_is_not_kept_beside_the_input(monkeypatch):
    torch.manual_seed(0)
    network, x = NETWORKS['mirrored'](), torch.randn(2, 64, 8, 8).double()
    network.double()

    def kept():
        shapes, network.weight.grad = [], None
        inputs = x.clone().requires_grad_()
        with torch.autograd.graph.saved_tensors_hooks(lambda t: shapes.append(t.shape) or t, lambda t: t):
            y = network(inputs)
        y.square().sum().backward()
        return (2, 64, 10, 12) in shapes, inputs.grad, network.weight.grad

    found = kept()
    without(monkeypatch)
    expected = kept()
    assert (found[0], expected[0]) == (False, True)
    for one, other in zip(found[1:], expected[1:], strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last])
def test_the_gradient_of_a_mirrored_border_lies_as_the_input_does(layout):
    x = torch.randn(2, 64, 8, 8).to(memory_format=layout).requires_grad_()
    y, _ = made_again.mirrored(x, (1, 1, 2, 2))
    gradient, = torch.autograd.grad(y.square().sum(), x)
    assert y.is_contiguous(memory_format=layout) and gradient.is_contiguous(memory_format=layout)


@pytest.mark.parametrize('name', ['convolution', 'mirrored'])
def test_a_gradient_may_be_differentiated(name, monkeypatch):
    """As penalties do: the second derivative reaches the weight."""
    torch.manual_seed(0)
    network = NETWORKS[name]()

    def second():
        network.weight.grad, x = None, torch.ones(1, 64, 8, 8, requires_grad=True)
        with torch.autocast('cpu'):
            y = network(x).float().square().sum()
        gradient, = torch.autograd.grad(y, x, create_graph=True)
        gradient.square().sum().backward()
        return network.weight.grad

    found = second()
    without(monkeypatch)
    assert found.abs().sum() > 0
    torch.testing.assert_close(found, second(), rtol=1e-6, atol=0)


def test_a_weight_that_was_changed_before_its_backward_pass_is_an_error():
    network = NETWORKS['convolution']()
    with torch.autocast('cpu'):
        y = network(torch.randn(1, 64, 8, 8, requires_grad=True))
    with torch.no_grad():
        network.weight += 1
    with pytest.raises(RuntimeError, match='changed between a forward pass and its backward pass'):
        y.sum().backward()


def test_a_block_that_is_computed_again_keeps_its_input_alone(monkeypatch):
    torch.manual_seed(0)
    network = nn.ModuleList([nn.Sequential(NETWORKS['convolution'](), NETWORKS['spectral']())])
    x = torch.ones(1, 64, 8, 8, requires_grad=True)
    checkpoint_blocks(network)
    kept = []
    monkeypatch.setattr(torch.autograd.graph, 'saved_tensors_hooks', lambda pack, unpack: kept.append(pack))
    with torch.autocast('cpu'):
        y = network[0](x)
    assert not kept and made_again._computed_again == 0
    y.float().sum().backward()
    assert x.grad is not None and not kept
