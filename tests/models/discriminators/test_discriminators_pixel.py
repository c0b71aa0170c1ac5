import pytest
import torch

from ggtoolbox.models.discriminators import PixelDiscriminator


@pytest.mark.parametrize('norm, last_bias', [('batch', False), ('instance', True)])
def test_biases_are_the_released_ones(norm, last_bias):
    network = PixelDiscriminator(6, channels=8, norm=norm)
    assert network.layers[0][0].bias is not None
    assert (network.layers[1][0].bias is not None) is (network.to_logits.bias is not None) is last_bias


def test_a_logit_depends_on_its_pixel_alone():
    torch.manual_seed(0)
    network = PixelDiscriminator(4, channels=8).eval()
    image, condition = torch.randn(1, 3, 5, 6, requires_grad=True), torch.randn(1, 1, 5, 6)
    [output] = network(image, condition)
    assert output.logits.shape == (1, 1, 5, 6)
    assert [tuple(feature.shape) for feature in output.features] == [(1, 8, 5, 6), (1, 16, 5, 6)]
    output.logits[0, 0, 2, 3].backward()
    touched = image.grad.abs().sum(dim=(0, 1)).nonzero()
    assert touched.tolist() == [[2, 3]]
