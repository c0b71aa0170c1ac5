"""ToyWorld hands and faces: the same on every machine, guides where the joints are, signs that differ."""
import hashlib

import numpy as np
import pytest
import torch

from ggtoolbox.datasets.face_landmarks import (
    FACE_CLASSES,
    INNER_LIPS,
    JAW,
    LEFT_EYE,
    NOSE,
    RIGHT_EYE,
    landmark_picture,
    landmark_segmentation,
)
from ggtoolbox.datasets.hand_pose import HAND_BONES, HAND_JOINTS, scaled_line_width, skeleton_picture
from ggtoolbox.datasets.toyworld.dice import Dice
from ggtoolbox.datasets.toyworld.face import EXPRESSIONS, NEUTRAL, describe_face, face_landmarks
from ggtoolbox.datasets.toyworld.gesture import draw_hand_pair
from ggtoolbox.datasets.toyworld.hand import BONES, describe_gesture, describe_hand, hand_joints
from ggtoolbox.datasets.toyworld.portrait import draw_face_pair
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import check_batch

DRAW = dict(hand=draw_hand_pair, face=draw_face_pair)
HASHES = {
    ('hand', 0, 0, 64, 64): '70d854d04e9c725d7cd9d7dd2d719dcd',
    ('hand', 3, 41, 96, 64): '1a13ccd9d238203d22a8e4d14d7e6544',
    ('face', 0, 0, 64, 64): 'a5f616a5da24450af6acb971ede4bad4',
    ('face', 3, 41, 96, 64): 'ac12eeffc4ac20bb99cfa0423d575305',
}


def digest(what: str, *scene: int) -> str:
    pair = DRAW[what](*scene)
    data = b''.join(np.ascontiguousarray(array).tobytes() for array in pair[:4])
    return hashlib.sha256(data).hexdigest()[:32]


@pytest.mark.parametrize('scene', HASHES)
def test_pair_is_fixed(scene):
    assert digest(*scene) == HASHES[scene]


@pytest.mark.parametrize('name, joints', [('ToyWorldHand', 21), ('ToyWorldFace', 68)])
def test_data_sets_give_the_vocabulary(name, joints):
    dataset = DATASETS.build(dict(type=name, size=(48, 64), length=9, seed=2, pipeline=[
        dict(type='PackTensors')]))
    batch = torch.utils.data.default_collate([dataset[0], dataset[-1]])
    check_batch(batch)
    for field in ('source_image', 'target_image', 'source_guide', 'target_guide'):
        assert batch[field].shape == (2, 3, 48, 64) and batch[field].std() > 0.05
    assert batch['keypoints'].shape == batch['source_keypoints'].shape == (2, joints, 3)
    assert len(dataset.metainfo['joints']) == joints


def test_a_face_has_a_label_and_attributes():
    dataset = DATASETS.build(dict(type='ToyWorldFace', size=64))
    seen, sums = np.zeros(len(FACE_CLASSES), int), np.zeros(5)
    for index in range(40):
        sample = dataset[index]
        seen += np.bincount(sample['label'].ravel(), minlength=len(FACE_CLASSES))
        sums += sample['attributes']
        assert set(sample['attributes'].tolist()) <= {0.0, 1.0} and sample['attributes'][:3].sum() <= 1
        np.testing.assert_array_equal(sample['label'], landmark_segmentation(sample['keypoints'], (64, 64)))
    assert (seen > 0).all() and dataset.metainfo['num_classes'] == 7
    assert ((sums > 4) & (sums < 36)).all()


def test_attributes_can_be_seen():
    """Blond heads are brighter at the top than black ones."""
    tops = {0: [], 1: []}
    dataset = DATASETS.build(dict(type='ToyWorldFace', size=64))
    for index in range(80):
        sample = dataset[index]
        x = int(sample['source_keypoints'][27, 0])
        for column, found in tops.items():
            if sample['attributes'][column]:
                found.append(sample['source_image'][8:14, x - 3:x + 4].mean())
    assert np.mean(tops[1]) > 1.6 * np.mean(tops[0])


@pytest.mark.parametrize('draw, limit', [(draw_hand_pair, 0.6), (draw_face_pair, 0.6)])
def test_both_pictures_show_the_same_one(draw, limit):
    own, other = [], []
    for index in range(25):
        pair, stranger = draw(0, index, 64, 64), draw(1, index, 64, 64)
        target = pair.target_image.astype(float)
        own.append(np.abs(target - pair.source_image).mean())
        other.append(np.abs(target - stranger.source_image).mean())
    assert np.mean(own) < limit * np.mean(other)


