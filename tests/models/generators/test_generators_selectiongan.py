import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import SelectionGANGenerator

UNUSED = 326_810  # of the released second stage: a convolution that nothing uses


def small(**changes):
    torch.manual_seed(0)
    arguments, inputs = SelectionGANGenerator.example()
    return SelectionGANGenerator(**{**arguments, **changes}), inputs


@pytest.mark.parametrize('depth, channel_selection, released', [
    (8, False, 55_480_753), (8, True, 55_480_754), (5, False, 17_578_033)])
def test_parameters_of_the_released_networks_but_for_what_they_never_use(depth, channel_selection, released):
    head = dict(type='MultiChannelAttentionSelection', pooling_scales=(1, 4, 9), uncertainty='shared',
                channel_selection=channel_selection, pre_activation=None)
    unet = dict(type='UNetGenerator', num_downsamplings=depth)
    with torch.device('meta'):
        network = SelectionGANGenerator(image_generator=dict(unet, channels=64),
                                        semantic_generator=dict(unet, channels=4), head=head)
    assert sum(p.numel() for p in network.parameters()) == released - UNUSED


def test_the_default_is_the_released_network():
    with torch.device('meta'):
        network = SelectionGANGenerator()
    assert sum(p.numel() for p in network.parameters()) == 55_480_753 - UNUSED


def test_one_semantic_generator_reads_the_images_of_both_stages():
    network, inputs = small()
    network.eval()
    outputs = network(**inputs)
    first = network.image_generator(**inputs)
    assert torch.equal(outputs['coarse_image'], first['image'])
    for image, guide in (('coarse_image', 'coarse_guide'), ('image', 'guide')):
        found = network.semantic_generator(source_image=outputs[image])['image']
        torch.testing.assert_close(outputs[guide], found)
    assert outputs['guide'].shape == (2, 2, 16, 24)


def test_the_second_stage_reads_both_features_and_both_images():
    network, inputs = small()
    network.eval()
    seen = {}
    network.selection_stage.head.register_forward_pre_hook(lambda _module, given: seen.update(given=given))
    outputs = network(**inputs)
    features, source_image = seen['given']
    assert torch.equal(source_image, inputs['source_image'])
    assert torch.equal(features[:, 4:7], inputs['source_image'])
    assert torch.equal(features[:, 7:], outputs['coarse_image'])
    deep = torch.cat([
        network.image_generator(**inputs)['features'],
        network.semantic_generator(source_image=outputs['coarse_image'])['features']], dim=1)
    enlarged = network.selection_stage.upsampler(deep)
    torch.testing.assert_close(features[:, :4], enlarged.relu())


def test_dropout_lies_in_front_of_the_second_stages_head():
    network, inputs = small(dropout=1.0)
    seen = []
    network.selection_stage.head.register_forward_pre_hook(lambda _module, given: seen.append(given[0]))
    network(**inputs)
    network.eval()(**inputs)
    assert not seen[0][:, :4].any()
    assert seen[1][:, :4].any()


def test_one_stage_alone():
    network, inputs = small(num_stages=1)
    assert set(network(**inputs)) == {'image', 'guide'}
    assert not any(name.startswith('selection_stage') for name in network.state_dict())


def test_guides_of_any_width():
    network, inputs = small(guide_channels=5)
    outputs = network(inputs['source_image'], torch.zeros(2, 5, 16, 24))
    assert outputs['guide'].shape == outputs['coarse_guide'].shape == (2, 5, 16, 24)


@pytest.mark.parametrize('arguments, message', [
    (dict(num_stages=3), 'num_stages must be 1 or 2, found 3'),
    (dict(image_generator=dict(type='ResNetGenerator', channels=2)),
     'image_generator must return features .* found ResNetGenerator')])
def test_impossible_arguments_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        small(**arguments)


def test_missing_and_misshapen_inputs_are_named():
    network, inputs = small()
    with pytest.raises(InputError, match='SelectionGANGenerator: target_guide must have 2 channels, found 3'):
        network(inputs['source_image'], inputs['source_image'])
    with pytest.raises(InputError, match='multiples of 4'):
        network(inputs['source_image'][..., :14], inputs['target_guide'][..., :14])
