"""No tool runs what a checkpoint says, whatever way it was saved, unless told to trust it."""
import sys
from pathlib import Path

import pytest
import torch
from in_process import ROOT, run

from ggtoolbox.apis import load_config
from ggtoolbox.registry import MODELS

sys.path.insert(0, str(Path(__file__).parents[1]))

from hostile import write  # noqa: E402

FACE = ROOT / 'configs/scgan/scgan_toyworld-64.py'
STREET = ROOT / 'configs/gaugan/gaugan_toyworld-64.py'
TINY = ['model.generator.channels=2', 'model.generator.norm_hidden_channels=4',
        'test_dataloader.num_workers=0', 'test_dataloader.persistent_workers=False',
        'test_dataloader.dataset.length=2', 'train_dataloader.num_workers=0',
        'train_dataloader.persistent_workers=False', 'train_cfg.max_iters=1']


def commands(file, out):
    """Each way in which a user hands a checkpoint to a tool."""
    return {
        'test': ('test.py', STREET, file, '--work-dir', out, '--cfg-options', *TINY),
        'resume': ('train.py', STREET, '--resume', file, '--work-dir', out, '--cfg-options', *TINY),
        'load_from': ('train.py', STREET, '--work-dir', out, '--cfg-options', *TINY, f'load_from={file}'),
        'convert': ('model_converters/convert.py', 'spade', file, out / 'converted.pth'),
        'publish': ('model_converters/publish.py', file, '--config', STREET, '--out', out),
        'infer': ('infer.py', STREET, file, ROOT / 'docs', '--out', out),
        'export': ('export.py', STREET, file, '--out', out),
        'interpolate': ('interpolate.py', FACE, file, '--out', out / 'grid.png'),
    }


@pytest.mark.parametrize('way', ['zip', 'legacy'])
@pytest.mark.parametrize('command', commands(Path(), Path()))
def test_one_sentence_and_no_code(tmp_path, command, way):
    file = write(tmp_path / 'hostile.pth', tmp_path / 'created', way, state_dict={}, meta={})
    sentence = run(*commands(file, tmp_path)[command], fails=True)
    assert 'hostile.pth: ' in sentence and ('refused, because it holds' in sentence
                                            or 'not a checkpoint' in sentence)
    assert not (tmp_path / 'created').exists()


@pytest.mark.parametrize('way', ['zip', 'legacy'])
def test_a_hostile_file_in_the_work_dir_is_passed_over(tmp_path, way):
    write(tmp_path / 'iter_9.pth', tmp_path / 'created', way, state_dict={})
    (tmp_path / 'last_checkpoint').write_text(str(tmp_path / 'iter_9.pth'))
    out = run('train.py', STREET, '--resume', '--work-dir', tmp_path, '--cfg-options', *TINY,
              'model.discriminator.discriminator.channels=4', 'val_dataloader=None', 'val_evaluator=None',
              'val_cfg=None')
    assert 'no complete checkpoint to resume from' in out and (tmp_path / 'iter_1.pth').is_file()
    assert not (tmp_path / 'created').exists()


class TestTrust:
    @pytest.fixture
    def released(self, tmp_path):
        """A checkpoint of the tiny GauGAN that also creates a folder as it is read."""
        model = MODELS.build(load_config(STREET).model)
        state = {name: value for name, value in model.state_dict().items()}
        return write(tmp_path / 'mine.pth', tmp_path / 'created', state_dict=state, meta={})

    def test_a_trusted_checkpoint_is_read(self, tmp_path, released):
        with pytest.warns(UserWarning, match='mine.pth: trusted as asked for'):
            run('test.py', STREET, released, '--trust-checkpoint', '--work-dir', tmp_path, '--cfg-options',
                *TINY[2:5])
        assert (tmp_path / 'created').is_dir()
        (tmp_path / 'created').rmdir()
        run('test.py', STREET, released, '--work-dir', tmp_path, '--cfg-options', *TINY[2:5], fails=True)
        assert not (tmp_path / 'created').exists()  # trust ends with the tool

    @pytest.mark.parametrize('command', commands(Path(), Path()))
    def test_every_tool_knows_the_argument(self, tmp_path, command):
        file = write(tmp_path / 'hostile.pth', tmp_path / 'created', state_dict=dict(w=torch.ones(1)))
        tool, *arguments = commands(file, tmp_path)[command]
        with pytest.warns(UserWarning, match='hostile.pth: trusted as asked for'):
            assert 'refused' not in run(tool, '--trust-checkpoint', *arguments, fails=True)
        assert (tmp_path / 'created').is_dir()
