from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from ggtoolbox.apis.analysis.example_batch import example_batch
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.reading.sizes import picture_size
from ggtoolbox.errors import InputError
from ggtoolbox.structures import VOCABULARY, check_batch

CONFIGS = Path(__file__).parents[3] / 'configs'
OF_EACH_WORLD = ('gaugan/gaugan', 'selectiongan/selectiongan', 'xinggan/xinggan', 'gesturegan/gesturegan',
                 'scgan/scgan')


@pytest.mark.parametrize('name', OF_EACH_WORLD)
def test_it_is_as_the_drawn_data(name):
    cfg = load_config(CONFIGS / f'{name}_toyworld-64.py')
    loader = dict(cfg.val_dataloader, dataset=dict(cfg.train_dataloader.dataset), batch_size=3, num_workers=0,
                  persistent_workers=False)
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        drawn = next(iter(Runner.build_dataloader(loader, seed=0)))
    drawn = {key: value for key, value in drawn.items() if key in VOCABULARY}
    for device in ('meta', 'cpu'):
        made = example_batch(cfg, batch_size=3, device=device)
        assert {key: (value.shape, value.dtype) for key, value in made.items()} == \
               {key: (value.shape, value.dtype) for key, value in drawn.items()}
        assert {value.device.type for value in made.values()} == {device}
        check_batch(made)


def test_values_keep_the_ranges_and_hang_on_the_seed():
    cfg = load_config(CONFIGS / 'gaugan/gaugan_toyworld-64.py')
    first, again, other = (example_batch(cfg, device='cpu', seed=seed) for seed in (0, 0, 1))
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first['label'], other['label'])
    assert set(first['edge'].unique().tolist()) == {0, 1}
    assert first['label'].min() == 0 and first['label'].max() == 16
    assert -1 <= first['target_image'].min() < -0.9 and 0.9 < first['target_image'].max() <= 1


def test_another_size_can_be_asked_for():
    cfg = load_config(CONFIGS / 'gaugan/gaugan_cityscapes-512x256.py')
    assert picture_size(cfg) == (256, 512)
    assert example_batch(cfg, 1, size=(32, 64))['label'].shape == (1, 32, 64)


def test_a_size_that_nobody_says_is_asked_for():
    cfg = load_config(CONFIGS / 'pix2pix/pix2pix_toyworld-64.py')
    del cfg.train_dataloader.dataset['size']
    with pytest.raises(InputError, match='size of a picture'):
        picture_size(cfg)
