import json
from pathlib import Path

import pytest
import torch

from ggtoolbox.converters.conversion import convert, find_family
from ggtoolbox.converters.maskgan import drop_dummies

GOLDENS = Path(__file__).resolve().parents[1] / 'data' / 'goldens'


@pytest.mark.parametrize('case, part, expected', [
    ('maskgan_generator', 'generator', dict(num_classes=19, channels=8, num_blocks=4, num_downsamplings=4)),
    ('maskgan_discriminator', 'discriminator', dict(in_channels=22, num_scales=2))])
def test_a_released_file_is_recognised_mapped_and_loaded(case, part, expected):
    torch.manual_seed(0)
    table = json.loads((GOLDENS / f'{case}.json').read_text())['state']
    state = {name: torch.rand(shape) for name, shape in table}
    conversion = convert('maskgan', state)
    conversion.check('file.pth')
    assert conversion.part == part and expected.items() <= conversion.network.items()
    network = find_family('maskgan').PARTS[part].registry.build(conversion.network)
    network.load_state_dict(conversion.state)
    kept, loaded = drop_dummies(state), network.state_dict()
    assert conversion.names.keys() == kept.keys()
    assert all(torch.equal(loaded[ours], kept[theirs]) for theirs, ours in conversion.names.items())
    assert all('.norm.running_' in name for name in state.keys() - kept.keys())
