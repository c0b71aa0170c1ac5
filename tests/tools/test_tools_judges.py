"""The judges' command lines."""
import json
import shutil

import in_process
import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope
from PIL import Image

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.judging.judge_ranking import judge_real_images
from ggtoolbox.apis.judging.judge_recipes import ALL_RECIPES
from ggtoolbox.apis.judging.judge_training import draw_batches, train_judge
from ggtoolbox.datasets.transforms.pack import image_to_tensor
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.judge import judge_network, read_metafile
from ggtoolbox.evaluation.protocols import find_protocol
from ggtoolbox.models.backbones.judge import JudgeNetwork
from ggtoolbox.registry import METRICS, MODELS

CONFIG = in_process.ROOT / 'configs/gesturegan/gesturegan_toyworld-64.py'
OPTIONS = {'model.generator.channels': 2, 'model.discriminator.channels': 2,
           'model.guided_discriminator.channels': 2, 'test_dataloader.num_workers': 0,
           'test_dataloader.persistent_workers': False, 'test_dataloader.dataset.length': 3}


def make_small(name, monkeypatch):
    """A judge of few channels that sees few pictures."""
    monkeypatch.setattr('ggtoolbox.apis.judging.judge_training.COUNTED_SCENES', 4)
    monkeypatch.setitem(ALL_RECIPES, name, ALL_RECIPES[name]._replace(batch_size=4, channels=(4, 6)))


def write_hands(root):
    """As the real set lies on disk: three pictures a split, each in pairs with the next."""
    random = np.random.default_rng(0)
    for split in ('train', 'test'):
        (root / split).mkdir()
        names = [f'{split}{number}.png' for number in range(3)]
        for name in names:
            Image.fromarray(random.integers(0, 255, (50, 50, 3), np.uint8)).save(root / split / name)
        points = np.dstack([random.uniform(0, 50, (3, 21, 2)), np.full((3, 21), 2)])
        (root / f'keypoints_{split}.json').write_text(json.dumps(dict(
            images=[dict(id=i, file_name=name, height=50, width=50) for i, name in enumerate(names)],
            annotations=[dict(id=i, image_id=i, keypoints=points[i].ravel().tolist()) for i in range(3)],
            categories=[dict(id=1, name='hand', keypoints=[f'{j}' for j in range(21)], skeleton=[[1, 2]])])))
        pairs = ''.join(f'{one},{other}\n' for one, other in zip(names, [*names[1:], names[0]]))
        (root / f'pairs_{split}.csv').write_text(f'from,to\n{pairs}')


def write_streets(root):
    """CamVid's folders, with pixels of no class."""
    for split in ('train', 'test'):
        for number in range(2):
            for folder, picture in (('images', np.full((48, 64, 3), 60 * number, np.uint8)),
                                    ('labels', np.full((48, 64), (3, 255)[number], np.uint8))):
                (root / split / folder).mkdir(parents=True, exist_ok=True)
                Image.fromarray(picture).save(root / split / folder / f'{number}.png')


@pytest.mark.parametrize('name, write, measures, floors', [
    ('hands', write_hands, {'PCK_0.1'}, {'shuffled pairs', 'the source image'}),
    ('camvid', write_streets, {'mIoU', 'Acc', 'Class_acc'}, {'shuffled pairs'})])
def test_a_judge_of_real_data_learns_from_the_training_split_alone(tmp_path, monkeypatch, name, write,
                                                                   measures, floors):
    make_small(name, monkeypatch)
    write(tmp_path)
    read = []
    monkeypatch.setattr('ggtoolbox.apis.judging.judge_training.image_to_tensor', lambda image: (
        read.append(image), image_to_tensor(image))[1])
    monkeypatch.setenv('GGTOOLBOX_JUDGES', str(tmp_path / 'judges'))
    with pytest.raises(InputError, match=f"no judge '{name}' .*made by tools/train_judge.py, in .*judges"):
        judge_network(name)
    in_process.run('train_judge.py', name, '--iterations', 1, '--data-root', tmp_path)
    entry = read_metafile(tmp_path / 'judges')[name]
    assert entry['Training']['Data'].endswith('training split') and len(read) == 4
    assert set(entry['Accuracy']) == {'Data', *measures} and set(entry['Floors']) == floors
    assert entry['Accuracy']['Data'] == f"{3 if name == 'hands' else 2} images of the test split"
    table = (tmp_path / 'judges' / 'floors.md').read_text().splitlines()
    assert table[0] == f"| judge | measure | measured on | {' | '.join(sorted(floors))} | real images |"
    assert len(table) == 2 + len(measures) and table[2].startswith(f'| `{name}` | `')
    assert judge_network(name)['weights'] == str(tmp_path / 'judges' / entry['Weights'])
    metrics = [METRICS.build(dict(metric)) for metric in find_protocol(name).metrics]
    assert {value for metric in metrics for value in metric.value_names} >= {f'FD_{name}', *measures}
    shutil.rmtree(tmp_path / 'test')
    with pytest.raises(InputError):
        judge_real_images(name, data_root=str(tmp_path))
    list(draw_batches(ALL_RECIPES[name], 2, str(tmp_path)))  # does without


def test_a_judge_is_trained(tmp_path, monkeypatch):
    make_small('toyworld_face', monkeypatch)
    weights = [in_process.run('train_judge.py', 'toyworld_face', '--iterations', iterations, '--seed', 3,
                              '--images', 4, '--out', tmp_path).splitlines()[-1] for iterations in (2, 2, 3)]
    assert weights[0] == weights[1] != weights[2]  # the same numbers make the same judge
    entry = read_metafile(tmp_path)['toyworld_face']
    assert entry['Training']['Command'] == 'python tools/train_judge.py toyworld_face --iterations 3 --seed 3'
    assert set(entry['Accuracy']) == {'Data', 'mIoU', 'Acc', 'Class_acc', 'PCK_0.05'}
    assert [path.name for path in tmp_path.glob('*.safetensors')] == [entry['Weights']]


@pytest.mark.parametrize('computes', [True, False])
def test_a_judge_is_trained_in_bfloat16_where_the_processor_computes_in_it(monkeypatch, computes):
    make_small('toyworld_hand', monkeypatch)
    monkeypatch.setattr('ggtoolbox.apis.judging.judge_training.computes_in_bfloat16', lambda device: computes)
    found, forward = [], JudgeNetwork.forward
    monkeypatch.setattr(JudgeNetwork, 'forward', lambda self, images: found.append(
        torch.is_autocast_enabled('cpu')) or forward(self, images))
    train_judge('toyworld_hand', 1, tell=str)
    assert found == [computes]


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
