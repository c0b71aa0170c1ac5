"""A config is checked before anything is built, and a step is made without numbers before the first."""
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from ggtoolbox.apis import load_config
from ggtoolbox.apis.settings.dry_step import dry_step
from ggtoolbox.datasets.label_folder import LabelMapFolder
from ggtoolbox.errors import InputError

CONFIG = Path(__file__).resolve().parents[3] / 'configs/gaugan/gaugan_toyworld-64.py'
TINY = {'model.generator.channels': 2, 'model.generator.norm_hidden_channels': 4,
        'model.discriminator.discriminator.channels': 4, 'train_dataloader.num_workers': 0,
        'val_dataloader.num_workers': 0}


@pytest.mark.parametrize(('options', 'said'), [
    ({'train_dataloader.batchsize': 3}, "train_dataloader: DataLoader has no argument 'batchsize'; did"),
    ({'train_dataloader.batch_size': 0}, 'train_dataloader.batch_size: expected at least 1, found 0'),
    ({'train_dataloader.sampler.type': 'Sampler'}, "train_dataloader.sampler.type: .* has no 'Sampler'"),
    ({'optim_wrapper.generator.optimizer.learning_rate': 3}, "generator.optimizer: Adam has no argument"),
    ({'optim_wrapper.generator.clip_grad.max_norm': -1}, 'clip_grad.max_norm: expected more than 0'),
    ({'optim_wrapper.generator.optimizer.betas': 0.5}, 'optimizer.betas: expected a list of 2 .*, found 0.5'),
    ({'train_cfg.max_iters': 0}, 'train_cfg.max_iters: expected at least 1, found 0'),
    ({'train_cfg.by_epoch': True}, "train_cfg: EpochBasedTrainLoop has no argument 'max_iters'"),
    ({'default_hooks.checkpoint.interval': 0}, 'checkpoint.interval: expected at least 1, found 0'),
    ({'val_dataloader.sampler.type': 'InfiniteSampler'}, 'val_dataloader.sampler.type: expected a sampler'),
    ({'param_scheduler.begn': 3}, "param_scheduler: LinearLR has no argument 'begn'; did you mean 'begin'"),
    ({'visualizer.vis_backends': [1]}, r'visualizer.vis_backends: expected a list, .* found \[1\]'),
    ({'randomness.seed': -1}, 'randomness.seed: expected 0 to .*, found -1'),
    ({'model.generator.channels': '8'}, "model.generator.channels: expected a whole number, found '8'"),
    ({'val_evaluator.0.type': 'PSNRR'}, "val_evaluator.0.type: .* has no 'PSNRR'; did you mean 'PSNR'"),
    ({'log_processor.window_size': 0}, 'log_processor.window_size: expected at least 1, found 0')])
def test_the_sentence_names_the_path(options, said):
    with pytest.raises(InputError, match=said):
        load_config(CONFIG, options)


def test_wrapped_data_sets_are_checked_inside():
    inner = dict(type='ToyWorldStreet', length=0)
    for outer in (dict(_delete_=True, type='RepeatDataset', times=2, dataset=inner),
                  dict(_delete_=True, type='ConcatDataset', datasets=[inner])):
        with pytest.raises(InputError, match=r'dataset.*\.length: expected at least 1, found 0'):
            load_config(CONFIG, {'train_dataloader.dataset': outer})


def test_a_loader_without_processes_just_works():
    loader = load_config(CONFIG, {'train_dataloader.num_workers': 0,
                                  'train_dataloader.prefetch_factor': 4}).train_dataloader
    assert loader.persistent_workers is False and 'prefetch_factor' not in loader


def test_the_dry_step_finds_what_does_not_fit_and_draws_nothing():
    cfg = load_config(CONFIG, TINY)
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        loader = Runner.build_dataloader(cfg.train_dataloader)
    torch.manual_seed(3)
    np.random.seed(3)
    expected = torch.rand(1), np.random.rand()
    torch.manual_seed(3)
    np.random.seed(3)
    dry_step(cfg, loader)
    assert (torch.rand(1), np.random.rand()) == expected
    for options, said in (({'model.generator.image_size': (128, 128)},
                           r'model.generator.image_size is \(128, 128\), expected \(64, 64\)'),
                          ({'model.generator.norm': 'nothing'}, '^model: ')):
        with pytest.raises(InputError, match=said):
            dry_step(load_config(CONFIG, {**TINY, **options}), loader)


@pytest.mark.parametrize(('name', 'network', 'sentence'), [
    ('scgan', 'model.segmentor', 'expected in_channels that fit what it is given, found 3 channels where its '
     'layer downs.0.0 takes 5'),
    ('sketchycoco', 'model.joint_discriminator', 'found 3 channels where its layer .* takes 5')])
def test_the_dry_step_names_the_network_of_other_channels(name, network, sentence):
    cfg = load_config(CONFIG.parents[1] / f'{name}/{name}_toyworld-64.py',
                      {f'{network}.in_channels': 5, 'train_dataloader.num_workers': 0})
    said = pytest.raises(InputError, match=f'{network}: .*{sentence}')
    with DefaultScope.overwrite_default_scope('ggtoolbox'), said:
        dry_step(cfg, Runner.build_dataloader(cfg.train_dataloader))


def test_the_dry_step_takes_pictures_of_8_bits():
    cfg = load_config(CONFIG.parents[1] / 'stargan_v2/stargan_v2_toyworld-64.py',
                      {'train_dataloader.num_workers': 0})
    cfg.train_dataloader.dataset.pipeline[-1].scale = False
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        loader = Runner.build_dataloader(cfg.train_dataloader)
        assert loader.dataset[0]['source_image'].dtype is torch.uint8
        dry_step(cfg, loader)


class TestLabelMap:
    def build(self, label_map):
        return LabelMapFolder('a', 'b', num_classes=5, label_map=label_map, lazy_init=True)

    def test_keys_may_be_text(self):
        stored = np.array([[0, 4], [2, 3]], np.uint8)
        np.testing.assert_array_equal(self.build({'4': 1, 2: 0}).class_ids(stored, 'x'), [[0, 1], [0, 3]])

    @pytest.mark.parametrize('label_map', [[0, 1], {'a': 1}, {'4': 77}, {4: -1}, {4: 'b'}, {'4': 1, 4: 2}])
    def test_nonsense_is_refused(self, label_map):
        with pytest.raises(InputError, match='LabelMapFolder: label_map'):
            self.build(label_map)
