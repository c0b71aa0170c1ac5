import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones import ConvEncoder


def test_parameters_of_the_released_encoder():
    with torch.device('meta'):
        assert sum(p.numel() for p in ConvEncoder().parameters()) == 10_463_424


@pytest.mark.parametrize('norm', ['instance', 'batch', None])
@pytest.mark.parametrize('image_size', [8, 64])
def test_any_image_gives_a_distribution(norm, image_size):
    network = ConvEncoder(channels=2, latent_dim=5, image_size=image_size, norm=norm)
    code = network(torch.randn(2, 3, 40, 56))
    assert list(code) == ['mean', 'log_variance']
    assert code['mean'].shape == code['log_variance'].shape == (2, 5)
    assert (network.layers[0][0].bias is None) == (norm is not None)


def test_an_image_of_the_right_size_is_not_resized():
    network, image = ConvEncoder(channels=2, image_size=16).eval(), torch.randn(1, 3, 16, 16)
    doubled = image.repeat_interleave(2, 2).repeat_interleave(2, 3)
    torch.testing.assert_close(network(doubled)['mean'], network(image)['mean'])


@pytest.mark.parametrize('size', [4, 48, 100])
def test_refuses_sizes_that_do_not_halve_to_four(size):
    with pytest.raises(InputError, match=f'power of two from 8 up, found {size}'):
        ConvEncoder(image_size=size)
