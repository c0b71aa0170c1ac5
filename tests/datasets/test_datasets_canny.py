import cv2
import numpy as np
import pytest
import torch

from ggtoolbox.datasets.pipeline import build_pipeline
from ggtoolbox.datasets.transforms.canny import CannyEdge
from ggtoolbox.errors import InputError


def picture():
    """A dark left half, a bright right half, and a faint step in its middle."""
    image = np.full((32, 40, 3), 40, np.uint8)
    image[:, 20:] = (200, 180, 160)
    image[:, 30:] += 12
    return image


def test_edges_lie_where_the_picture_changes():
    edges = CannyEdge().transform(dict(target_image=picture()))['target_edge']
    assert edges.shape == (32, 40) and edges.dtype == np.float32
    assert set(np.unique(edges)) == {-1.0, 1.0}
    columns = np.flatnonzero((edges > 0).any(axis=0))
    assert len(columns) and set(columns) <= {19, 20}


def test_it_is_opencvs_detector_on_the_grey_picture():
    random = np.random.RandomState(0)
    image = cv2.GaussianBlur(random.randint(0, 256, (32, 40, 3), np.uint8), (5, 5), 1)
    found = CannyEdge(low=30, high=60).transform(dict(target_image=image))['target_edge']
    expected = cv2.Canny(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 30, 60)
    assert 0 < (expected > 0).sum() < expected.size
    assert np.array_equal(found > 0, expected > 0)


def test_lower_thresholds_find_the_faint_step_and_blur_loses_it():
    faint = slice(28, 32)
    found = CannyEdge(low=10, high=20).transform(dict(target_image=picture()))['target_edge']
    assert (found[:, faint] > 0).any()
    blurred = CannyEdge(low=10, high=20, blur=4).transform(dict(target_image=picture()))['target_edge']
    assert not (blurred[:, faint] > 0).any()


def test_edges_pack_into_a_picture_of_one_channel():
    pipeline = build_pipeline([dict(type='CannyEdge'),
                               dict(type='PackTensors', keys=['target_image', 'target_edge'])])
    sample = pipeline(dict(name='x', target_image=picture()))
    assert sample['target_edge'].shape == (1, 32, 40)
    assert sample['target_edge'].dtype == torch.float32
    assert sample['target_edge'].unique().tolist() == [-1.0, 1.0]


@pytest.mark.parametrize('arguments, message', [
    (dict(low=200, high=100), 'found low=200, high=100'), (dict(low=-1), 'found low=-1'),
    (dict(blur=-1), 'blur must not be negative, found -1')])
def test_impossible_arguments_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        CannyEdge(**arguments)


def test_a_sample_without_a_picture_is_named():
    with pytest.raises(InputError, match="no 'target_image'"):
        CannyEdge().transform(dict(label=np.zeros((4, 4))))
