"""How large pictures are, by what a config says."""
from pathlib import Path

import pytest
from mmengine.config import ConfigDict

from ggtoolbox.apis import load_config
from ggtoolbox.apis.reading.sizes import picture_size, size_of_data
from ggtoolbox.errors import InputError

CONFIGS = Path(__file__).resolve().parents[3] / 'configs'


@pytest.mark.parametrize(('step', 'size'), [
    (dict(mode='resize_and_crop', load_size=286, crop_size=256), (256, 256)),
    (dict(mode='crop', crop_size=(256, 128)), (256, 128)),
    (dict(mode='fixed', crop_size=512, aspect_ratio=2.0), (256, 512)),
    (dict(mode='scale_width', load_size=286), None), (dict(mode='none'), None)])
def test_the_pipeline_says(step, size):
    steps = [dict(type='ResizeAndCrop', **step), dict(type='PackTensors')]
    settings = ConfigDict(size=(8, 8), pipeline=steps)
    assert size_of_data(settings) == size


@pytest.mark.parametrize(('size', 'expected'), [(64, (64, 64)), ([32, 64], (32, 64)), (None, None)])
def test_else_the_data_set_does(size, expected):
    assert size_of_data(ConfigDict(size=size, pipeline=[dict(type='RandomMirror')])) == expected


def test_else_the_generator_or_a_part_of_it_does():
    cfg = load_config(CONFIGS / 'edgegan/edgegan_toyworld-64.py')
    for settings in (cfg.train_dataloader.dataset, cfg.model.generator.encoder):
        assert picture_size(cfg) == (64, 64)
        settings.pop('size', None)
    cfg.model.generator.encoder.image_size = None
    with pytest.raises(InputError, match='edgegan_toyworld-64.py: expected the size of a picture'):
        picture_size(cfg)
