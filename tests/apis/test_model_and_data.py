"""A model and its data count classes, attributes, guides and pixels alike."""
from pathlib import Path

import pytest
from mmengine.dataset import BaseDataset

from ggtoolbox.apis import load_config
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
OWN = """
_base_ = ['{configs}/_base_/models/gaugan.py', '{configs}/_base_/datasets/custom_256.py',
          '{configs}/_base_/schedules/ttur_adam_200e.py']
model = dict(generator=dict(num_classes=13, image_size=(256, 256), num_upsamplings=5))
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / 'own.py'
    path.write_text(OWN.format(configs=CONFIGS))
    return path


@pytest.mark.parametrize('classes', [13, 5])
def test_a_folder_has_as_many_classes_as_the_generator_says(own, classes):
    cfg = load_config(own, {'model.generator.num_classes': classes})
    for split in ('train', 'val', 'test'):
        assert cfg[f'{split}_dataloader'].dataset.num_classes == classes


@pytest.mark.parametrize('known', [dict(num_classes=4), dict(classes=['a', 'b', 'c', 'd'])])
def test_a_folder_that_knows_its_classes_is_compared(own, known):
    options = {f'val_dataloader.dataset.{key}': value for key, value in known.items()}
    with pytest.raises(InputError, match=r'model.generator.num_classes is 13, expected 4, as '
                                         r'val_dataloader.dataset \(LabelMapFolder\) has it'):
        load_config(own, options)
    assert load_config(own, {**options, 'model.generator.num_classes': 4,
                             'train_dataloader.dataset.num_classes': 4})


def test_no_class_at_all_is_not_silence(own):
    with pytest.raises(InputError, match='num_classes'):
        DATASETS.build(load_config(own, {'train_dataloader.dataset.num_classes': 0}).train_dataloader.dataset)


def test_a_model_that_is_none_is_none(own):
    with pytest.raises(InputError, match="the config has no 'model'"):
        load_config(own, {'model': None})


@pytest.mark.parametrize(('config', 'option', 'value', 'sentence'), [
    ('gaugan/gaugan_toyworld-64.py', 'num_classes', 13,
     r'expected 17, as train_dataloader.dataset \(ToyWorldS'),
    ('edgegan/edgegan_toyworld-64.py', 'num_classes', 13, 'model.generator.num_classes is 13, expected 17'),
    ('gaugan/gaugan_cityscapes-512x256.py', 'num_classes', 34, r'expected 35, as train_.*\(Cityscapes'),
    ('gaugan/gaugan_toyworld-64.py', 'image_size', (32, 64), r'is \(32, 64\), expected \(64, 64\)'),
    ('edgegan/edgegan_ade20k-256.py', 'encoder.image_size', (512, 512),
     r'model.generator.encoder.image_size is \(512, 512\), expected \(256, 256\)'),
    ('scgan/scgan_toyworld-64.py', 'num_attributes', 4, 'expected 5, as train_dataloader.dataset'),
    ('xinggan/xinggan_toyworld-64.py', 'guide_channels', 3, 'expected 18, as train_dataloader.dataset')])
def test_a_data_set_that_knows_is_compared(config, option, value, sentence):
    with pytest.raises(InputError, match=sentence):
        load_config(CONFIGS / config, {f'model.generator.{option}': value})


class NeedsItsFile(BaseDataset):
    METAINFO = dict(num_classes=3)

    def __init__(self, path, pipeline=()):
        open(path).close()


def test_a_data_set_that_needs_its_files_is_not_asked():
    options = {'train_dataloader.dataset': dict(_delete_=True, type=NeedsItsFile, path='nowhere.txt')}
    assert load_config(CONFIGS / 'gaugan/gaugan_toyworld-64.py', options)


def test_a_wrapped_data_set_is_looked_into():
    wrapped = dict(_delete_=True, type='RepeatDataset', times=2,
                   dataset=dict(type='ToyWorldStreet', size=(64, 64), length=4))
    with pytest.raises(InputError, match=r'train_dataloader.dataset.dataset \(ToyWorldStreet\)'):
        load_config(CONFIGS / 'gaugan/gaugan_toyworld-64.py', {
            'model.generator.num_classes': 13, 'train_dataloader.dataset': wrapped})
