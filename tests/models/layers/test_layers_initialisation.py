import math

import pytest
import torch
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.initialisation import initialise
from ggtoolbox.models.layers.spectral_norm import spectral_norm

# A 64 -> 64 convolution of kernel 3 has 576 inputs and 576 outputs to an element.
DEVIATIONS = {'normal': 0.02, 'xavier': 0.02 * math.sqrt(2 / (2 * 576)),
              'xavier_uniform': math.sqrt(1 / 576), 'kaiming': math.sqrt(2 / 576),
              'orthogonal': 0.02 / math.sqrt(576), 'uniform': 0.02 / math.sqrt(12)}


@pytest.mark.parametrize('method', DEVIATIONS)
def test_weights_have_the_deviation_of_the_method(method):
    torch.manual_seed(0)
    layer = initialise(nn.Conv2d(64, 64, 3), method)
    assert layer.weight.std().item() == pytest.approx(DEVIATIONS[method], rel=0.03)
    assert not layer.bias.any()


def test_spectral_layers_are_drawn_before_normalisation_and_keep_u():
    torch.manual_seed(0)
    layer = spectral_norm(nn.ConvTranspose2d(64, 64, 3))
    u = layer.weight_u.clone()
    initialise(layer, 'normal', gain=0.02)
    assert layer.weight_orig.std().item() == pytest.approx(0.02, rel=0.03)
    assert torch.equal(layer.weight_u, u)


def test_affine_norms_start_around_one_and_others_are_skipped():
    torch.manual_seed(0)
    norms = nn.Sequential(nn.BatchNorm2d(4000), nn.BatchNorm2d(4, affine=False), nn.InstanceNorm2d(4))
    nn.init.ones_(norms[0].bias)
    initialise(norms)
    assert norms[0].weight.mean().item() == pytest.approx(1, abs=0.002)
    assert norms[0].weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert not norms[0].bias.any()


def test_none_keeps_the_defaults_and_a_wrong_name_is_refused():
    layer = nn.Linear(3, 3)
    before = layer.weight.clone()
    assert torch.equal(initialise(layer, None).weight, before)
    with pytest.raises(InputError, match="found 'xaver'"):
        initialise(layer, 'xaver')


def test_the_code_of_2017_keeps_biases_and_draws_scales_uniformly():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(4000))
    bias = network[0].bias.clone()
    nn.init.ones_(network[1].bias)
    initialise(network, 'xavier', gain=1.0, keep_biases=True, norm_scales=(0.02, 1.0))
    assert torch.equal(network[0].bias, bias) and bias.any()
    assert 0.02 <= network[1].weight.min() < 0.03 and 0.99 < network[1].weight.max() <= 1.0
    assert not network[1].bias.any()
