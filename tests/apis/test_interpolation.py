import numpy as np
import pytest
import torch

from ggtoolbox.apis.interpolation import (
    interpolation_grid,
    landmark_axis,
    landmark_ends,
    latent_pair,
    linear_axis,
    read_landmarks,
)
from ggtoolbox.datasets.face_landmarks import landmark_segmentation, mirror_landmarks
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS, MODELS

SIZE = (32, 32)


@pytest.fixture(scope='module')
def faces():
    dataset = DATASETS.build(dict(type='ToyWorldFace', size=SIZE, length=2, seed=1, pipeline=[dict(
        type='PackTensors', keys=['target_image', 'label', 'attributes', 'keypoints', 'source_keypoints'])]))
    return dataset[0], dataset[1]


@pytest.fixture(scope='module')
def model():
    torch.manual_seed(0)
    return MODELS.build(dict(type='SCGAN', generator=dict(
        type='SCGANGenerator', num_classes=7, num_attributes=5, latent_dim=8, image_size=SIZE, channels=2,
        latent_channels=4))).eval()


def fixed(sample, **more):
    return {**{name: value for name, value in sample.items() if isinstance(value, torch.Tensor)}, **more}


def test_each_picture_is_that_of_its_row_and_column(model, faces):
    first, second = faces
    z = latent_pair(model, seed=3)
    grid = interpolation_grid(model, fixed(first), linear_axis('latent', *z, 2),
                              linear_axis('attributes', first['attributes'], second['attributes'], 3))
    assert grid.shape == (64, 96, 3) and grid.dtype == np.uint8
    middle = dict(label=first['label'][None], latent=z[1][None],
                  attributes=(first['attributes'] + second['attributes'])[None] / 2)
    expected = (model.predict(middle)[0]['image'] + 1) / 2 * 255
    assert np.abs(grid[32:, 32:64].transpose(2, 0, 1) - expected.numpy()).max() <= 1
    assert not np.array_equal(grid[:32, :32], grid[:32, 64:]) and not np.array_equal(grid[:32], grid[32:])


@pytest.mark.parametrize('along_rows', [True, False])
def test_segmentations_that_vary_are_shown(model, faces, along_rows):
    landmarks = landmark_axis(*landmark_ends(['expression'], *faces, SIZE), SIZE, 3)
    latent = linear_axis('latent', *latent_pair(model, 0), 2)
    axes = (latent, landmarks) if along_rows else (landmarks, latent)
    palette = np.arange(21, dtype=np.uint8).reshape(7, 3)
    grid = interpolation_grid(model, fixed(faces[0]), *axes, palette)
    assert grid.shape == (96, 96, 3)
    shown = grid[:32, 64:] if along_rows else grid[64:, :32]
    assert np.array_equal(shown, palette[faces[0]['label']])


def test_landmarks_move_and_segmentations_do_not_fade(faces):
    start, end = landmark_ends(['samples'], *faces, SIZE)
    between = landmark_axis(start, end, SIZE, 3).values()
    assert torch.equal(between[0], faces[0]['label']) and torch.equal(between[2], faces[1]['label'])
    assert np.array_equal(between[1], landmark_segmentation((start + end) / 2, SIZE))


def test_from_the_left_face_to_the_right(faces):
    start, end = landmark_ends(['mirrored'], *faces, SIZE)
    agree = landmark_segmentation(end, SIZE)[:, ::-1] == landmark_segmentation(start, SIZE)
    assert agree.mean() > 0.97  # a polygon's edge is drawn from its other end
    np.testing.assert_allclose(mirror_landmarks(end, SIZE[1]), start, atol=1e-4)
    sides = {0: 16, 17: 26, 31: 35, 36: 45, 37: 44, 41: 46, 48: 54, 59: 55, 60: 64, 67: 65, 30: 30}
    for left, right in sides.items():
        np.testing.assert_allclose(end[left], [31 - start[right, 0], *start[right, 1:]])


def test_latent_vectors_depend_on_the_seed_alone(model):
    assert torch.equal(latent_pair(model, 1)[0], latent_pair(model, 1)[0])
    assert not torch.equal(latent_pair(model, 1)[0], latent_pair(model, 2)[0])
    with pytest.raises(InputError, match='interpolation: Pix2pix reads no latent vector'):
        latent_pair(MODELS.build(dict(type='Pix2pix', generator=dict(type='UNetGenerator', channels=2))), 0)


def test_both_axes_alike_are_refused(model, faces):
    axis = linear_axis('latent', *latent_pair(model, 0), 2)
    with pytest.raises(InputError, match='must vary different things, found latent for both'):
        interpolation_grid(model, fixed(faces[0]), axis, axis)


def test_landmarks_from_files(tmp_path, faces):
    points = faces[0]['keypoints'].numpy()
    np.savetxt(tmp_path / 'a.txt', points[:, :2])
    np.savetxt(tmp_path / 'b.txt', points[:9])
    (tmp_path / 'c.txt').write_text('nose 3 4\n')
    start, end = landmark_ends([str(tmp_path / 'a.txt')] * 2, *faces, SIZE)
    np.testing.assert_allclose(start, points[:, :2])
    for name, message in (('b', 'expected 68 lines'), ('c', 'expected a text file'), ('d', 'not found')):
        with pytest.raises(InputError, match=f'{name}.txt: .*{message}|{message}'):
            read_landmarks(tmp_path / f'{name}.txt')
    with pytest.raises(InputError, match="expected 'expression', 'mirrored', 'samples' or two text files"):
        landmark_ends(['smile'], *faces, SIZE)
