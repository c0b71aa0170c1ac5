import json
from pathlib import Path

import pytest
import torch

from ggtoolbox.converters.ccfpse import drop_unused, unused
from ggtoolbox.converters.conversion import convert, find_family
from ggtoolbox.errors import InputError

GOLDENS = Path(__file__).resolve().parents[1] / 'data' / 'goldens'


def official(case):
    """A state of a golden case's names and shapes."""
    torch.manual_seed(0)
    table = json.loads((GOLDENS / f'{case}.json').read_text())['state']
    return {name: torch.tensor(7) if name.endswith('num_batches_tracked') else torch.rand(shape)
            for name, shape in table}


@pytest.mark.parametrize('case, part, expected', [
    ('ccfpse_generator_city', 'generator', dict(num_classes=36, channels=8, num_upsamplings=6,
                                                latent_dim=None)),
    ('ccfpse_generator_vae', 'generator', dict(num_classes=13, channels=8, num_upsamplings=5, latent_dim=256,
                                               image_size=(128, 32))),
    ('ccfpse_discriminator', 'discriminator', dict(in_channels=16, channels=8)),
    ('ccfpse_encoder', 'encoder', dict(channels=4, latent_dim=256, image_size=256))])
def test_a_released_file_is_recognised_mapped_and_loaded(case, part, expected):
    state = official(case)
    conversion = convert('ccfpse', state)
    conversion.check('file.pth')
    assert conversion.part == part
    assert expected.items() <= conversion.network.items()
    network = find_family('ccfpse').PARTS[part].registry.build(conversion.network)
    network.load_state_dict(conversion.state)
    kept = drop_unused(state)
    assert conversion.names.keys() == kept.keys() and len(set(conversion.names.values())) == len(kept)
    loaded = network.state_dict()
    assert all(torch.equal(loaded[ours], kept[theirs]) for theirs, ours in conversion.names.items())


def test_norms_that_are_never_applied_can_be_written_back():
    state = official('ccfpse_generator_city')
    left_out = unused(state)
    assert drop_unused(state).keys() | left_out.keys() == state.keys()
    learnable = [value for name, value in left_out.items() if name.endswith(('weight', 'bias'))]
    assert sum(value.numel() for value in learnable) == 26_112 // 8  # at an eighth of the width
    assert left_out['head_0.norm_0.running_var'].eq(1).all()
    assert left_out['up_0.conv_2.norm_layer.bias'].eq(0).all()


def test_a_gaugan_is_refused():
    state = official('spade_generator_normal')
    with pytest.raises(InputError, match='expected one part of a released ccfpse model'):
        convert('ccfpse', state)
