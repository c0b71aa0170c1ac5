import sys
from pathlib import Path

import pytest
import torch

from ggtoolbox.converters.conversion import convert, find_family
from ggtoolbox.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'parity'))

from golden import Golden  # noqa: E402

PARTS = {
    'gesturegan': ('gesturegan_onecycle_losses', {
        'G': ('generator', dict(source_channels=3, guide_channels=3, num_blocks=9, dropout=0.5)),
        'D1': ('discriminator', dict(in_channels=6, num_layers=4)),
        'D2': ('guided_discriminator', dict(in_channels=9, track_running_stats=True))}),
    'c2gan': ('c2gan_losses', {
        'G': ('generator', dict(source_channels=3, guide_channels=3, norm='batch')),
        'G_L': ('guidance_generator', dict(source_channels=3, out_channels=3, norm='batch')),
        'D': ('discriminator', dict(in_channels=9, norm='batch')),
        'D_L': ('guidance_discriminator', dict(in_channels=6, norm='batch'))}),
}
FILES = [(family, prefix) for family, (_, parts) in PARTS.items() for prefix in parts]


def released(family, prefix):
    state = Golden(ROOT / f'tests/data/goldens/{PARTS[family][0]}').official_state
    return {name.removeprefix(f'{prefix}.'): value for name, value in state.items()
            if name.startswith(f'{prefix}.')}


@pytest.mark.parametrize('family, prefix', FILES)
def test_every_part_is_recognised_mapped_and_loaded(family, prefix):
    official = released(family, prefix)
    part, expected = PARTS[family][1][prefix]
    conversion = convert(family, official)
    conversion.check('latest_net.pth')
    assert conversion.part == part
    assert expected.items() <= conversion.network.items()
    network = find_family(family).PARTS[part].registry.build(conversion.network)
    network.load_state_dict(conversion.state)
    assert conversion.names.keys() == official.keys()
    assert all(torch.equal(network.state_dict()[ours], official[name])
               for name, ours in conversion.names.items())


@pytest.mark.parametrize('family, prefix, wrong', [
    ('gesturegan', 'D1', 'guided_discriminator'), ('gesturegan', 'D2', 'discriminator'),
    ('c2gan', 'G', 'guidance_generator'), ('c2gan', 'G_L', 'generator'),
    ('c2gan', 'D', 'guidance_discriminator'), ('c2gan', 'D_L', 'discriminator')])
def test_a_file_of_another_part_is_refused(family, prefix, wrong):
    with pytest.raises(InputError, match=f'expected the {wrong} of a released {family} model'):
        convert(family, released(family, prefix), wrong)
