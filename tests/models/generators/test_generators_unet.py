import pytest
import torch
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import UNetGenerator


def small(**changes):
    torch.manual_seed(0)
    arguments, inputs = UNetGenerator.example()
    return UNetGenerator(**{**arguments, **changes}), inputs


@pytest.mark.parametrize('arguments, expected', [
    (dict(), 54_413_955), (dict(guide_channels=3), 54_417_027), (dict(num_downsamplings=7), 41_828_995),
    (dict(num_downsamplings=7, guide_channels=3), 41_832_067)])
def test_parameters_of_the_released_configurations(arguments, expected):
    with torch.device('meta'):
        assert sum(p.numel() for p in UNetGenerator(**arguments).parameters()) == expected


def test_features_are_what_the_image_is_made_of():
    network, inputs = small()
    outputs = network(**inputs)
    assert outputs['features'].shape == (2, 4, 8, 16)
    assert outputs['features'].min() == 0
    image = torch.tanh(network.to_image(outputs['features']))
    assert torch.equal(outputs['image'], image)


@pytest.mark.parametrize('depth', [2, 4, 6])
def test_depth_is_what_it_says(depth):
    network, _ = small(num_downsamplings=depth, guide_channels=0, norm='instance')
    grids = []
    network.downs[-1].register_forward_hook(lambda _module, _inputs, output: grids.append(output.shape))
    size = 2 ** depth
    assert network(source_image=torch.zeros(1, 3, 2 * size, size))['image'].shape == (1, 3, 2 * size, size)
    assert grids == [(1, 2 * min(2 ** (depth - 1), 8), 2, 1)]


@pytest.mark.parametrize('depth, dropped', [(4, []), (5, []), (6, [1]), (8, [1, 2, 3])])
def test_dropout_follows_the_middle_of_the_wide_steps(depth, dropped):
    network, _ = small(num_downsamplings=depth, dropout=0.25)
    probabilities = [up.dropout.p for up in network.ups]
    assert len(probabilities) == depth - 1
    assert [i for i, p in enumerate(probabilities) if p] == dropped
    assert set(probabilities) <= {0.0, 0.25}


@pytest.mark.parametrize('level', [0, 1])
def test_a_skip_reaches_the_image_past_the_grids_beneath_it(level):
    network, inputs = small()
    network.ups[1 - level].register_forward_hook(lambda _module, _inputs, output: 0 * output)
    image = network(**inputs)['image']
    network.downs[level].register_forward_hook(lambda _module, _inputs, output: 2 * output)
    assert not torch.equal(network(**inputs)['image'], image)


@pytest.mark.parametrize('tracked', [False, True])
def test_running_statistics_serve_in_eval_mode_where_there_are_any(tracked):
    network, inputs = small(norm='instance', track_running_stats=tracked)
    in_training = network.train()(**inputs)['image']
    in_eval = network.eval()(**inputs)['image']
    assert torch.equal(in_training, in_eval) is not tracked


def test_biases_stand_where_no_batch_norm_takes_them_away():
    batch, _ = small()
    assert [down[0].bias is not None for down in batch.downs] == [False] * 3
    assert batch.to_image.deconvolution.bias is not None
    instance, _ = small(norm='instance')
    assert all(down[0].bias is not None for down in instance.downs)
    assert all(up.upsampler.deconvolution.bias is not None for up in instance.ups)


class Enlarger(nn.Module):
    """Stands in for an upsampler and keeps its guide."""

    seen: list = []

    def __init__(self, in_channels, out_channels, scale):
        super().__init__()
        self.to_width = nn.Conv2d(in_channels, out_channels, 1)
        self.scale = scale

    def forward(self, x, guide):
        self.seen.append(guide)
        return nn.functional.interpolate(self.to_width(x), scale_factor=self.scale)


class CopyingHead(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.in_channels = in_channels

    def forward(self, features, source_image):
        assert features.shape == (2, self.in_channels, 16, 32) and features.min() >= 0
        return dict(image=source_image, weight_map=features)


def test_upsamplers_are_guided_by_the_input_and_heads_get_full_size_features_and_source():
    Enlarger.seen.clear()
    network, inputs = small(upsampler=dict(type=Enlarger), head=dict(type=CopyingHead))
    outputs = network(**inputs)
    assert len(Enlarger.seen) == 3
    assert all(torch.equal(guide, torch.cat(list(inputs.values()), 1)) for guide in Enlarger.seen)
    assert outputs['image'] is inputs['source_image']
    assert outputs['weight_map'].shape == (2, 2, 16, 32)
    assert outputs['features'].shape == (2, 4, 8, 16)


def test_wrong_sizes_and_depths_are_refused():
    network, _ = small(guide_channels=0)
    with pytest.raises(InputError, match=r'multiples of 8 .*found \(16, 20\)'):
        network(source_image=torch.zeros(1, 3, 16, 20))
    with pytest.raises(InputError, match='at least 2, found 1'):
        UNetGenerator(num_downsamplings=1)
