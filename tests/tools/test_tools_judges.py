"""The judges' command lines."""
import json

import in_process

from ggtoolbox.evaluation.judge import read_metafile


def test_a_judge_is_trained(tmp_path, monkeypatch):
    monkeypatch.setattr('ggtoolbox.apis.judge_training.BATCH_SIZE', 4)
    monkeypatch.setattr('ggtoolbox.apis.judge_training.COUNTED_SCENES', 4)
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
    assert error.endswith('iterations must be positive, found -1')


def test_the_ranking_is_printed(tmp_path):
    out = in_process.run('analysis_tools/rank_judges.py', 'toyworld_figure', '--images', 4, '--out',
                         tmp_path / 'ranking.json')
    assert '| toyworld_figure | PCKh | PCK_0.1 | FD_toyworld_figure |' in out
    values = json.loads((tmp_path / 'ranking.json').read_text())['toyworld_figure']
    assert f"| real | {values['real']['PCKh']:.4f} |" in out
