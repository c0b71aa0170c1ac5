import numpy as np
import pytest
import torch

from ggtoolbox.datasets.toyworld_dance import ToyWorldMusic
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation import dance
from ggtoolbox.models.backbones.st_gcn import STGCN
from ggtoolbox.registry import METRICS


@pytest.fixture(scope='module')
def samples():
    """Real dances, two to each music, as if they had been generated for each other."""
    world = ToyWorldMusic(frames=30, rate=4000, length=12, repeats=2)
    drawn = [world[index] for index in range(len(world))]
    for one, other in zip(drawn[::2], drawn[1::2]):
        one['motion'], other['motion'] = other['target_motion'], one['target_motion']
    return [{name: torch.as_tensor(value) if isinstance(value, np.ndarray) else value
             for name, value in sample.items()} for sample in drawn]


def measure(metric, samples):
    metric = METRICS.build(metric) if isinstance(metric, dict) else metric
    for start in range(0, len(samples), 5):
        metric.process({}, samples[start:start + 5])
    return metric.evaluate(len(samples))


def test_real_dances_keep_time_and_shuffled_music_does_not_fit(samples):
    values = measure(dict(type='BeatAlignment'), samples)
    assert values['BeatAlignment'] == values['BeatAlignment_real'] == 1
    assert values['BeatAlignment_shuffled'] < 0.8
    assert values['BeatHitRate'] == 1 and 0.7 < values['BeatCoverage'] <= 1


def test_a_dancer_who_stands_still_has_no_beat(samples):
    still = [dict(sample, motion=torch.zeros_like(sample['motion'])) for sample in samples]
    values = measure(dict(type='BeatAlignment'), still)
    assert values['BeatAlignment'] == values['BeatCoverage'] == values['BeatHitRate'] == 0


def test_features_of_the_same_dances_have_no_distance(samples):
    network = STGCN(3, channels=(4, 6), allow_random=True)
    from ggtoolbox.evaluation.metrics.motion_features import MotionFeatures
    values = measure(MotionFeatures(network), samples)
    assert values['FD_STGCN'] == pytest.approx(0, abs=1e-9)
    assert values['Diversity'] == pytest.approx(values['Diversity_real'])
    assert values['Multimodality'] == pytest.approx(values['Multimodality_real'])
    assert 0 < values['Multimodality'] < values['Diversity']
    frozen = [dict(sample, motion=samples[0]['motion']) for sample in samples]
    values = measure(MotionFeatures(network), frozen)
    assert values['FD_STGCN'] > 0 and values['Diversity'] == values['Multimodality'] == 0
    alone = measure(MotionFeatures(network), samples[::2])
    assert 'Multimodality' not in alone
    with pytest.raises(InputError, match="no layer 'pool'"):
        measure(MotionFeatures(network, layer='pool'), samples)


def test_flicker_is_what_the_real_video_does_not_do():
    torch.manual_seed(0)
    now, before = (torch.randint(0, 256, (8, 9, 3)).numpy().astype(np.uint8) for _ in range(2))
    sample = dict(image=now, generated_previous_image=before, target_image=now, previous_image=before)
    values = measure(dict(type='TemporalConsistency'), [sample, sample])
    change = np.abs(now.astype(int) - before).mean()
    assert values == pytest.approx(dict(FrameChange=change, FrameChange_real=change, FlickerError=0))
    values = measure(dict(type='TemporalConsistency'), [dict(sample, generated_previous_image=now)])
    assert values == pytest.approx(dict(FrameChange=0, FrameChange_real=change, FlickerError=change))


def test_arithmetic_of_beats():
    beats, music = np.array([2, 7, 15]), np.array([2, 8, 20])
    assert dance.nearest_distances(beats, music).tolist() == [0, 1, 5]
    assert dance.beat_hit_rate(beats, music) == pytest.approx(2 / 3)
    assert dance.beat_coverage(beats, music) == 1
    assert dance.beat_alignment(beats, music) == pytest.approx((1 + np.exp(-0.5) + np.exp(-12.5)) / 3)
    assert dance.beat_alignment(beats, np.array([])) == dance.beat_alignment(np.array([]), music) == 0
    assert dance.kinematic_beats(np.array([3, 1, 1, 2, 0, 4.0])).tolist() == [1, 4]
    assert len(dance.music_beats(np.zeros((5, 1600)))) == 0
    with pytest.raises(InputError, match='two dances'):
        dance.mean_distance(np.zeros((1, 3)))
