"""ToyWorld people: the same on every machine, twice the same person, joints where the body is."""
import hashlib

import numpy as np
import pytest
import torch

from ggtoolbox.datasets.person_pose import JOINTS, heat_maps, person_mask
from ggtoolbox.datasets.toyworld.brush import Brush, Light
from ggtoolbox.datasets.toyworld.dice import Dice
from ggtoolbox.datasets.toyworld.figure import draw_figure_pair
from ggtoolbox.datasets.toyworld.person import ARMS, LEGS, describe_identity, describe_stance, pose
from ggtoolbox.datasets.toyworld.turning import Turn
from ggtoolbox.datasets.toyworld_figure import ToyWorldFigure
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import check_batch

HASHES = {
    (0, 0, 64, 32): 'd0c9a49145ebe70b2a851fd70f32c0bd',
    (0, 7, 128, 64): '4bc0e4f511cc239c9b89a34cc37aec2f',
    (4, 123456, 48, 80): '5630a284acdbef692f332a46dd4d24fa',
}
LAMP = Light(0.0, 0.0, 1.0, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def digest(*scene: int) -> str:
    data = b''.join(np.ascontiguousarray(array).tobytes() for array in draw_figure_pair(*scene))
    return hashlib.sha256(data).hexdigest()[:32]


@pytest.mark.parametrize('scene', HASHES)
def test_pair_is_fixed(scene):
    assert digest(*scene) == HASHES[scene]


def test_data_set_gives_the_vocabulary():
    dataset = DATASETS.build(dict(type='ToyWorldFigure', size=(64, 32), length=9, pipeline=[
        dict(type='PackTensors')]))
    batch = torch.utils.data.default_collate([dataset[0], dataset[-1]])
    check_batch(batch)
    assert batch['source_image'].shape == batch['target_image'].shape == (2, 3, 64, 32)
    assert batch['source_guide'].shape == batch['target_guide'].shape == (2, 18, 64, 32)
    assert batch['keypoints'].shape == batch['source_keypoints'].shape == (2, 18, 3)
    assert batch['mask'].shape == (2, 1, 64, 32) and set(batch['mask'].unique().tolist()) == {0, 1}
    assert batch['name'] == ['figure_0_000000', 'figure_0_000008']
    assert dataset.metainfo['guide_channels'] == len(dataset.metainfo['joints']) == 18


def test_guides_and_mask_follow_the_key_points():
    sample = ToyWorldFigure((128, 64))[5]
    np.testing.assert_array_equal(sample['target_guide'], heat_maps(sample['keypoints'], (128, 64), 6))
    np.testing.assert_array_equal(sample['source_guide'], heat_maps(sample['source_keypoints'], (128, 64), 6))
    np.testing.assert_array_equal(sample['mask'], person_mask(sample['keypoints'], (128, 64), 4))
    small = ToyWorldFigure((64, 32))[5]
    np.testing.assert_array_equal(small['target_guide'], heat_maps(small['keypoints'], (64, 32), 3))
    sharp = ToyWorldFigure((64, 32), sigma=1.0)[5]
    assert sharp['target_guide'].sum() < small['target_guide'].sum() / 4


@pytest.mark.parametrize('arguments', [dict(size=8), dict(length=0), dict(seed=-1), dict(sigma=-1.0)])
def test_data_set_refuses_nonsense(arguments):
    with pytest.raises(InputError, match='expected|at least|positive'):
        ToyWorldFigure(**arguments)


def test_joints_are_seen_missing_and_inside():
    seen = np.zeros(18)
    for index in range(60):
        pair = draw_figure_pair(0, index, 64, 32)
        for keypoints in (pair.source_keypoints, pair.target_keypoints):
            x, y, visible = keypoints.T
            seen += visible
            assert ((visible == 1) | ((x == -1) & (y == -1) & (visible == 0))).all()
            assert ((visible == 0) | ((x >= 0) & (x < 32) & (y >= 0) & (y < 64))).all()
            assert visible.sum() >= 8
    share = dict(zip(JOINTS, seen / 120))
    assert all(0.4 < value < 1 for value in share.values())
    assert share['nose'] < share['neck']  # it is the other side that turned heads show


def test_a_person_keeps_its_clothes_and_its_room():
    """The second picture is nearer to its own first one than to another pair's."""
    own, other = [], []
    for index in range(30):
        pair, stranger = draw_figure_pair(0, index, 64, 32), draw_figure_pair(1, index, 64, 32)
        target = pair.target_image.astype(float)
        own.append(np.abs(target - pair.source_image).mean())
        other.append(np.abs(target - stranger.source_image).mean())
        assert (pair.source_image != pair.target_image).any(axis=2).mean() > 0.1
    assert np.mean(own) < 0.5 * np.mean(other)


def test_the_mask_covers_what_stands_out_of_the_room():
    """Where the two pictures differ is where either person stands."""
    inside, outside = [], []
    for index in range(20):
        pair = draw_figure_pair(2, index, 128, 64)
        changed = np.abs(pair.source_image.astype(int) - pair.target_image).max(2) > 24
        masks = [person_mask(points, (128, 64)) for points in (pair.source_keypoints, pair.target_keypoints)]
        either = np.maximum(*masks) > 0
        inside.append(changed[either].mean())
        outside.append(changed[~either].mean())
    assert np.mean(inside) > 3 * np.mean(outside)


def test_bones_keep_their_length_in_every_stance():
    dice = Dice(0, 1)
    identity = describe_identity(dice)
    for _ in range(20):
        joints = np.array(pose(identity, describe_stance(dice)).joints)
        for limbs, lengths in ((ARMS, (0.158, 0.148)), (LEGS, (0.225, 0.22))):
            for start, middle, end in limbs:
                bones = joints[middle] - joints[start], joints[end] - joints[middle]
                found = [np.linalg.norm(bone) for bone in bones]
                assert found == pytest.approx(lengths)
        assert np.linalg.norm(joints[2] - joints[5]) == pytest.approx(2 * identity.shoulder)


def test_another_size_shows_the_same_person():
    for index in range(6):
        small, large = draw_figure_pair(0, index, 64, 32), draw_figure_pair(0, index, 128, 64)
        mean = large.target_image.reshape(64, 2, 32, 2, 3).mean((1, 3))
        assert np.abs(mean - small.target_image).mean() < 8
        both = (small.target_keypoints[:, 2] > 0) & (large.target_keypoints[:, 2] > 0)
        assert both.sum() >= 8
        np.testing.assert_array_equal(large.target_keypoints[both, :2] // 2, small.target_keypoints[both, :2])


def test_turns_are_angles():
    for angle in (-400.0, -90.0, 0.0, 33.0, 180.0, 719.0):
        radians = np.deg2rad(angle)
        assert Turn.degrees(angle) == pytest.approx((np.cos(radians), np.sin(radians)), abs=1e-6)
    assert Turn.degrees(90).of(1.0, 0.0) == pytest.approx((0.0, 1.0), abs=1e-6)


def test_brush_paints_what_a_shape_covers():
    white = (1.0, 1.0, 1.0)
    for paint, area in (
            (lambda brush: brush.ball((0.0, 0.5), 0.25, 0.125), np.pi * 0.25 * 0.125),
            (lambda brush: brush.ball((0.1, 0.5), 0.2, 0.1, (0.6, 0.8)), np.pi * 0.2 * 0.1),
            (lambda brush: brush.limb((0.0, 0.3), (0.0, 0.7), 0.1, 0.1), 0.4 * 0.2 + np.pi * 0.01),
            (lambda brush: brush.outline([(-0.2, 0.2), (0.2, 0.2), (0.2, 0.7), (-0.2, 0.7)]), 0.2)):
        brush = Brush(64, 96, LAMP)
        patch = paint(brush)
        brush.paint(patch, white)
        assert patch.coverage.sum() / 64 ** 2 == pytest.approx(area, rel=0.03)
        assert (brush.image.max(2) > 0.2).sum() / 64 ** 2 == pytest.approx(area, rel=0.2)
    off = Brush(64, 64, LAMP)
    assert off.ball((3.0, 0.5), 0.1, 0.1) is None
    off.paint(off.limb((0.5, 2.0), (0.6, 2.0), 0.1, 0.1), white)
    assert not off.image.any()


def test_brush_lights_the_side_that_faces_the_lamp():
    brush = Brush(64, 64, LAMP._replace(right=0.8, near=0.6))
    brush.paint(brush.ball((0.0, 0.5), 0.4, 0.4), (1.0, 1.0, 1.0))
    assert brush.image[32, 48].mean() > 1.3 * brush.image[32, 16].mean()


def test_a_flat_shape_is_lit_as_what_lies_below():
    brush = Brush(32, 32, LAMP._replace(right=0.8, near=0.6))
    for shape in (brush.ball((0.0, 0.5), 0.4, 0.4, flat=True),
                  brush.limb((-0.2, 0.4), (0.2, 0.6), 0.2, 0.3, flat=True)):
        brush.paint(brush.within(shape, brush.outline([(-0.5, 0.0), (0.5, 0.0), (0.5, 1.0), (-0.5, 1.0)])),
                    (0.5, 0.5, 0.5))
        assert brush.image[16, 9:23].std() < 1e-6 < brush.image[16, 16].min()


def test_a_copy_of_a_picture_is_painted_by_itself():
    brush = Brush(16, 16, LAMP)
    brush.paint(brush.ball((0.0, 0.5), 0.2, 0.2), (1.0, 1.0, 1.0))
    other, before = brush.copy(), brush.image.copy()
    other.paint(other.ball((0.2, 0.5), 0.2, 0.2), (0.2, 0.2, 0.2))
    assert (brush.image == before).all() and (other.image != before).any()
