import numpy as np
import pytest
import torch
from stubs import ColourSegmenter, evaluate, samples

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.segmentation import (
    class_accuracy,
    confusion_matrix,
    mean_iou,
    pixel_accuracy,
)
from ggtoolbox.evaluation.metrics.spatial_consistency import Chance
from ggtoolbox.registry import METRICS
from ggtoolbox.structures import image_to_uint8


def test_by_hand():
    label = np.array([[0, 0, 1], [1, 255, 1]])
    predicted = np.array([[0, 1, 1], [1, 2, 0]])
    confusion = confusion_matrix(predicted, label, 4)
    assert confusion[:2, :2].tolist() == [[1, 1], [1, 2]] and confusion.sum() == 5
    assert mean_iou(confusion) == pytest.approx((1 / 3 + 2 / 4) / 2)  # classes 2 and 3 are in no map
    assert pixel_accuracy(confusion) == pytest.approx(3 / 5)
    assert class_accuracy(confusion) == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_nothing_that_counts():
    confusion = confusion_matrix(np.zeros((2, 2), int), np.full((2, 2), 255), 3)
    assert all(np.isnan(measure(confusion)) for measure in (mean_iou, pixel_accuracy, class_accuracy))


def test_refuses_other_sizes_and_classes():
    label = np.zeros((2, 3), int)
    with pytest.raises(InputError, match='shape \\(3, 2\\), expected \\(2, 3\\)'):
        confusion_matrix(label.T, label, 3)
    with pytest.raises(InputError, match='predicted class 3 was found, expected 0 to 2'):
        confusion_matrix(label + 3, label, 3)
    with pytest.raises(InputError, match='label class 7'):
        confusion_matrix(label, label + 7, 3)


def test_pixels_are_pooled_over_images():
    found = [dict(name='a', predicted_label=torch.zeros(1, 1).long(), label=torch.zeros(1, 1).long()),
             dict(name='b', predicted_label=torch.zeros(1, 3).long(), label=torch.ones(1, 3).long())]
    values = evaluate(METRICS.build(dict(type='SegmentationAccuracy', num_classes=2)), found)
    assert values == dict(mIoU=1 / 8, Acc=1 / 4, Class_acc=1 / 2)


def test_a_segmenter_with_weights_of_a_file(tmp_path):
    arguments = dict(type='Segmentor', num_classes=3, channels=2, num_blocks=1)
    with pytest.raises(InputError, match='none.pth: there is no such'):
        METRICS.build(dict(type='SegmentationAccuracy', num_classes=3, segmenter=arguments,
                           weights=str(tmp_path / 'none.pth')))
    metric = METRICS.build(dict(type='SegmentationAccuracy', num_classes=3, segmenter=arguments))
    torch.save(metric.segmenter.extractor.network.state_dict(), tmp_path / 'judge.pth')
    found = samples(3)
    again = METRICS.build(dict(type='SegmentationAccuracy', num_classes=3, segmenter=arguments,
                               weights=str(tmp_path / 'judge.pth')))
    assert 'Segmentor (judge.pth)' in again.protocol
    assert evaluate(again, found) == evaluate(metric, found)


def test_spatial_consistency_its_floor_and_its_ceiling():
    found = [dict(sample, label=image_to_uint8(sample['target_image']).argmax(2)) for sample in samples(5)]
    metric = METRICS.build(dict(type='SpatialConsistency', num_classes=3, segmenter=ColourSegmenter()))
    values = evaluate(metric, found)
    labels = [sample['label'] for sample in found]
    floor = np.mean([(labels[i] == labels[j]).mean()
                     for i in range(5) for j in range(5) if i != j])
    assert values['Consistency_floor'] == pytest.approx(floor)
    assert values['Consistency_ceiling'] == 1 > values['Consistency'] > values['Consistency_floor']
    assert np.isnan(evaluate(metric, found[:1])['Consistency_floor'])


def test_chance_leaves_ignored_pixels_out():
    random = np.random.default_rng(0)
    predicted = random.integers(0, 3, (4, 2, 5))
    labels = random.choice([0, 1, 2, 255], (4, 2, 5))
    chance = Chance(3)
    for maps in zip(predicted, labels):
        chance.add(*maps)
    pairs = [(predicted[i], labels[j]) for i in range(4) for j in range(4) if i != j]
    agreeing = sum((p == label).sum() for p, label in pairs)
    assert chance.share() == pytest.approx(agreeing / sum((label != 255).sum() for _, label in pairs))
    with pytest.raises(InputError, match='shape \\(5, 2\\), expected \\(2, 5\\)'):
        chance.add(predicted[0].T, labels[0].T)
