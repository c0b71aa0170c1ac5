"""Whole released files of the systems of exemplars, domains, sketches and of the first baselines: each is
recognised by its names, mapped, and loaded strictly into the network that its shapes tell."""
import json
from pathlib import Path

import pytest
import torch

from ggtoolbox.converters.conversion import convert, find_family
from ggtoolbox.errors import InputError

GOLDENS = Path(__file__).resolve().parents[1] / 'data' / 'goldens'
FILES = [
    ('cocosnet', 'cocosnet_generator_ade', '', 'generator', dict(num_classes=13, channels=8)),
    ('cocosnet', 'cocosnet_corr_ade', '', 'correspondence_network', dict(adaptor_kernel_size=3)),
    ('cocosnet', 'cocosnet_corr_celebahq_train', '', 'correspondence_network', dict(adaptor_kernel_size=4)),
    ('cocosnet', 'cocosnet_discriminator_ade', '', 'discriminator', dict(num_scales=2)),
    ('stargan', 'stargan_generator', '', 'generator', dict(channels=8)),
    ('stargan', 'stargan_discriminator', '', 'discriminator', dict(channels=8)),
    ('stargan_v2', 'starganv2_generator', '', 'generator', dict(
        type='StarGANv2Generator', resolution=64, channels=8, max_channels=32, style_channels=16)),
    ('stargan_v2', 'starganv2_mapping', '', 'mapping_network', dict(latent_dim=8)),
    ('stargan_v2', 'starganv2_style_encoder', '', 'style_encoder', {}),
    ('stargan_v2', 'starganv2_discriminator', '', 'discriminator', {}),
    ('stargan_v2', 'starganv2_fan', '', 'mask_network', {}),
    ('sketchycoco', 'sketchy_generator', '', 'generator', {}),
    ('sketchycoco', 'sketchy_discriminator', 'joint.', 'joint_discriminator', {}),
    ('sketchycoco', 'sketchy_encoder_narrow', '', 'encoder', {}),
    ('sketchycoco', 'sketchy_classifier', '', 'classifier', {}),
    ('cross_view', 'xfork_generator', '', 'generator', dict(channels=4)),
    ('cross_view', 'xfork_discriminator', '', 'discriminator', {}),
    ('cross_view', 'xseq_generator', '', 'generator', dict(channels=4)),
    ('pg2', 'pg2_generator_market', 'G1.', 'coarse_generator', {}),
    ('pg2', 'pg2_generator_market', 'G2.', 'generator', {})]


def official(case, prefix):
    table = json.loads((GOLDENS / f'{case}.json').read_text())['state']
    torch.manual_seed(0)
    return {name.removeprefix(prefix): torch.tensor(7) if name.endswith('num_batches_tracked')
            else torch.rand(shape) for name, shape in table if name.startswith(prefix)}


@pytest.mark.parametrize(('family', 'case', 'prefix', 'part', 'expected'), FILES,
                         ids=[f'{case}-{part}' for _, case, _, part, _ in FILES])
def test_a_file_is_mapped_and_loaded(family, case, prefix, part, expected):
    state, registry = official(case, prefix), find_family(family).PARTS[part].registry
    narrow = registry.build(expected) if 'type' in expected else None  # of a width that no release has
    named = convert(family, {f'module.{name}': value for name, value in state.items()}, part, narrow)
    named.check('file.pth')
    network = narrow or registry.build(named.network)
    assert named.part == part and (narrow is not None or expected.items() <= named.network.items())
    network.load_state_dict(named.state)
    loaded = network.state_dict()
    stored_names = {theirs: ours for theirs, ours in named.names.items() if theirs in state}
    assert len(stored_names) >= len(state) - 40  # less what is never used
    for theirs, ours in stored_names.items():
        found, stored = (value.flatten().float().sort().values for value in (loaded[ours], state[theirs]))
        assert torch.equal(found, stored), theirs


@pytest.mark.parametrize(('family', 'case', 'prefix', 'part'), [row[:4] for row in FILES[:6]],
                         ids=[row[1] for row in FILES[:6]])
def test_a_file_that_lacks_a_layer_is_a_sentence(family, case, prefix, part):
    state = official(case, prefix)
    named = convert(family, state, part)
    lost = [*named.names][len(named.names) // 2]
    state = {name: value for name, value in state.items() if name != lost}
    with pytest.raises(InputError, match='file.pth|expected the'):
        convert(family, state, part).check('file.pth')
