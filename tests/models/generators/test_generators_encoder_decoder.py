import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import EncoderDecoderGenerator


def small(**changes):
    torch.manual_seed(0)
    return EncoderDecoderGenerator(**{**dict(channels=2, num_downsamplings=3), **changes})


@pytest.mark.parametrize('arguments, expected', [(dict(), 39_081_987), (dict(guide_channels=3), 39_085_059)])
def test_parameters_of_the_papers_tables(arguments, expected):
    with torch.device('meta'):
        assert sum(p.numel() for p in EncoderDecoderGenerator(**arguments).parameters()) == expected


def test_only_the_innermost_grid_reaches_the_image():
    network, image = small().eval(), torch.linspace(-1, 1, 3 * 16 * 16).reshape(1, 3, 16, 16)
    network.downs[-1].register_forward_hook(lambda _module, _inputs, output: torch.zeros_like(output))
    assert torch.equal(network(source_image=image)['image'], network(source_image=-image)['image'])


@pytest.mark.parametrize('depth, dropped', [(8, [0, 1, 2]), (6, [0]), (5, [])])
def test_dropout_follows_the_innermost_upsamplings(depth, dropped):
    network = small(num_downsamplings=depth)
    assert [i for i, up in enumerate(network.ups) if up.dropout.p] == dropped


def test_a_batch_that_batch_norm_would_erase_is_refused():
    network, image = small(), torch.zeros(1, 3, 8, 8)
    with pytest.raises(InputError, match='two images or more'):
        network.train()(source_image=image)
    assert network.eval()(source_image=image)['image'].shape == image.shape
    assert network.train()(source_image=image.repeat(2, 1, 1, 1))['image'].shape == (2, 3, 8, 8)
    assert small(norm=None).train()(source_image=image)['image'].shape == image.shape


def test_wrong_sizes_and_depths_are_refused():
    with pytest.raises(InputError, match=r'multiples of 8 .*found \(8, 12\)'):
        small()(source_image=torch.zeros(1, 3, 8, 12))
    with pytest.raises(InputError, match='at least 2, found 1'):
        small(num_downsamplings=1)
