import json

import numpy as np
import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.detection import Boxes, average_precision, instance_boxes, match, overlaps
from ggtoolbox.registry import METRICS


def scene():
    """Two cars side by side and a person, 6 x 10."""
    label, instance = torch.zeros(6, 10, dtype=torch.long), torch.zeros(6, 10, dtype=torch.long)
    label[1:4, 1:5], instance[1:4, 1:4], instance[1:4, 4] = 2, 1, 2
    label[0:2, 8:10], instance[0:2, 8:10] = 3, 5
    return dict(name='a', label=label, instance=instance)


def test_boxes_go_around_pixels():
    sample = scene()
    boxes = instance_boxes(sample['label'].numpy(), sample['instance'].numpy(), (2, 3))
    assert boxes.corners.tolist() == [[1, 1, 4, 4], [4, 1, 5, 4], [8, 0, 10, 2]]
    assert boxes.classes.tolist() == [2, 2, 3]
    assert instance_boxes(np.zeros((2, 2)), np.zeros((2, 2)), (1,)).corners.shape == (0, 4)


def test_overlap_is_intersection_over_union():
    box = np.array([[0, 0, 2, 2]])
    assert overlaps(box, np.array([[0, 0, 2, 2], [1, 1, 3, 3], [5, 5, 6, 6], [1, 0, 1, 2]])).tolist() == [
        [1, 1 / 7, 0, 0]]


def test_a_truth_is_found_once():
    truth = np.array([[0, 0, 10, 10]])
    detected = np.array([[0, 0, 10, 9], [0, 0, 10, 10]])
    assert match(detected, truth, 0.5).tolist() == [True, False]
    assert match(detected, truth, 0.95).tolist() == [False, True]


def test_precision_is_averaged_over_recall():
    """Hit, miss, hit of two: precision 1 up to recall 1/2, then 2/3."""
    truth = Boxes(np.array([[0, 0, 10, 10], [20, 0, 30, 10]]), np.array([1, 1]))
    found = Boxes(np.array([[0, 0, 10, 10], [50, 0, 60, 10], [20, 0, 30, 10]]), np.array([1, 1, 1]),
                  np.array([0.9, 0.8, 0.7]))
    (area,), = average_precision([found], [truth], (0.5,)).values()
    assert area == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)
    assert average_precision([found._replace(classes=np.array([2, 2, 2]))], [truth], (0.5,)) == {1: [0.0]}
    assert average_precision([found], [truth], (0.5,), most=1)[1] == pytest.approx(51 / 101)


def write(tmp_path, rows):
    path = tmp_path / 'detections.json'
    path.write_text(json.dumps(rows))
    return str(path)


def test_the_metric_reads_a_detectors_file(tmp_path):
    rows = [dict(image_id='a', category_id=2, bbox=[1, 1, 3, 3], score=0.9),
            dict(image_id='a', category_id=2, bbox=[4, 1, 1, 3], score=0.8),
            dict(image_id='a', category_id=3, bbox=[8, 0, 2, 1], score=0.7)]
    metric = METRICS.build(dict(type='DetectionAP', detections=write(tmp_path, rows), things=(2, 3)))
    metric.process({}, [scene()])
    found = metric.evaluate(1)
    assert found['detAP50'] == 1 and found['detAP75'] == 0.5
    assert found['detAP'] == pytest.approx((1 + 0.1) / 2)


@pytest.mark.parametrize('rows, complaint', [
    ([dict(image_id='a')], 'expected a JSON list of detections .* found KeyError'),
    ([dict(image_id='b', category_id=2, bbox=[1, 1, 3, 3], score=0.9)],
     "holds no detections of the image 'a'")])
def test_wrong_files_are_named(tmp_path, rows, complaint):
    with pytest.raises(InputError, match=complaint):
        metric = METRICS.build(dict(type='DetectionAP', detections=write(tmp_path, rows), things=(2,)))
        metric.process({}, [scene()])
