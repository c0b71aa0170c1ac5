import hashlib

import pytest
import torch
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.pretrained import load_strictly, read_weights


def test_reads_a_plain_and_a_wrapped_state_dict(tmp_path):
    state = nn.Linear(2, 3).state_dict()
    torch.save(state, tmp_path / 'plain.pth')
    torch.save(dict(meta=dict(epoch=3), state_dict=state), tmp_path / 'wrapped.pth')
    digest = hashlib.sha256((tmp_path / 'plain.pth').read_bytes()).hexdigest()
    for found in (read_weights(str(tmp_path / 'plain.pth'), sha256=digest[:8]),
                  read_weights(str(tmp_path / 'wrapped.pth'))):
        assert found.keys() == state.keys()
        assert torch.equal(found['weight'], state['weight'])


def test_another_digest_and_another_content_are_refused(tmp_path):
    path = tmp_path / 'weights.pth'
    torch.save([1, 2], path)
    with pytest.raises(InputError, match='sha256'):
        read_weights(str(path), sha256='00')
    with pytest.raises(InputError, match='expected a state dict'):
        read_weights(str(path))


@pytest.mark.parametrize('change, message', [
    (lambda state: state.pop('bias'), "lacks 'bias'"),
    (lambda state: state.update(weight=torch.zeros(5, 2)), "has another shape for 'weight'"),
    (lambda state: state.update(extra=torch.zeros(1)), "also holds 'extra'"),
])
def test_what_does_not_fit_is_named(change, message):
    state = dict(nn.Linear(2, 3).state_dict(), **{'head.weight': torch.zeros(1)})
    load_strictly(nn.Linear(2, 3), state, 'file.pth', dropped=('head.',))
    change(state)
    with pytest.raises(InputError, match=message):
        load_strictly(nn.Linear(2, 3), state, 'file.pth', dropped=('head.',))
