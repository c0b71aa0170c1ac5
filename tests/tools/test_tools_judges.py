"""The judges' command lines."""
import json

import in_process
import torch
from mmengine.registry import DefaultScope

from ggtoolbox.apis.config import load_config
from ggtoolbox.evaluation.judge import read_metafile
from ggtoolbox.registry import MODELS

CONFIG = in_process.ROOT / 'configs/gesturegan/gesturegan_toyworld-64.py'
OPTIONS = {'model.generator.channels': 2, 'model.generator.num_blocks': 1, 'model.discriminator.channels': 2,
           'model.guided_discriminator.channels': 2, 'test_dataloader.num_workers': 0,
           'test_dataloader.persistent_workers': False, 'test_dataloader.dataset.length': 3}


def test_a_judge_is_trained(tmp_path, monkeypatch):
    monkeypatch.setattr('ggtoolbox.apis.judging.judge_training.BATCH_SIZE', 4)
    monkeypatch.setattr('ggtoolbox.apis.judging.judge_training.COUNTED_SCENES', 4)
    weights = [in_process.run('train_judge.py', 'toyworld_face', '--iterations', iterations, '--seed', 3,
                              '--images', 4, '--out', tmp_path).splitlines()[-1] for iterations in (2, 2, 3)]
    assert weights[0] == weights[1] != weights[2]  # the same numbers make the same judge
    entry = read_metafile(tmp_path)['toyworld_face']
    assert entry['Training']['Command'] == 'python tools/train_judge.py toyworld_face --iterations 3 --seed 3'
    assert set(entry['Accuracy']) == {'Data', 'mIoU', 'Acc', 'Class_acc', 'PCK_0.05'}
    assert [path.name for path in tmp_path.glob('*.safetensors')] == [entry['Weights']]


def test_what_cannot_be_trained_ends_in_a_sentence(tmp_path):
    error = in_process.run('train_judge.py', 'toyworld_feet', '--out', tmp_path, fails=True)
    assert "there is no judge 'toyworld_feet' to train; did you mean 'toyworld_" in error
    error = in_process.run('train_judge.py', 'toyworld_hand', '--iterations', -1, '--out', tmp_path,
                           fails=True)
    assert error.endswith("--iterations: expected a whole number of at least 1, found '-1'")


def test_the_ranking_is_printed(tmp_path):
    out = in_process.run('analysis_tools/rank_judges.py', 'toyworld_figure', '--images', 4, '--out',
                         tmp_path / 'ranking.json')
    assert '| toyworld_figure | PCKh | PCK_0.1 | FD_toyworld_figure |' in out
    values = json.loads((tmp_path / 'ranking.json').read_text())['toyworld_figure']
    assert f"| real | {values['real']['PCKh']:.4f} |" in out


def test_a_checkpoint_is_measured_and_the_command_line_has_the_last_word(tmp_path):
    cfg = load_config(CONFIG, OPTIONS)
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        weights = MODELS.build(cfg.model).state_dict()
    torch.save(dict(state_dict=weights, meta=dict(system='GestureGAN')), tmp_path / 'model.pth')
    options = [f'{key}={value}' for key, value in OPTIONS.items()]
    out = in_process.run('test.py', CONFIG, tmp_path / 'model.pth', '--work-dir', tmp_path, '--protocol',
                         'toyworld_hand', '--cfg-options', *options)
    table = {line.split()[0]: line for line in out.splitlines()[-5:]}
    assert list(table) == ['metric', 'PSNR', 'SSIM', 'PCK_0.1', 'FD_toyworld_hand']
    weights = read_metafile()['toyworld_hand']['Weights'].removesuffix('.safetensors')
    assert table['PCK_0.1'].split()[2:4] == ['3', f'{weights};']  # three images, as said
