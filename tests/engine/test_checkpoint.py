"""Checkpoints are written whole, damage is found, and the newest whole one is taken."""
import errno
import os
import random
import shutil

import pytest
import safetensors.torch
import torch
from mmengine.runner import CheckpointLoader
from mmengine.runner.checkpoint import save_checkpoint

from ggtoolbox.engine.checkpoint import AtomicLocalBackend, latest_checkpoint, load_to_resume
from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import load_meta, load_tensors, save_safetensors
from ggtoolbox.writing import clear_incomplete, make_folder, write_whole


def save(path, value=1.0, iteration=None):
    iteration = int(path.stem.split('_')[-1]) if iteration is None else iteration
    save_checkpoint(dict(meta=dict(iter=iteration, epoch=0), state_dict=dict(w=torch.full((500,), value))),
                    str(path), backend_args=dict(backend='atomic_local'))


def age(path, seconds):
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - seconds))


def test_mmengine_reads_through_the_safe_loader(tmp_path):
    torch.save(CheckpointLoader, tmp_path / 'a.pth')
    with pytest.raises(InputError, match='refused'):
        CheckpointLoader.load_checkpoint(str(tmp_path / 'a.pth'))
    with pytest.raises(InputError, match='torchvision://vgg19: checkpoints are read from a path'):
        CheckpointLoader.load_checkpoint('torchvision://vgg19')


class TestWriting:
    def test_what_breaks_off_leaves_the_old_file_alone(self, tmp_path, monkeypatch):
        path, backend = tmp_path / 'a.pth', AtomicLocalBackend()
        backend.put(b'old', path)

        def killed(descriptor):
            raise KeyboardInterrupt

        monkeypatch.setattr('os.fsync', killed)
        with pytest.raises(KeyboardInterrupt):
            backend.put(b'new', path)
        assert path.read_bytes() == b'old' and list(tmp_path.iterdir()) == [path]

    def test_a_full_disk_is_one_sentence(self, tmp_path, monkeypatch):
        path = tmp_path / 'a.pth'
        write_whole(path, [b'old'])

        def full(descriptor):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr('os.fsync', full)
        with pytest.raises(InputError, match=r'a.pth: cannot be written \(No space left on device\); what '):
            write_whole(path, [b'new'])
        assert path.read_bytes() == b'old' and list(tmp_path.iterdir()) == [path]

    def test_a_folder_that_is_gone_is_not_made_again(self, tmp_path):
        with pytest.raises(InputError, match=r'a.pth: cannot be written \(the folder .*gone does not exist'):
            write_whole(tmp_path / 'gone/a.pth', [b''])
        assert not (tmp_path / 'gone').exists()

    def test_a_file_in_the_place_of_a_folder(self, tmp_path):
        (tmp_path / 'file').write_text('')
        with pytest.raises(InputError, match='file: expected a folder to write to, found a file'):
            make_folder(tmp_path / 'file')
        with pytest.raises(InputError, match=r'in: this folder cannot be made \(Not a directory\)'):
            make_folder(tmp_path / 'file/in')
        (tmp_path / 'folder').mkdir()
        with pytest.raises(InputError, match='folder: cannot be written'):
            write_whole(tmp_path / 'folder', [b''])
        assert sorted(path.name for path in tmp_path.iterdir()) == ['file', 'folder']

    def test_leftovers_are_cleared(self, tmp_path):
        (tmp_path / '.iter_5.pth.incomplete').write_bytes(b'half')
        save(tmp_path / 'iter_4.pth')
        assert [path.name for path in clear_incomplete(tmp_path)] == ['.iter_5.pth.incomplete']
        assert [path.name for path in tmp_path.iterdir()] == ['iter_4.pth']


class TestChecksum:
    def test_everybody_reads_a_file_with_a_checksum(self, tmp_path):
        save(tmp_path / 'iter_3.pth', 7.0)
        for options in (dict(), dict(mmap=True)):
            found = torch.load(tmp_path / 'iter_3.pth', weights_only=True, **options)
            assert found['state_dict']['w'].tolist() == [7.0] * 500
        assert load_meta(tmp_path / 'iter_3.pth')['iter'] == 3

    @pytest.mark.parametrize('suffix', ['.pth', '.safetensors'])
    def test_a_flipped_bit_is_found_wherever_it_lies(self, tmp_path, suffix):
        path = tmp_path / f'iter_3{suffix}'
        if suffix == '.pth':
            save(path)
        else:
            save_safetensors(path, dict(w=torch.full((500,), 1.0)), dict(iter=3))
        whole, dice = path.read_bytes(), random.Random(0)
        load_tensors(path)
        ends = [*range(0, 8), *range(len(whole) - 110, len(whole))] if suffix == '.pth' else range(8)
        for place in [*ends, *(dice.randrange(len(whole)) for _ in range(100))]:
            flipped = bytearray(whole)
            flipped[place] ^= 1 << dice.randrange(8)
            path.write_bytes(flipped)
            with pytest.raises(InputError, match=rf'iter_3{suffix}: '):
                load_tensors(path)

    def test_of_a_file_of_torchs_own(self, tmp_path):
        path = tmp_path / 'plain.pth'
        torch.save(dict(w=torch.arange(500.0)), path)
        content = bytearray(path.read_bytes())
        content[content.index(torch.arange(500.0).numpy().tobytes()[400:800])] ^= 4
        path.write_bytes(content)
        with pytest.raises(InputError, match="plain.pth: damaged, its part 'plain/data/0' does not match"):
            load_tensors(path)

    def test_safetensors_of_others_have_none(self, tmp_path):
        safetensors.torch.save_file(dict(w=torch.ones(3)), tmp_path / 'x.safetensors', dict(meta='{"a": 1}'))
        assert load_tensors(tmp_path / 'x.safetensors')['meta'] == dict(a=1)

    def test_the_checksum_is_no_part_of_meta(self, tmp_path):
        save_safetensors(tmp_path / 'x.safetensors', dict(w=torch.ones(3)), dict(a=1))
        assert load_tensors(tmp_path / 'x.safetensors')['meta'] == dict(a=1)


