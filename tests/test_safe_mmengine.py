"""mmengine's own readers do not run what a file says."""
import json
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import mmengine
import pytest
import torch
from hostile import WAYS, CreatesAFile, write
from mmengine.runner import CheckpointLoader, Runner, checkpoint
from mmengine.utils import dl_utils
from torch import nn

from ggtoolbox import safe_mmengine
from ggtoolbox.apis import load_config
from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import load_tensors
from ggtoolbox.trust import torch_load_reads_only_tensors, trust_checkpoints


@pytest.fixture
def created(tmp_path):
    """What a hostile file would create; it must not be there in the end."""
    path = tmp_path / 'created'
    yield path
    assert not path.exists()


READERS = dict(
    load_tensors=load_tensors,
    scheme=CheckpointLoader.load_checkpoint,
    private=checkpoint._load_checkpoint,
    function=lambda path: checkpoint.load_from_local(path, 'cpu'),
    into_a_network=lambda path: checkpoint.load_checkpoint(nn.Linear(1, 1), path),
    pretrained=lambda path: mmengine.model.PretrainedInit(path)(nn.Linear(1, 1)))


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('reader', READERS)
def test_no_reader_runs_code(tmp_path, created, reader, way):
    path = write(tmp_path / 'hostile.pth', created, way, state_dict={})
    with pytest.raises(InputError, match='hostile.pth: (refused|(truncated, or )?not a)') as error:
        READERS[reader](str(path))
    assert len(str(error.value).splitlines()) == 1


def test_every_scheme_of_mmengine_is_replaced():
    modules = {prefix: loader.__module__ for prefix, loader in CheckpointLoader._schemes.items()}
    assert set(modules.values()) == {safe_mmengine.__name__} and len(modules) > 5
    with pytest.raises(InputError, match='petrel://a.pth: checkpoints are read from a path'):
        CheckpointLoader.load_checkpoint('petrel://a.pth')


@pytest.mark.parametrize('reader', [CheckpointLoader.load_checkpoint, dl_utils.load_url, checkpoint.load_url,
                                    checkpoint.load_from_http])
def test_a_download_is_read_safely(tmp_path, created, reader, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    folder = tmp_path / 'hub' / 'checkpoints'
    folder.mkdir(parents=True)
    write(folder / 'hostile.pth', created)
    with pytest.raises(InputError, match='hostile.pth: refused'):
        reader('https://example.org/hostile.pth')


def test_a_runner_resumes_safely(tmp_path, created, monkeypatch):
    """Even in a script that never heard of our loaders, and told PyTorch to trust by default."""
    write(tmp_path / 'hostile.pth', created, state_dict={})
    (tmp_path / 'script.py').write_text(
        'from mmengine.runner import Runner\n'
        'from ggtoolbox.registry import MODELS\n'
        'MODELS.known()\n'
        'runner = Runner.__new__(Runner)\n'
        "Runner.load_checkpoint(runner, 'hostile.pth')\n")
    done = subprocess.run([sys.executable, 'script.py'], cwd=tmp_path, capture_output=True, text=True, env={
        **os.environ, 'PYTHONPATH': str(Path(__file__).parents[1]), 'TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD': '1'})
    assert done.stderr.strip().splitlines()[-1].startswith(
        'ggtoolbox.errors.InputError: hostile.pth: refused'), done.stderr
    assert Runner.load_checkpoint.__module__ == 'mmengine.runner.runner'


class TestOtherFiles:
    def test_pickles_are_written_but_not_read(self, tmp_path, created):
        mmengine.dump([1, 2], tmp_path / 'mine.pkl')
        assert pickle.loads((tmp_path / 'mine.pkl').read_bytes()) == [1, 2]
        (tmp_path / 'hostile.pkl').write_bytes(pickle.dumps(CreatesAFile(created)))
        for name in ('mine.pkl', 'hostile.pkl'):
            with pytest.raises(InputError, match='pickle files are not read'):
                mmengine.load(tmp_path / name)

    def test_yaml_holds_plain_values(self, tmp_path, created):
        (tmp_path / 'plain.yml').write_text('a: [1, 2.5]\nb: {c: null}\n')
        assert mmengine.load(tmp_path / 'plain.yml') == dict(a=[1, 2.5], b=dict(c=None))
        (tmp_path / 'hostile.yml').write_text(
            f'a: !!python/object/apply:os.mkdir [{json.dumps(str(created))}]\n')
        with pytest.raises(InputError, match='hostile.yml: the config cannot be read: not YAML of plain'):
            load_config(tmp_path / 'hostile.yml')

    def test_a_pickle_is_no_config(self, tmp_path, created):
        (tmp_path / 'hostile.pkl').write_bytes(pickle.dumps(CreatesAFile(created)))
        with pytest.raises(InputError, match='hostile.pkl: the config cannot be read'):
            load_config(tmp_path / 'hostile.pkl')


class TestTrust:
    @pytest.fixture(autouse=True)
    def ends(self):
        yield
        trust_checkpoints(False)

    @pytest.mark.parametrize('way', ['zip', 'legacy'])
    def test_a_trusted_file_runs_its_code_and_is_named(self, tmp_path, way):
        path = write(tmp_path / 'mine.pth', tmp_path / 'created', way, state_dict=dict(w=torch.ones(2)))
        trust_checkpoints()
        with pytest.warns(UserWarning, match=r"mine.pth: trusted as asked for, code in it may run.*mkdir"):
            found = load_tensors(path)
        assert found['state_dict']['w'].tolist() == [1, 1] and (tmp_path / 'created').is_dir()
        trust_checkpoints(False)
        with pytest.raises(InputError, match='refused'):
            load_tensors(path)

    def test_files_of_tensors_are_read_as_ever(self, tmp_path):
        torch.save(dict(w=torch.ones(2)), tmp_path / 'plain.pth')
        trust_checkpoints()
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            assert load_tensors(tmp_path / 'plain.pth')['w'].tolist() == [1, 1]

    def test_so_is_what_a_newer_pickle_holds(self, tmp_path):
        torch.save(dict(w=torch.ones(2)), tmp_path / 'newer.pth', pickle_protocol=4)
        with pytest.raises(InputError, match=r'newer.pth: truncated, or not a checkpoint \(Unsupported'):
            load_tensors(tmp_path / 'newer.pth')
        trust_checkpoints()
        with pytest.warns(UserWarning, match=r'may run \(Unsupported operand'):
            assert load_tensors(tmp_path / 'newer.pth')['w'].tolist() == [1, 1]

    def test_what_fails_while_it_runs_is_one_sentence(self, tmp_path):
        (tmp_path / 'created').mkdir()
        path = write(tmp_path / 'mine.pth', tmp_path / 'created')
        trust_checkpoints()
        with pytest.warns(UserWarning), pytest.raises(InputError, match='trusted, but reading it failed with '
                                                                        'FileExistsError'):
            load_tensors(path)

    def test_torch_itself_can_be_kept_from_code(self, tmp_path, created, monkeypatch):
        monkeypatch.setenv('TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD', '1')
        path = write(tmp_path / 'hostile.pth', created)
        with torch_load_reads_only_tensors(), pytest.raises(pickle.UnpicklingError):
            torch.load(path, weights_only=False)
        assert os.environ['TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD'] == '1'
        assert 'TORCH_FORCE_WEIGHTS_ONLY_LOAD' not in os.environ
