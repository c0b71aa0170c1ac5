import json
from pathlib import Path

import pytest
import torch

from ggtoolbox.converters.conversion import convert, find_family
from ggtoolbox.converters.sean import drop_unused

GOLDENS = Path(__file__).resolve().parents[1] / 'data' / 'goldens'


@pytest.mark.parametrize('case, part, expected', [
    ('sean_generator', 'generator', dict(num_classes=19, channels=8, style_channels=32)),
    ('sean_generator_more', 'generator', dict(num_classes=36, channels=6, style_channels=24)),
    ('sean_discriminator', 'discriminator', dict(in_channels=22, num_scales=2))])
def test_a_released_file_is_recognised_mapped_and_loaded(case, part, expected):
    torch.manual_seed(0)
    table = json.loads((GOLDENS / f'{case}.json').read_text())['state']
    state = {name: torch.tensor(7) if name.endswith('num_batches_tracked') else torch.rand(shape)
             for name, shape in table}
    conversion = convert('sean', state)
    conversion.check('file.pth')
    assert conversion.part == part and expected.items() <= conversion.network.items()
    network = find_family('sean').PARTS[part].registry.build(conversion.network)
    network.load_state_dict(conversion.state)
    kept, loaded = drop_unused(state), network.state_dict()
    assert conversion.names.keys() == kept.keys()
    assert all(torch.equal(loaded[ours], kept[theirs]) for theirs, ours in conversion.names.items())
    if part == 'generator':
        left_out = state.keys() - kept.keys()
        assert 'up_3.ace_0.blending_gamma' in left_out and 'up_2.ace_0.blending_gamma' in kept
        assert all('param_free_norm' in name or name.startswith('up_3.ace_') for name in left_out)
