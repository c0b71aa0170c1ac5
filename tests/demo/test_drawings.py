import base64
import io
import json

import numpy as np
import pytest
from drawings import Labels, Points, label_map_png
from PIL import Image

from ggtoolbox.errors import InputError

LABELS = Labels((4, 6), ('sky', 'road', 'car'), ((1, 2, 3), (40, 50, 60), (7, 8, 9)))
POINTS = Points((64, 32), ('a', 'b', 'c'), ((0, 1),))


def changed(text, **entries):
    return json.dumps({**json.loads(text), **entries})


def test_a_label_map_comes_back_as_it_went():
    label = np.random.default_rng(0).integers(0, 3, (4, 6))
    found = LABELS.read(LABELS.show(label))
    assert found.dtype == np.uint8 and (found == label).all()


@pytest.mark.parametrize('entries, sentence', [
    (dict(height=5), 'expected labels of 4 x 6 pixels'),
    (dict(kind='points'), 'expected labels of 4 x 6 pixels'),
    (dict(labels='AAAA'), 'expected 4 x 6 class ids'),
    (dict(labels=7), 'expected 4 x 6 class ids'),
    (dict(labels=base64.b64encode(bytes([3] * 24)).decode()), 'class id 3 was found, expected 0..2')])
def test_what_is_no_label_map_is_refused(entries, sentence):
    with pytest.raises(InputError, match=sentence):
        LABELS.read(changed(LABELS.show(np.zeros((4, 6), int)), **entries))


@pytest.mark.parametrize('text', [None, '', '[]', '{"kind": "labels"}', '"' + 'x' * 5_000_000 + '"'])
def test_what_is_no_drawing_is_refused(text):
    with pytest.raises(InputError, match='expected labels of 4 x 6'):
        LABELS.read(text)


def test_a_label_map_is_saved_with_ids_and_colours():
    label = np.arange(24).reshape(4, 6) % 3
    stored = Image.open(io.BytesIO(base64.b64decode(label_map_png(LABELS.show(label)))))
    assert stored.mode == 'P' and (np.asarray(stored) == label).all()
    assert (np.asarray(stored.convert('RGB')) == np.array(LABELS.palette)[label]).all()
    with pytest.raises(InputError, match='expected a drawing of labels'):
        label_map_png(POINTS.show(np.zeros((3, 3))))


def test_points_come_back_and_hidden_ones_have_no_place():
    points = POINTS.read(POINTS.show([[1.5, 2, 1], [31, 63, 1], [9, 9, 0]]))
    assert points.tolist() == [[1.5, 2, 1], [31, 63, 1], [-1, -1, 0]]


@pytest.mark.parametrize('points, sentence', [
    ([[1, 2, 1]], 'expected 3 points'),
    ([[1, 2, 1], [32, 2, 1], [3, 4, 1]], 'outside of the picture of 32 x 64'),
    ([[1, 2, 1], [float('nan'), 2, 1], [3, 4, 1]], 'outside of the picture'),
    ([[1, 2, 1], [1, 2], [3, 4, 1]], 'expected a list of points'),
    ('points', 'expected a list of points')])
def test_what_is_no_pose_is_refused(points, sentence):
    with pytest.raises(InputError, match=sentence):
        POINTS.read(changed(POINTS.show(np.ones((3, 3))), points=points))


def test_all_points_can_be_demanded():
    with pytest.raises(InputError, match='all 3 points are needed, found 2'):
        POINTS._replace(complete=True).read(POINTS.show([[1, 1, 1], [2, 2, 1], [3, 3, 0]]))
