"""A protocol by name brings its metrics, its fields and its images to a config."""
from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.judging.protocols import judged_protocol, measure, task_of, use_protocol
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.protocols import find_protocol
from ggtoolbox.registry import DATASETS, MODELS

CONFIGS = Path(__file__).resolve().parents[3] / 'configs'
SYSTEMS = {
    'toyworld_street': 'edgegan/edgegan_toyworld-64.py',
    'toyworld_cross_view': 'pix2pix/pix2pix_toyworld-64.py',
    'toyworld_figure': 'bigraphgan/bigraphgan_toyworld-64.py',
    'toyworld_hand': 'gesturegan/gesturegan_toyworld-64.py',
    'toyworld_face': 'scgan/scgan_toyworld-64.py',
    'toyworld_attributes': 'stargan/stargan_toyworld-64.py',
    'toyworld_objects': 'sketchycoco/sketchycoco_toyworld-64.py',
    'toyworld_domains': 'stargan_v2/stargan_v2_toyworld-64.py',
}


def config(name):
    return load_config(CONFIGS / SYSTEMS[name])


def test_another_size_is_another_task():
    names = ('bigraphgan/bigraphgan_toyworld-64.py', 'xinggan/xinggan_toyworld-128.py')
    cfgs = [load_config(CONFIGS / name) for name in names]
    assert [judged_protocol(cfg) for cfg in cfgs] == ['toyworld_figure'] * 2
    tasks = [task_of(cfg, 'toyworld_figure') for cfg in cfgs]
    assert tasks == ['toyworld_figure', 'toyworld_figure, 128 x 64']
    assert task_of(load_config(CONFIGS / 'gesturegan/gesturegan_hands-96.py'), 'hands') == 'hands'
    of_one_number = load_config(CONFIGS / SYSTEMS['toyworld_attributes'])
    assert task_of(of_one_number, 'toyworld_attributes') == 'toyworld_attributes'
    of_one_number.test_dataloader.dataset.size = 96
    assert task_of(of_one_number, 'toyworld_attributes') == 'toyworld_attributes, 96 x 96'


@pytest.mark.parametrize('name', SYSTEMS)
def test_samples_hold_what_the_metrics_read(name):
    cfg = config(name)
    assert judged_protocol(cfg) == name
    before = cfg.val_dataloader.to_dict()
    use_protocol(cfg, name)
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    assert (len(dataset), dataset.seed) == (512, 2)
    assert set(find_protocol(name).fields) <= set(dataset[0])
    assert cfg.val_dataloader.to_dict() == before


def test_as_many_images_as_asked_for():
    cfg = config('toyworld_hand')
    use_protocol(cfg, 'toyworld_hand', images=7)
    assert cfg.test_dataloader.dataset.length == 7
    with pytest.raises(InputError, match="'market_images' measures all test data"):
        use_protocol(cfg, 'market_images', images=7)


def test_refuses_other_data():
    cfg = config('toyworld_hand')
    with pytest.raises(InputError, match='measures ToyWorldStreet, but the test data are ToyWorldHand; for '
                                         'these there is toyworld_hand'):
        use_protocol(cfg, 'toyworld_street')
    with pytest.raises(InputError, match="no judge knows the test data 'Cityscapes'"):
        judged_protocol(load_config(CONFIGS / 'gaugan/gaugan_cityscapes-512x256.py'))


def test_a_checkpoint_is_measured(tmp_path):
    cfg = config('toyworld_hand')
    cfg.work_dir = str(tmp_path)
    cfg.model.generator.channels = 2
    for role in ('discriminator', 'guided_discriminator'):
        cfg.model[role].channels = 2
    cfg.test_dataloader.update(num_workers=0, persistent_workers=False)
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        model = MODELS.build(cfg.model)
    torch.save(dict(state_dict=model.state_dict(), meta=dict(system='GestureGAN')), tmp_path / 'model.pth')
    rows = {row.metric: row for row in measure(cfg, str(tmp_path / 'model.pth'), images=5)}
    assert list(rows) == ['PSNR', 'SSIM', 'PCK_0.1', 'FD_toyworld_hand']
    assert all(row.images == 5 and row.protocol for row in rows.values())
    assert 0 <= rows['PCK_0.1'].value <= 1 < rows['FD_toyworld_hand'].value
