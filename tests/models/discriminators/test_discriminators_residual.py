import pytest
import torch

from ggtoolbox.models.discriminators import ResidualDiscriminator


@pytest.mark.parametrize('num_downsamplings, channels', [(0, 4), (1, 8), (2, 16), (3, 16)])
def test_every_channel_of_the_last_block_is_a_map_of_logits(num_downsamplings, channels):
    network = ResidualDiscriminator(5, channels=4, num_blocks=2, num_downsamplings=num_downsamplings)
    output, = network(torch.randn(2, 3, 16, 24), torch.randn(2, 2, 16, 24))
    assert output.logits.shape == (2, channels, 16 // 2 ** num_downsamplings, 24 // 2 ** num_downsamplings)
    assert output.logits.min() < 0 and output.features == []


def test_the_image_is_in_front_of_the_condition():
    network = ResidualDiscriminator(5, channels=4).eval()
    image, condition = torch.randn(1, 3, 16, 16), torch.randn(1, 2, 16, 16)
    whole, = network(torch.cat([image, condition], dim=1))
    assert torch.equal(network(image, condition)[0].logits, whole.logits)


@pytest.mark.parametrize('arguments, expected', [
    (dict(in_channels=21), 3_977_408), (dict(in_channels=6), 3_930_368),
    (dict(in_channels=21, norm='instance'), 3_975_424), (dict(in_channels=6, norm='instance'), 3_928_384)])
def test_released_parameters(arguments, expected):
    with torch.device('meta'):
        assert sum(p.numel() for p in ResidualDiscriminator(**arguments).parameters()) == expected
