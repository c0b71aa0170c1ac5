import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import ResNetGenerator


@pytest.mark.parametrize('arguments, expected', [
    (dict(guide_channels=3), 11_387_587), (dict(), 11_378_179), (dict(norm='batch'), 11_383_427),
    (dict(num_blocks=6), 7_837_699)])
def test_parameters_of_the_released_configurations(arguments, expected):
    with torch.device('meta'):
        assert sum(p.numel() for p in ResNetGenerator(**arguments).parameters()) == expected


@pytest.mark.parametrize('downsamplings, size', [(0, (7, 9)), (1, (8, 6)), (2, (12, 8)), (3, (16, 24))])
def test_the_size_is_kept(downsamplings, size):
    network = ResNetGenerator(channels=2, num_blocks=1, num_downsamplings=downsamplings)
    assert network(source_image=torch.zeros(1, 3, *size))['image'].shape == (1, 3, *size)


def test_padding_mode_is_the_blocks_alone():
    images = []
    for mode in ('reflect', 'replicate', 'zeros'):
        torch.manual_seed(0)
        network = ResNetGenerator(channels=2, num_blocks=1, padding_mode=mode)
        assert network.stem[0].padding_mode == network.head.convolution.padding_mode == 'reflect'
        images.append(network(source_image=torch.linspace(-1, 1, 768).reshape(1, 3, 16, 16))['image'])
    assert not torch.equal(images[0], images[1]) and not torch.equal(images[0], images[2])


def test_a_size_that_cannot_be_halved_is_refused():
    network = ResNetGenerator(channels=2, num_blocks=1)
    for size in ((16, 18), (4, 16)):
        with pytest.raises(InputError, match=rf'multiples of 4 .*at least 8, found \({size[0]}, {size[1]}\)'):
            network(source_image=torch.zeros(1, 3, *size))
