"""Derived numbers: filled in where a config is silent, refused where it contradicts."""
import pytest

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.derived import Derived, passed_on, stated, with_derived
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

SIX = dict(in_channels=Derived(6, '3 of the image + 3 of the guide'))


def patch(**arguments):
    return dict(type='PatchDiscriminator', **arguments)


@pytest.mark.parametrize('cfg', [patch(), patch(in_channels=None), patch(in_channels=6)])
def test_it_is_filled_in_or_agrees(cfg):
    before = dict(cfg)
    assert with_derived(cfg, DISCRIMINATORS, SIX, 'd') == patch(in_channels=6)
    assert cfg == before


def test_a_contradiction_names_both():
    with pytest.raises(InputError) as error:
        with_derived(patch(in_channels=7), DISCRIMINATORS, SIX, 'model.discriminator')
    assert str(error.value) == ('model.discriminator.in_channels is 7, expected 6: 3 of the image + 3 of the '
                                'guide')


def test_what_a_class_does_not_take_and_what_does_not_follow_is_left_out():
    derived = dict(num_classes=Derived(4, ''), in_channels=Derived(None, ''))
    assert with_derived(patch(), DISCRIMINATORS, derived, 'd') == patch()
    assert with_derived({}, DISCRIMINATORS, derived, 'd') == {}  # the registry says what is wrong with it


def test_a_part_may_be_left_out():
    cfg = dict(type='AttributeDiscriminator', num_attributes=0)
    with pytest.raises(InputError, match='num_attributes is 0, expected 5'):
        with_derived(cfg, DISCRIMINATORS, dict(num_attributes=Derived(5, 'so')), 'd')
    assert with_derived(cfg, DISCRIMINATORS, dict(num_attributes=Derived(5, 'so', True)), 'd') == cfg


def test_sizes_are_compared_as_numbers():
    cfg = dict(type='AttributeDiscriminator', image_size=[64, 64])
    assert with_derived(cfg, DISCRIMINATORS, dict(image_size=Derived((64, 64), '')), 'd') == cfg


def test_a_part_takes_its_owners_numbers():
    unet = dict(type='UNetGenerator')
    assert passed_on(unet, GENERATORS, dict(num_classes=4), 'Owner', 'part') == dict(unet, num_classes=4)
    with pytest.raises(InputError, match='Owner: part.num_classes is 5, expected 4: as num_classes of Owner'):
        passed_on(dict(unet, num_classes=5), GENERATORS, dict(num_classes=4), 'Owner', 'part')


def test_where_an_argument_is_stated():
    cfg = dict(type='EdgeGANGenerator', edge=False, encoder=dict(num_classes=4))
    assert stated(cfg, 'num_classes', 'model.generator') == ('model.generator.encoder.num_classes', 4)
    assert stated(cfg, 'edge', 'model.generator') == ('model.generator.edge', None)
