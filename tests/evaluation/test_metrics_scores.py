import numpy as np
import pytest
import torch
from PIL import Image
from stubs import ColourNetwork, evaluate, samples
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.inception_score import inception_score, split_inception_scores
from ggtoolbox.evaluation.metrics.kl_score import divergences
from ggtoolbox.evaluation.metrics.scene_accuracy import scene_picture, top_k_accuracy
from ggtoolbox.evaluation.metrics.scene_inception_score import keep_largest
from ggtoolbox.registry import METRICS


def test_inception_score_of_the_best_and_of_the_worst():
    assert inception_score(np.eye(7)) == pytest.approx(7)  # and 0 log 0 is 0
    assert inception_score(np.full((5, 4), 0.25)) == pytest.approx(1)


def test_splits_are_contiguous():
    rows = np.eye(4)[[0, 0, 0, 1, 2, 3, 3]]
    # bounds 0, 2, 4, 7: {0, 0}, {0, 1}, {2, 3, 3}
    thirds = np.exp(np.log(3) / 3 + np.log(1.5) * 2 / 3)
    np.testing.assert_allclose(split_inception_scores(rows, 3), [1, 2, thirds])


def test_fewer_images_than_splits():
    metric = METRICS.build(dict(type='InceptionScore', network=ColourNetwork()))
    with pytest.raises(InputError, match='IS: 10 splits need at least as many images, found 3'):
        evaluate(metric, samples(3))


def test_white_columns_and_masks_reach_the_network():
    seen = []

    class Spy(nn.Module):
        def forward(self, image):
            seen.append(image)
            return dict(logits_without_bias=image.mean((2, 3)))

    found = samples(2, size=(32, 16))
    metric = METRICS.build(dict(type='InceptionScore', network=Spy(), white_columns=4, splits=1))
    evaluate(metric, found)
    assert metric.name == 'IS_fashion'
    assert seen[0].shape == (2, 3, 32, 24)
    assert (seen[0][..., :4] == 1).all() and (seen[0][..., -4:] == 1).all()
    hidden = [dict(sample, keypoints=torch.zeros(18, 3)) for sample in found]
    evaluate(METRICS.build(dict(type='MaskInceptionScore', network=Spy(), splits=1, jpeg=False)), hidden)
    assert (seen[1] == -1).all()  # no joint, no mask


def test_kl_by_hand():
    generated, real = np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([[0.25, 0.75], [0.5, 0.5]])
    expected = [0.5 * np.log(2) + 0.5 * np.log(2 / 3), np.log(2)]
    np.testing.assert_allclose(divergences(generated, real), expected)
    assert divergences(real[1:], generated[1:])[0] == np.inf


def test_keep_largest_breaks_ties_by_order_and_does_not_normalise():
    assert keep_largest(np.array([[0.2, 0.4, 0.4]]), 1).tolist() == [[1e-9, 0.4, 1e-9]]


def test_top_k_accuracy_by_hand():
    real = np.array([[0.6, 0.3, 0.1], [0.4, 0.3, 0.3], [0.1, 0.1, 0.8], [0.5, 0.5, 0.0]])
    generated = np.array([[0.3, 0.6, 0.1], [0.8, 0.1, 0.1], [0.1, 0.2, 0.7], [0.1, 0.2, 0.7]])
    assert top_k_accuracy(generated, real, 1) == 50
    assert top_k_accuracy(generated, real, 2) == 75
    assert top_k_accuracy(generated, real, 1, 0.5) == 50  # 0.5 itself is not above
    assert np.isnan(top_k_accuracy(generated[3:], real[3:], 1, 0.5))


def test_confident_images_are_counted():
    metric = METRICS.build(dict(type='SceneAccuracy', network=ColourNetwork()))
    levels = [torch.full((3, 8, 8), level) for level in (-1.0, 0.5)]
    flat = [dict(name='x', image=level, target_image=level) for level in levels]
    values = evaluate(metric, flat)
    assert values['Top-1_all'] == 100 and np.isnan(values['Top-1_confident'])
    assert metric.counts == {'Top-1_all': 2, 'Top-5_all': 2, 'Top-1_confident': 0, 'Top-5_confident': 0}


def test_scene_pictures_are_the_middle_of_256():
    picture = np.random.default_rng(0).integers(0, 256, (64, 128, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(picture).resize((512, 256), Image.Resampling.BILINEAR))
    assert np.array_equal(scene_picture(picture), expected[16:240, 144:368])


def test_says_what_weights_to_fetch(monkeypatch, tmp_path):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    with pytest.raises(InputError, match='KL: download http.*alexnet_places365.pth.tar and put it at'):
        METRICS.build(dict(type='KLScore'))
