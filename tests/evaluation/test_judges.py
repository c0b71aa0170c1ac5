"""The judges that are shipped: what the metafile says, what is on disk, and what they see."""
import hashlib
import shutil

import pytest
import torch
from stubs import evaluate

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.judge import FOLDER, METAFILE, judge_network, read_metafile, save_judge
from ggtoolbox.evaluation.networks import shared_extractor
from ggtoolbox.models.backbones.judge import JudgeNetwork
from ggtoolbox.registry import METRICS

JUDGES = ['toyworld_street', 'toyworld_figure', 'toyworld_face', 'toyworld_hand', 'toyworld_dance',
          'toyworld_dance_loss', 'toyworld_attributes']
ENTRY = dict(Network=dict(num_classes=3, num_joints=0, channels=[4, 6]), Training=dict(Command='train it'))


def small_network():
    return JudgeNetwork(**ENTRY['Network'], allow_random=True)


@pytest.mark.parametrize('name', JUDGES)
def test_weights_are_what_the_metafile_says(name):
    entry = read_metafile()[name]
    content = (FOLDER / entry['Weights']).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry['SHA256']
    assert entry['Weights'] == f"{name}-{entry['SHA256'][:8]}.safetensors"
    assert len(content) == entry['Size'] < 2_000_000
    assert name in entry['Training']['Command'] and entry['Accuracy']


def test_the_folder_holds_the_judges_and_nothing_else():
    assert sorted(read_metafile()) == sorted(JUDGES)
    files = {entry['Weights'] for entry in read_metafile().values()}
    assert {path.name for path in FOLDER.iterdir() if path.name != '__pycache__'} == {METAFILE, *files}


def test_metrics_of_one_judge_share_its_network():
    distance = METRICS.build(dict(type='FID', feature_network='toyworld_street'))
    accuracy = METRICS.build(dict(type='SegmentationAccuracy', num_classes=17, segmenter='toyworld_street'))
    assert distance.features.extractor is accuracy.segmenter.extractor
    by_module = METRICS.build(dict(type='FID', feature_network=distance.features.extractor.network))
    assert by_module.features.layer == distance.features.layer == 'features'
    weights = read_metafile()['toyworld_street']['Weights'].removesuffix('.safetensors')
    assert distance.name == 'FD_toyworld_street' and weights in distance.protocol
    assert weights in accuracy.protocol


def test_an_unknown_judge_is_named_with_the_nearest():
    with pytest.raises(InputError, match="judge 'toyworld_streets'; did you mean 'toyworld_street'"):
        METRICS.build(dict(type='FID', feature_network='toyworld_streets'))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the street's judge, where judges are looked for."""
    entry = read_metafile()['toyworld_street']
    for name in (METAFILE, entry['Weights']):
        shutil.copy(FOLDER / name, tmp_path / name)
    monkeypatch.setattr('ggtoolbox.evaluation.judge.FOLDER', tmp_path)
    return tmp_path


def weights_in(folder):
    return next(folder.glob('*.safetensors'))


def test_damaged_weights_end_in_a_sentence(folder):
    content = bytearray(weights_in(folder).read_bytes())
    content[-1] ^= 1
    weights_in(folder).write_bytes(content)
    with pytest.raises(InputError, match='its sha256 is .*, expected'):
        shared_extractor('toyworld_street')


def test_absent_weights_end_in_a_sentence(folder):
    weights_in(folder).unlink()
    with pytest.raises(InputError, match="judge 'toyworld_street' are not there; .* tools/train_judge.py"):
        shared_extractor('toyworld_street')


def test_a_judge_is_kept_and_its_former_weights_go(tmp_path):
    first = save_judge('mine', small_network(), ENTRY, tmp_path)
    other = small_network()
    with torch.no_grad():
        other.to_maps.bias += 1
    second = save_judge('mine', other, ENTRY, tmp_path)
    assert first != second and not first.exists()
    described = judge_network('mine', tmp_path)
    assert described['weights'] == str(second) and described['sha256'].startswith(second.stem[-8:])
    found = shared_extractor(described).network
    assert torch.allclose(found.to_maps.bias, other.to_maps.bias, atol=1e-3)  # float16
    assert found.to_maps.bias.dtype == torch.float32


def test_an_image_of_another_kind_is_judged_too():
    sample = dict(name='a', image=torch.zeros(3, 48, 80), label=torch.zeros(48, 80, dtype=torch.int64))
    metric = METRICS.build(dict(type='SegmentationAccuracy', num_classes=17, segmenter='toyworld_street'))
    assert 0 <= evaluate(metric, [sample])['Acc'] <= 1