def test_bones_of_a_hand_keep_their_length():
    dice = Dice(0, 3)
    identity = describe_hand(dice)
    for _ in range(20):
        joints = np.array(hand_joints(identity, describe_gesture(dice)[0]))
        for finger, lengths in enumerate(BONES, 1):
            chain = joints[4 * finger + 1:4 * finger + 5]
            assert np.linalg.norm(np.diff(chain, axis=0), axis=1) == pytest.approx(lengths)


def test_stretched_fingers_reach_farther_than_curled_ones():
    dice, far, near = Dice(0, 4), [], []
    identity = describe_hand(dice)
    for _ in range(60):
        gesture, sign = describe_gesture(dice)
        joints = np.array(hand_joints(identity, gesture))
        for finger in range(1, 5):
            reach = np.linalg.norm(joints[4 * finger + 4] - joints[0])
            (far if sign[finger] else near).append(reach)
    assert min(far) > max(near)
    assert all(describe_gesture(dice, but=sign)[1] != sign for _ in range(20))


def test_joints_of_a_hand_lie_on_its_skin():
    """Most of the joints have nearly the colour of the palm's middle."""
    inside = []
    for index in range(20):
        pair = draw_hand_pair(0, index, 128, 128)
        x, y, visible = pair.source_keypoints.T
        assert visible.sum() > 15
        colours = pair.source_image[y[visible > 0].astype(int), x[visible > 0].astype(int)].astype(float)
        centre = pair.source_image[int((y[0] + y[9]) / 2), int((x[0] + x[9]) / 2)]
        inside.append(np.median(np.abs(colours - centre).mean(1)))
    assert np.mean(inside) < 35


def test_a_skeleton_is_white_lines_of_the_papers_width():
    keypoints = np.full((21, 3), (-1, -1, 0), np.float32)
    keypoints[0], keypoints[5] = (40, 200, 1), (200, 200, 1)
    picture = skeleton_picture(keypoints, (256, 256))
    assert picture.shape == (256, 256, 3) and picture[200, 40:200].min() == 255
    assert 4 <= (picture[:, 120, 0] > 127).sum() <= 5 and picture[:, 230].max() == 0
    assert [scaled_line_width(height) for height in (512, 256, 128, 64, 32)] == [8, 4, 2, 1, 1]
    assert not skeleton_picture(np.zeros((21, 3)), (64, 64)).any()
    assert len(HAND_BONES) == 20 and len(HAND_JOINTS) == 21
    assert sorted(end for _, end in HAND_BONES) == list(range(1, 21))
    with pytest.raises(InputError, match='expected 21 key points, found 20'):
        skeleton_picture(keypoints[:20], (64, 64))


def test_landmarks_are_black_dots_on_white():
    landmarks = np.zeros((68, 3), np.float32)
    landmarks[0] = 100, 50, 1
    picture = landmark_picture(landmarks, (256, 256))
    assert picture[50, 100].max() == 0 and picture[50, 104].min() == 255 and picture[0, 0].min() == 255
    assert 9 <= (picture[..., 0] < 128).sum() <= 21
    with pytest.raises(InputError, match='expected 68 landmarks'):
        landmark_picture(landmarks[:60], (64, 64))


def test_regions_lie_where_their_landmarks_are():
    who = describe_face(Dice(0, 0))
    face = np.array(face_landmarks(who, NEUTRAL._replace(open=0.3)))[:, :2] * 60 + 100
    label = landmark_segmentation(face, (220, 200))
    at = lambda indices: label[tuple(face[list(indices)].mean(0)[::-1].astype(int))]
    names = [FACE_CLASSES[at(indices)] for indices in (RIGHT_EYE, LEFT_EYE, NOSE, INNER_LIPS)]
    assert names == ['eye', 'eye', 'nose', 'mouth']
    chin = face[8]
    assert FACE_CLASSES[label[int(chin[1]) - 3, int(chin[0])]] == 'skin'
    assert label[int(chin[1]) + 4, int(chin[0])] == 0 and label[int(chin[1]) - 3, 5] == 0
    rows = np.flatnonzero((label == 1).any(1))
    assert rows[-1] == pytest.approx(face[list(JAW), 1].max(), abs=2)


def test_expressions_move_the_landmarks():
    who = describe_face(Dice(0, 1))
    rest = np.array(face_landmarks(who, NEUTRAL))
    faces = {face.name: np.array(face_landmarks(who, face)) for face in EXPRESSIONS}
    assert rest.shape == (68, 3)
    assert faces['happy'][48, 1] < rest[48, 1] < faces['sad'][48, 1]  # corners of the mouth
    assert faces['surprised'][19, 1] < rest[19, 1] < faces['angry'][21, 1]  # brows
    openness = lambda points: points[66, 1] - points[62, 1]
    assert openness(faces['surprised']) > openness(faces['happy']) > openness(rest) >= 0
    np.testing.assert_allclose(rest[36:48, 0].sum(), 0, atol=1e-9)
