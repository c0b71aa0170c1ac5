import os

import pytest
import safetensors.torch
import torch
from mmengine.logging import HistoryBuffer

from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import load_tensors, save_safetensors


class Malicious:
    def __reduce__(self):
        return os.system, ('echo owned > owned.txt',)


def test_tensors_and_log_histories_are_read(tmp_path):
    history = HistoryBuffer([1.0, 2.0], [1, 1])
    torch.save(dict(state_dict=dict(w=torch.ones(2)), log=history, meta=dict(iter=3)), tmp_path / 'a.pth')
    found = load_tensors(tmp_path / 'a.pth')
    assert found['log'].mean() == 1.5 and found['meta'] == dict(iter=3)
    assert torch.equal(found['state_dict']['w'], torch.ones(2))


def test_code_is_refused_and_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save(dict(state_dict={}, extra=Malicious()), 'bad.pth')
    with pytest.raises(InputError, match="bad.pth: refused, because it holds '(posix|nt).system'"):
        load_tensors('bad.pth')
    assert not (tmp_path / 'owned.txt').exists()


class Sneaky:
    """getattr, which log histories need, reaching for something else."""

    def __reduce__(self):
        return getattr, (HistoryBuffer, '__init__')


def test_getattr_reaches_log_histories_only(tmp_path):
    torch.save(dict(extra=Sneaky()), tmp_path / 'sneaky.pth')
    with pytest.raises(InputError, match='sneaky.pth: refused'):
        load_tensors(tmp_path / 'sneaky.pth')


@pytest.mark.parametrize('keep', [0, 10, 0.5, 0.99])
def test_a_truncated_file(tmp_path, keep):
    path = tmp_path / 'cut.pth'
    torch.save(dict(w=torch.arange(1000)), path)
    data = path.read_bytes()
    path.write_bytes(data[:int(keep * len(data)) if keep < 1 else keep])
    with pytest.raises(InputError, match='cut.pth: (truncated, or )?not a checkpoint'):
        load_tensors(path)


def test_safetensors_come_back_with_what_belongs_to_them(tmp_path):
    tied = torch.arange(6.0).reshape(2, 3)
    state = dict(half=torch.ones(2, dtype=torch.float16), a=tied, b=tied.t(), steps=torch.tensor(7))
    meta = dict(system='GauGAN', parts=['generator'], test_policy=dict(norm_at_test='batch'))
    save_safetensors(tmp_path / 'new/x.safetensors', state, meta)
    found = load_tensors(tmp_path / 'new/x.safetensors')
    assert found['meta'] == meta and found['state_dict'].keys() == state.keys()
    for name, value in state.items():
        assert found['state_dict'][name].dtype == value.dtype
        assert torch.equal(found['state_dict'][name], value)


def test_the_same_safetensors_have_the_same_bytes(tmp_path):
    for name in 'ab':
        save_safetensors(tmp_path / f'{name}.safetensors', dict(w=torch.ones(3)), dict(x=1, y=2))
    assert (tmp_path / 'a.safetensors').read_bytes() == (tmp_path / 'b.safetensors').read_bytes()


def test_safetensors_of_others_have_no_meta(tmp_path):
    safetensors.torch.save_file(dict(w=torch.ones(3)), tmp_path / 'plain.safetensors')
    assert load_tensors(tmp_path / 'plain.safetensors')['meta'] == {}


@pytest.mark.parametrize('meta', ['[1]', '{'])
def test_safetensors_with_broken_meta(tmp_path, meta):
    safetensors.torch.save_file(dict(w=torch.ones(3)), tmp_path / 'odd.safetensors', dict(meta=meta))
    with pytest.raises(InputError, match='odd.safetensors: '):
        load_tensors(tmp_path / 'odd.safetensors')


@pytest.mark.parametrize('keep', [0, 5, 20, -1])
def test_truncated_safetensors(tmp_path, keep):
    path = tmp_path / 'cut.safetensors'
    save_safetensors(path, dict(w=torch.arange(1000)), {})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match='cut.safetensors: truncated, or no safetensors file'):
        load_tensors(path)


def test_a_text_file(tmp_path):
    (tmp_path / 'note.pth').write_text('these are no weights')
    with pytest.raises(InputError, match='note.pth: .*not a checkpoint'):
        load_tensors(tmp_path / 'note.pth')


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match='nowhere.pth: there is no such checkpoint'):
        load_tensors(tmp_path / 'nowhere.pth')


@pytest.mark.parametrize('value', [float('nan'), float('inf'), -float('inf')])
@pytest.mark.parametrize('kind', [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_what_is_not_finite_is_not_written(tmp_path, value, kind):
    state = dict(ids=torch.arange(3), none=torch.ones(0), large=torch.full((9,), 3e38),
                 w=torch.tensor([1.0, value], dtype=kind))
    with pytest.raises(InputError, match='x.safetensors: w is not finite, nothing is written'):
        save_safetensors(tmp_path / 'x.safetensors', state, {})
    assert list(tmp_path.iterdir()) == []
    state['w'] = torch.ones(2)
    save_safetensors(tmp_path / 'x.safetensors', state, {})
