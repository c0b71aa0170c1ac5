"""A network whose blocks keep their inputs alone gives the plain one's outputs, gradients and buffers."""
import copy

import pytest
import torch
from torch import nn

from ggtoolbox.models.layers.checkpointing import checkpoint_blocks
from ggtoolbox.models.layers.spectral_norm import spectral_norm
from ggtoolbox.registry import BACKBONES, GENERATORS


def passes(network, inputs, times=2):
    """Outputs, gradients and buffers of two forward passes whose losses go back together."""
    torch.manual_seed(3)
    outputs = [network(**inputs) for _ in range(times)]
    tensors = [value for found in outputs for _, value in sorted(found.items())
               if isinstance(value, torch.Tensor) and value.requires_grad]
    sum((x * torch.linspace(-1, 1, x.numel(), dtype=x.dtype).view_as(x)).sum() for x in tensors).backward()
    gradients = {name: p.grad for name, p in network.named_parameters() if p.grad is not None}
    return [x.detach() for x in tensors], gradients, dict(network.named_buffers())


@pytest.mark.parametrize('name', GENERATORS.known())
def test_every_generator(name):
    cls = GENERATORS.get(name)
    arguments, inputs = cls.example()
    torch.manual_seed(0)
    plain = cls(**arguments).train()
    kept = copy.deepcopy(plain)
    assert checkpoint_blocks(kept)
    names = list(kept.state_dict())
    expected, found = passes(plain, inputs), passes(kept, inputs)
    for one, other in zip(expected, found):
        torch.testing.assert_close(other, one, rtol=1e-4, atol=1e-5)
    assert len(expected[1]) == len(found[1]) and list(plain.state_dict()) == names


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolution = spectral_norm(nn.Conv2d(4, 4, 3, padding=1))
        self.norm = nn.BatchNorm2d(4)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        return self.dropout(torch.relu(self.norm(self.convolution(x)))).sigmoid()


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(Block() for _ in range(3))

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return dict(image=x)


def kept_numbers(network, x):
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, lambda t: t):
        network(x)
    return sum(kept)


def test_statistics_iterations_and_draws_are_those_of_one_pass():
    torch.manual_seed(0)
    plain = Network().double()
    kept, x = copy.deepcopy(plain), torch.randn(2, 4, 8, 8, dtype=torch.double)
    assert checkpoint_blocks(kept) == list(kept.blocks)
    for expected, found in zip(passes(plain, dict(x=x), 3), passes(kept, dict(x=x), 3)):
        torch.testing.assert_close(found, expected)
    assert int(kept.blocks[0].norm.num_batches_tracked) == 3
    copied = copy.deepcopy(kept)  # such as the average of a generator
    assert copied.blocks[0].forward.args[0] is copied.blocks[0]


def test_less_is_kept_and_nothing_twice():
    network, x = Network(), torch.randn(2, 4, 8, 8, requires_grad=True)
    before = kept_numbers(network, x)
    checkpoint_blocks(network)
    checkpoint_blocks(network)
    assert kept_numbers(network, x) <= 3 * x.numel() < before / 2
    assert not hasattr(network.blocks[0].forward.args[1], 'args')  # the plain forward, not a wrapped one


def test_a_network_without_blocks_is_one():
    network = BACKBONES.build(dict(type='VGG19', layers=('relu1_1', 'relu2_1'), allow_random=True))
    x = torch.randn(1, 3, 16, 16, requires_grad=True)
    plain = network(x)
    before = kept_numbers(network, x)
    assert checkpoint_blocks(network) == [network]
    for expected, found in zip(plain.values(), network(x).values()):
        assert torch.equal(found, expected)
        one, other = (torch.autograd.grad(y.square().mean(), x, retain_graph=True) for y in (expected, found))
        torch.testing.assert_close(other, one)
    assert kept_numbers(network, x) <= x.numel() < before / 10
