"""A network that is exported for a free batch must not count its images with ``len``, which fixes them."""
import pytest
import torch
from torch import nn

from ggtoolbox.ops.conditional_convolution import conditional_convolution
from ggtoolbox.ops.correspondence import warp
from ggtoolbox.registry import BACKBONES, GENERATORS


class Convolution(nn.Module):
    def forward(self, x, kernels):
        return conditional_convolution(x, kernels)


class Warp(nn.Module):
    def forward(self, query, key, value):
        return warp(query, key, value)


def registered(registry, kind):
    arguments, inputs = registry.get(kind).example()
    return registry.build(dict(type=kind, **arguments)), inputs


x = torch.linspace(-1, 1, 2 * 2 * 4 * 4).reshape(2, 2, 4, 4)


@pytest.mark.parametrize('make', [
    lambda: registered(GENERATORS, 'MaskGANGenerator'), lambda: registered(BACKBONES, 'MappingNetwork'),
    lambda: (Convolution(), dict(x=x, kernels=x.repeat(1, 9, 1, 1))),
    lambda: (Warp(), dict(query=x, key=x.flip(3), value=x.sin())),
], ids=['MaskGAN', "StarGAN v2's styles", "CC-FPSE's convolution", "CoCosNet's warp"])
def test_a_free_batch_stays_free(make):
    network, inputs = make()
    network.eval()
    batch = torch.export.Dim('batch')
    with torch.no_grad():
        program = torch.export.export(network, (), inputs, strict=False,
                                      dynamic_shapes={name: {0: batch} for name in inputs})
        one = {name: value[1:] for name, value in inputs.items()}
        three = {name: torch.cat([value, value[:1]]) for name, value in inputs.items()}
        for given in (one, three):
            torch.testing.assert_close(program.module()(**given), network(**given), rtol=1e-4, atol=1e-5)
