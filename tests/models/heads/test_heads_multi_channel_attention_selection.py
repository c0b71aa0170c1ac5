import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.heads import MultiChannelAttentionSelection
from ggtoolbox.registry import GENERATORS


def build(**arguments):
    torch.manual_seed(0)
    return MultiChannelAttentionSelection(4, **arguments), torch.randn(2, 4, 12, 10)


def test_the_image_is_the_attended_sum_of_the_intermediate_images():
    head, x = build(num_intermediates=5, uncertainty=3, pre_activation=None)
    outputs = head(x)
    images = torch.tanh(F.conv2d(x, head.to_images.weight, head.to_images.bias, padding=1))
    attention = F.conv2d(x, head.to_attention.weight, head.to_attention.bias).exp()
    attention = attention / attention.sum(dim=1, keepdim=True)
    total = sum(attention[:, i:i + 1] * images[:, 3 * i:3 * i + 3] for i in range(5))
    torch.testing.assert_close(outputs['image'], total)
    torch.testing.assert_close(outputs['attention'], attention)
    torch.testing.assert_close(outputs['intermediate_images'], images.reshape(2, 5, 3, 12, 10))
    logits = F.conv2d(attention, head.to_uncertainty.weight, head.to_uncertainty.bias)
    torch.testing.assert_close(outputs['uncertainty'], 1 / (1 + (-logits).exp()))


@pytest.mark.parametrize('uncertainty, maps', [('shared', 1), (1, 1), (4, 4)])
def test_number_of_uncertainty_maps(uncertainty, maps):
    head, x = build(uncertainty=uncertainty)
    assert head(x)['uncertainty'].shape == (2, maps, 12, 10)


def test_no_map_unless_asked_for():
    head, x = build()
    assert set(head(x)) == {'image', 'attention', 'intermediate_images'}


@pytest.mark.parametrize('name, function', [('leaky_relu', lambda x: F.leaky_relu(x, 0.2)), ('relu', F.relu)])
def test_activation_comes_first(name, function):
    head, x = build(pre_activation=name, pooling_scales=(2,))
    plain, _ = build(pre_activation=None, pooling_scales=(2,))
    torch.testing.assert_close(head(x)['image'], plain(function(x))['image'])


def test_pooling_and_channel_selection_come_before_all_else():
    head, x = build(pooling_scales=(1, 4, 9), channel_selection=True, pre_activation=None)
    torch.nn.init.constant_(head.multi_scale.channel_selection.gamma, 0.5)
    plain, _ = build(pre_activation=None)
    plain.load_state_dict(head.state_dict(), strict=False)
    torch.testing.assert_close(head(x)['image'], plain(head.multi_scale(x))['image'])


@pytest.mark.parametrize('arguments, message', [
    (dict(uncertainty='all'), "found 'all'"), (dict(uncertainty=0), 'found 0'),
    (dict(num_intermediates=0), 'num_intermediates must be at least 1, found 0'),
    (dict(pre_activation='gelu'), "MultiChannelAttentionSelection: pre_activation .* found 'gelu'")])
def test_impossible_arguments_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        build(**arguments)


@pytest.mark.parametrize('name', ['SPADEGenerator', 'UNetGenerator', 'ResNetGenerator', 'LGGANGenerator'])
def test_fits_any_generator_with_all_its_options(name):
    cls = GENERATORS.get(name)
    arguments, inputs = cls.example()
    head = dict(type='MultiChannelAttentionSelection', num_intermediates=4, uncertainty=2,
                pooling_scales=(1, 4), channel_selection=True)
    outputs = cls(**{**arguments, 'head': head})(**inputs)
    size = outputs['image'].shape[-2:]
    assert outputs['attention'].shape == (2, 4, *size)
    assert outputs['intermediate_images'].shape == (2, 4, 3, *size)
    assert outputs['uncertainty'].shape == (2, 2, *size)