class TestLatest:
    @pytest.fixture
    def run(self, tmp_path):
        """Three checkpoints, the last of which ``last_checkpoint`` names."""
        folder = tmp_path / 'run'
        folder.mkdir()
        for step in (5, 10, 15):
            save(folder / f'iter_{step}.pth')
        (folder / 'best_PSNR_iter_20.pth').write_bytes(b'')
        (folder / 'last_checkpoint').write_text(str(folder / 'iter_15.pth'))
        return folder

    def test_without_any(self, tmp_path):
        assert latest_checkpoint(tmp_path) is None and latest_checkpoint(tmp_path / 'nowhere') is None

    def test_the_last(self, run):
        assert latest_checkpoint(run) == str(run / 'iter_15.pth')

    def test_one_that_was_written_before_the_pointer_was(self, run):
        """Killed between the two."""
        save(run / 'iter_20.pth')
        assert latest_checkpoint(run) == str(run / 'iter_20.pth')

    def test_one_that_an_abandoned_run_left(self, run):
        """Resumed from iter_5, and written iter_10 since."""
        age(run / 'iter_15.pth', 100)
        (run / 'last_checkpoint').write_text(str(run / 'iter_10.pth'))
        assert latest_checkpoint(run) == str(run / 'iter_10.pth')

    @pytest.mark.parametrize('damage', ['empty', 'missing', 'binary', 'folder', 'gone', 'foreign'])
    def test_without_a_legible_pointer(self, run, damage):
        pointer = run / 'last_checkpoint'
        pointer.unlink()
        if damage == 'folder':
            pointer.mkdir()
        elif damage != 'missing':
            pointer.write_bytes(dict(empty=b'', binary=b'\0\xff\xfe' * 30, gone=b'/nowhere/iter_99.pth',
                                     foreign=b'/etc/passwd').get(damage))
        assert latest_checkpoint(run) == str(run / 'iter_15.pth')

    @pytest.mark.parametrize('how', [shutil.move, shutil.copytree])
    def test_a_folder_that_was_moved_or_copied(self, run, tmp_path, how):
        how(run, tmp_path / 'elsewhere')
        assert latest_checkpoint(tmp_path / 'elsewhere') == str(tmp_path / 'elsewhere/iter_15.pth')

    @pytest.mark.parametrize('damage', ['cut', 'flipped', 'nan', 'folder', 'code', 'weights'])
    def test_what_is_not_whole_or_not_finite_is_passed_over_and_named(self, run, damage, monkeypatch):
        said, path = [], run / 'iter_15.pth'
        monkeypatch.setattr('ggtoolbox.engine.checkpoint.print_log', lambda text, logger: said.append(text))
        content = path.read_bytes()
        path.unlink()
        if damage == 'cut':
            path.write_bytes(content[:len(content) // 2])
        elif damage == 'flipped':
            path.write_bytes(content[:300] + bytes([content[300] ^ 1]) + content[301:])
        elif damage == 'nan':
            save(path, float('nan'))
        elif damage == 'folder':
            path.mkdir()
        elif damage == 'code':
            torch.save(dict(meta=dict(iter=15), state_dict={}, extra=CheckpointLoader), path)
        else:
            torch.save(dict(state_dict={}), path)
        assert latest_checkpoint(run) == str(run / 'iter_10.pth')
        assert len(said) == (damage != 'folder') and all('iter_15.pth' in text for text in said)

    def test_epochs_and_iterations_are_compared_by_iterations(self, run):
        (run / 'last_checkpoint').unlink()
        save(run / 'epoch_2.pth', iteration=18)
        assert latest_checkpoint(run) == str(run / 'epoch_2.pth')
        save(run / 'epoch_2.pth', iteration=12)
        assert latest_checkpoint(run) == str(run / 'iter_15.pth')

    def test_checkpoints_that_lie_in_another_folder(self, run, tmp_path):
        (tmp_path / 'work').mkdir()
        (tmp_path / 'work/last_checkpoint').write_text(str(run / 'iter_15.pth'))
        assert latest_checkpoint(tmp_path / 'work') == str(run / 'iter_15.pth')
        (run / 'iter_15.pth').write_bytes(b'PK')
        assert latest_checkpoint(tmp_path / 'work') == str(run / 'iter_10.pth')


@pytest.mark.parametrize(('where', 'content'), [
    ('optimizer.generator.state.0.exp_avg', dict(optimizer=dict(generator=dict(state={0: dict(
        exp_avg=torch.tensor([1.0, float('inf')]))})))),
    ('ema_state_dict.w', dict(ema_state_dict=dict(w=torch.tensor(float('nan')))))])
def test_what_is_not_finite_is_named(tmp_path, where, content):
    torch.save(dict(meta=dict(iter=1), state_dict=dict(w=torch.ones(2)), **content), tmp_path / 'a.pth')
    with pytest.raises(InputError, match=f'a.pth: {where} is not finite'):
        load_to_resume(tmp_path / 'a.pth')
