import pytest
import torch
from mmengine.runner import CheckpointLoader

from ggtoolbox.engine.checkpoint import AtomicLocalBackend, latest_checkpoint
from ggtoolbox.errors import InputError


def save(path, value=1.0):
    torch.save(dict(state_dict=dict(w=torch.full((500,), value))), path)


def test_mmengine_reads_through_the_safe_loader(tmp_path):

    torch.save(CheckpointLoader, tmp_path / 'a.pth')
    with pytest.raises(InputError, match='refused'):
        CheckpointLoader.load_checkpoint(str(tmp_path / 'a.pth'))
    with pytest.raises(InputError, match='torchvision://vgg19: checkpoints are read from a path'):
        CheckpointLoader.load_checkpoint('torchvision://vgg19')


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path, monkeypatch):
    path, backend = tmp_path / 'a.pth', AtomicLocalBackend()
    backend.put(b'old', path)

    def killed(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr('os.fsync', killed)
    with pytest.raises(KeyboardInterrupt):
        backend.put(b'new', path)
    assert path.read_bytes() == b'old'


def test_the_latest_complete_checkpoint(tmp_path):
    assert latest_checkpoint(tmp_path) is None
    for step in (5, 10, 15):
        save(tmp_path / f'iter_{step}.pth')
    (tmp_path / 'best_PSNR_iter_20.pth').write_bytes(b'')
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'iter_15.pth')
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'iter_10.pth'))
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'iter_10.pth')


def test_a_damaged_checkpoint_is_passed_over(tmp_path):
    save(tmp_path / 'iter_5.pth')
    save(tmp_path / 'iter_10.pth')
    data = (tmp_path / 'iter_10.pth').read_bytes()
    (tmp_path / 'iter_10.pth').write_bytes(data[:len(data) // 2])
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'iter_10.pth'))
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'iter_5.pth')
