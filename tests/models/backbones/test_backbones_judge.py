import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones.judge import JudgeNetwork


def build(**arguments):
    return JudgeNetwork(**{'channels': (4, 6, 8), 'allow_random': True, **arguments})


@pytest.mark.parametrize('size', [(64, 32), (37, 50)])
def test_maps_are_of_the_images_size_whatever_it_is(size):
    outputs = build(num_classes=5, num_joints=3)(torch.rand(2, 3, *size))
    assert outputs['logits'].shape == (2, 5, *size) and outputs['heat_maps'].shape == (2, 3, *size)
    assert outputs['features'].shape == (2, 4 + 6 + 8)
    assert torch.equal(outputs['heat_maps'], outputs['heat_map_logits'].sigmoid())


def test_says_only_what_it_is_asked_for():
    image = torch.rand(1, 3, 16, 16)
    assert set(build(num_classes=5)(image)) == {'logits', 'features'}
    assert set(build(num_classes=0, num_joints=2)(image)) == {'heat_maps', 'heat_map_logits', 'features'}
    attributes = build(num_classes=0, num_attributes=5)
    assert {name: tuple(value.shape) for name, value in attributes(image).items()} == {
        'features': (1, 18), 'attribute_logits': (1, 5)}
    assert len(attributes.mix) == 0 and attributes.to_maps is None
    levels = build(num_classes=0, num_attributes=5, levels=True)(image)
    assert {name: tuple(value.shape) for name, value in levels.items()} == {
        'level0': (1, 4, 16, 16), 'level1': (1, 6, 8, 8), 'level2': (1, 8, 4, 4)}
    with pytest.raises(InputError, match='num_classes, num_joints or num_attributes, found none'):
        build(num_classes=0)


def test_features_are_means_of_the_levels():
    network, image = build(), torch.rand(2, 3, 16, 16)
    expected, x = [], image
    for level in network.levels:
        x = level(x)
        expected.append(x.mean((2, 3)))
    assert torch.allclose(network(image)['features'], torch.cat(expected, 1))


def test_higher_pictures_are_seen_at_the_height_it_learnt_from():
    plain, at_height = build(num_joints=2), build(num_joints=2, image_height=16)
    image = torch.rand(1, 3, 32, 48)
    seen, found = plain(torch.nn.functional.avg_pool2d(image, 2)), at_height(image)
    assert torch.allclose(found['features'], seen['features'], atol=1e-6)
    assert found['heat_maps'].shape == (1, 2, 32, 48) and found['logits'].shape == (1, 17, 32, 48)
    doubled = torch.nn.functional.interpolate(seen['heat_map_logits'], scale_factor=2, mode='bilinear')
    assert torch.allclose(found['heat_map_logits'], doubled, atol=1e-5)
    lower = torch.rand(1, 3, 16, 8)
    assert all(torch.equal(value, plain(lower)[name]) for name, value in at_height(lower).items())
