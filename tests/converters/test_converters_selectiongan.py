import sys
from pathlib import Path

import pytest
import torch

from ggtoolbox.converters.conversion import convert, find_family
from ggtoolbox.engine.hooks.model_state import check_state_dict
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.selectiongan import SelectionGAN

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'parity'))

from golden import Golden  # noqa: E402

PARTS = {'Gi': 'generator.image_generator', 'Gs': 'generator.semantic_generator',
         'Ga': 'generator.selection_stage', 'D': 'discriminator'}
UNUSED = ['conv330.weight', 'conv330.bias']


@pytest.fixture(scope='module')
def state():
    return Golden(ROOT / 'tests/data/goldens/selectiongan_pp_losses').official_state


def released(state, part):
    """The official file: in U-Nets every tensor of the inner blocks is there twice."""
    official = {name.removeprefix(f'{part}.'): value for name, value in state.items()
                if name.startswith(f'{part}.')}
    copies = {name.replace('model.submodule.', 'model.model.0.'): value for name, value in official.items()
              if name.startswith('model.submodule.')}
    return {**official, **copies}


@pytest.mark.parametrize('part', PARTS)
def test_every_part_is_recognised_mapped_and_loaded(state, part):
    official = released(state, part)
    conversion = convert('selectiongan', official)
    assert conversion.part == PARTS[part]
    assert conversion.missing == [] and conversion.differing == {}
    assert conversion.unexpected == (UNUSED if part == 'Ga' else [])
    network = find_family('selectiongan').PARTS[PARTS[part]].registry.build(conversion.network)
    network.load_state_dict(conversion.state)
    once = [name for name in official if not name.startswith('model.model.0.') and name not in UNUSED]
    assert sorted(conversion.names) == sorted(once)
    assert all(torch.equal(network.state_dict()[conversion.names[name]], official[name]) for name in once)


def test_the_parts_together_are_a_model(state):
    conversions = [convert('selectiongan', released(state, part)) for part in PARTS]
    unets = [dict(conversion.network, source_channels=3) for conversion in conversions[:2]]
    with torch.device('meta'):
        model = SelectionGAN(
            dict(type='SelectionGANGenerator', image_generator=unets[0], semantic_generator=unets[1],
                 head=conversions[2].network['head']), conversions[3].network)
    joined = {f'{conversion.part}.{name}': value for conversion in conversions
              for name, value in conversion.state.items()}
    check_state_dict(model, joined, 'converted.pth', list(PARTS.values()))
    check_state_dict(model, joined, 'converted.pth')
    with pytest.raises(InputError, match='are unknown to it'):
        check_state_dict(model, joined, 'converted.pth', [PARTS['Gi'], PARTS['D']])
    generators = [PARTS[name] for name in ('Gi', 'Gs', 'Ga')]
    assert model.networks_of(generators) == ['generator'] and model.networks_of([PARTS['D']]) == [
        'discriminator']
    with pytest.raises(InputError, match='need all weights of its generator, found those of generator.image'):
        model.keep_networks(generators[:2])
    model.keep_networks(generators)
    assert list(model.named_networks()) == ['generator']


def test_the_shapes_of_the_second_stage_tell_its_options(state):
    network = convert('selectiongan', released(state, 'Ga')).network
    assert (network['in_channels'], network['image_channels'], network['channels']) == (136, 6, 104)
    assert network['head']['channel_selection'] is True
    first = {name: value for name, value in released(state, 'Ga').items() if name != 'sc.gamma'}
    assert convert('selectiongan', first).network['head']['channel_selection'] is False


def test_either_copy_is_enough_and_they_must_agree(state):
    official = released(state, 'Gs')
    copies = {name: value for name, value in official.items() if not name.startswith('model.submodule.')}
    expected = convert('selectiongan', official).state
    found = convert('selectiongan', copies).state
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], value) for name, value in expected.items())
    name = 'model.model.0.model.1.weight'
    with pytest.raises(InputError, match=f"'{name}' must equal 'model.submodule.model.1.weight'"):
        convert('selectiongan', {**official, name: official[name] + 1})


def test_the_semantic_variant_is_gaugans_with_another_head():
    official = Golden(ROOT / 'tests/data/goldens/selectiongan_semantic_generator').official_state
    conversion = convert('selectiongan_semantic', official)
    conversion.check('file.pth')
    assert conversion.network['out_channels'] == 3
    assert conversion.names['conv_att.weight'] == 'head.to_attention.weight'
    assert conversion.state['head.to_images.weight'].shape == (30, 8, 3, 3)
    with pytest.raises(InputError, match='one part of a released selectiongan_semantic model'):
        convert('selectiongan_semantic',
                Golden(ROOT / 'tests/data/goldens/spade_generator_normal').official_state)
