"""Instance norm of channels-last features against PyTorch's."""
import pytest
import torch
from torch import nn

from ggtoolbox.models.generators.resnet import ResNetGenerator
from ggtoolbox.models.layers.normalisation import InstanceNorm2d, build_norm, lie_channels_last

LAST = torch.channels_last


def run(layer, x):
    """The result, its gradients, the gradients of those, and what the layer keeps."""
    torch.manual_seed(1)
    y = layer(x)
    inputs = [x, *layer.parameters()]
    first = torch.autograd.grad(y, inputs, torch.randn(y.shape).to(y), create_graph=True)
    second = torch.autograd.grad(first[0].square().sum() + 0 * x.sum(), x)
    return [y, *first, *second, *layer.buffers()]


@pytest.mark.parametrize('batch', [1, 3])
@pytest.mark.parametrize('affine', [False, True])
@pytest.mark.parametrize('tracked, training', [(False, True), (True, True), (True, False)])
def test_equals_pytorchs_and_keeps_the_layout(batch, affine, tracked, training):
    torch.manual_seed(0)
    ours, plain = (kind(4, affine=affine, track_running_stats=tracked).double().train(training)
                   for kind in (InstanceNorm2d, nn.InstanceNorm2d))
    if affine:
        nn.init.uniform_(ours.weight), nn.init.uniform_(ours.bias)
    if tracked:
        ours.running_mean.uniform_(), ours.running_var.uniform_()
    plain.load_state_dict(ours.state_dict())
    lie_channels_last(ours)
    x = torch.randn(batch, 4, 5, 6, dtype=torch.float64)
    last = x.to(memory_format=LAST).requires_grad_()
    found, expected = run(ours, last), run(plain, x.requires_grad_())
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)
    assert found[0].is_contiguous(memory_format=LAST) and expected[0].is_contiguous()
    assert ours(x).is_contiguous()


def test_bfloat16_is_normalised_by_statistics_that_are_not():
    torch.manual_seed(0)
    x = (torch.randn(2, 3, 16, 16) + 40).bfloat16().to(memory_format=LAST)
    layer = InstanceNorm2d(3)
    lie_channels_last(layer)
    y = layer(x)
    expected = nn.InstanceNorm2d(3)(x.double())
    assert y.dtype == torch.bfloat16
    torch.testing.assert_close(y.double(), expected, rtol=2 ** -8, atol=2 ** -8)


def test_a_network_that_lies_as_usual_computes_as_pytorch_does():
    """To the bit, whatever the order of the features that come in."""
    x = torch.randn(2, 4, 5, 6).to(memory_format=LAST)
    layer = InstanceNorm2d(4)
    lie_channels_last(layer)
    lie_channels_last(layer, last=False)
    for norm in (InstanceNorm2d(4), layer):
        assert torch.equal(norm(x), nn.InstanceNorm2d(4)(x))


def test_one_value_cannot_be_normalised():
    layer = build_norm('instance', 3)
    assert type(layer) is InstanceNorm2d
    with pytest.raises(ValueError, match='more than 1'):
        layer(torch.ones(2, 3, 1, 1))


def test_a_generator_stays_channels_last():
    """Reflection padding, residual sums and transposed convolutions keep what the norms keep."""
    network = ResNetGenerator(channels=4, num_blocks=1)
    lie_channels_last(network)
    seen = []
    for module in network.modules():
        if not list(module.children()):
            module.register_forward_hook(lambda module, given, y: seen.append(
                (type(module).__name__, y.is_contiguous(memory_format=LAST))))
    x = torch.randn(2, 3, 16, 16)
    network(x.to(memory_format=LAST))
    assert len([name for name, _ in seen if name == 'InstanceNorm2d']) > 5
    assert all(last for _, last in seen), seen
