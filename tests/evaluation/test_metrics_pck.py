import numpy as np
import pytest
from stubs import ColourNetwork, evaluate, samples

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.pck import correct_in_box
from ggtoolbox.registry import METRICS

TARGET = np.array([[0, 0, 1], [40, 0, 1], [0, 20, 1], [99, 99, 0]])  # the box is 40 wide, the last is unseen


def moved(dx, dy, visible=1):
    found = np.float64(TARGET)
    found[0] = dx, dy, visible
    return found


@pytest.mark.parametrize(('found', 'correct'), [
    (moved(0, 0), 3), (moved(4, 0), 3), (moved(4.01, 0), 2), (moved(3, 3), 2), (moved(0, 0, visible=0), 2)])
def test_a_joint_is_correct_within_a_tenth_of_the_longer_side(found, correct):
    assert correct_in_box(found, TARGET, 0.1) == (correct, 3)


def test_unseen_targets_do_not_count():
    assert correct_in_box(TARGET, TARGET * [1, 1, 0], 0.1) == (0, 0)
    metric = METRICS.build(dict(type='PCK'))
    hidden = dict(samples(1)[0], keypoints=np.zeros((18, 3)))
    assert np.isnan(evaluate(metric, [hidden])['PCK_0.1'])
    assert metric.counts == {'PCK_0.1': 0}


def test_joints_are_pooled_and_alpha_is_in_the_name():
    found = samples(5)
    pairs = [correct_in_box(sample['predicted_keypoints'].numpy(), sample['keypoints'].numpy(), 0.2)
             for sample in found]
    correct, counted = np.sum(pairs, axis=0)
    assert evaluate(METRICS.build(dict(type='PCK', alpha=0.2)), found) == {
        'PCK_0.2': pytest.approx(correct / counted)}


def test_refuses_what_it_cannot_compare():
    with pytest.raises(InputError, match='alpha must be positive, found 0'):
        METRICS.build(dict(type='PCK', alpha=0))
    one = dict(samples(1)[0], keypoints=np.ones((21, 3)))
    with pytest.raises(InputError, match=r'PCK_0.1: .* shape \(18, 3\), expected \(21, 3\)'):
        evaluate(METRICS.build(dict(type='PCK', detector=ColourNetwork())), [one])
