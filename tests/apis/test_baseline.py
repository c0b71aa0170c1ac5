"""A field of the samples in place of what a model generates."""
import pytest
from mmengine.config import Config

from ggtoolbox.apis.baseline import copy_baseline

LOADER = dict(
    batch_size=2, num_workers=0, sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(type='ToyWorldDance', size=32, frames=2, length=4, pipeline=[dict(
        type='PackTensors', keys=['source_image', 'target_image', 'previous_image'])]))


@pytest.mark.parametrize('key, still', [('target_image', False), ('source_image', True)])
def test_the_frame_before_a_copied_one_is_a_copy_of_the_same(key, still):
    cfg = Config(dict(test_dataloader=LOADER, test_evaluator=[dict(type='TemporalConsistency')]))
    found = copy_baseline(cfg, key)
    assert found['FrameChange'] == (0 if still else found['FrameChange_real'])
    assert found['FlickerError'] == (found['FrameChange_real'] if still else 0)
    assert found['FrameChange_real'] > 0
