"""CelebA with landmarks, fashion synthesis, and what detectors write."""
import json
import pickle
import sys
from unittest import mock

import h5py
import numpy as np
import pytest
import torch
from PIL import Image
from scipy.io import savemat

from ggtoolbox.datasets.celeba_attributes import CELEBA_ATTRIBUTES
from ggtoolbox.datasets.celeba_landmarks import CelebALandmarks
from ggtoolbox.datasets.detections import (
    read_dlib_xml,
    read_openface_csv,
    read_openpose_json,
    read_points,
)
from ggtoolbox.datasets.fashion_synthesis import FashionSynthesis, stretch
from ggtoolbox.datasets.person_pose import heat_maps
from ggtoolbox.datasets.transforms.geometry import ResizeAndCrop
from ggtoolbox.datasets.transforms.mirror_person import RandomMirrorPerson
from ggtoolbox.errors import InputError
from ggtoolbox.structures import check_batch

NAMES = ('Bald', 'Male', 'Young', 'Black_Hair', 'Blond_Hair', 'Brown_Hair')  # another order than ours


@pytest.fixture
def celeba(tmp_path):
    """Six faces."""
    random = np.random.RandomState(0)
    lines = ['6', ' '.join(NAMES)]
    for folder in ('images', 'segmentation'):
        (tmp_path / folder).mkdir()
    for i in range(6):
        image = random.randint(0, 255, (218, 178, 3), np.uint8)
        label = random.randint(0, 7, (218, 178), np.uint8)
        Image.fromarray(image).save(tmp_path / 'images' / f'{i}.jpg')
        Image.fromarray(label).save(tmp_path / 'segmentation' / f'{i}.png')
        lines.append(f'{i}.jpg  ' + ' '.join('1' if i == k else '-1' for k in range(6)))
    (tmp_path / 'list_attr_celeba_s.txt').write_text('\n'.join(lines) + '\n')
    return tmp_path


def test_celeba_gives_the_vocabulary(celeba):
    dataset = CelebALandmarks(str(celeba), test_images=2, pipeline=[
        dict(type='ResizeAndCrop', mode='crop', crop_size=178, position='centre'),
        dict(type='ResizeAndCrop', mode='fixed', crop_size=64, interpolation='bilinear'),
        dict(type='PackTensors')])
    batch = torch.utils.data.default_collate([dataset[0], dataset[1]])
    check_batch(batch)
    assert batch['label'].shape == (2, 64, 64) and batch['attributes'].shape == (2, 5)


def test_celeba_attributes_come_in_the_files_order(celeba):
    samples = {}
    for split in ('train', 'test'):
        dataset = CelebALandmarks(str(celeba), split, test_images=2)
        samples.update({dataset[i]['name']: dataset[i]['attributes'].tolist() for i in range(len(dataset))})
    assert samples['0'] == [0] * 5 and samples['1'] == [1, 0, 0, 0, 0]  # Bald is not asked for, Male is first
    assert samples['5'] == [0, 0, 0, 0, 1]


def test_celeba_names_what_it_gives(celeba):
    dataset = CelebALandmarks(str(celeba), test_images=2, attributes=('Young', 'Bald'), num_classes=9)
    assert dataset.metainfo['attributes'] == ('Bald', 'Young')
    assert dataset.metainfo['num_classes'] == 9 and dataset.metainfo['classes'][-3:] == ('mouth', '7', '8')


def test_celeba_is_divided_by_its_seed(celeba):
    build = lambda **arguments: CelebALandmarks(str(celeba), test_images=2, **arguments)
    names = lambda **arguments: [sample['name'] for sample in build(**arguments)]
    test = names(split='test')
    assert names(split='test') == test and sorted(names() + test) == [str(i) for i in range(6)]
    assert any(names(split='test', split_seed=seed) != test for seed in range(1, 5))


def test_celeba_refuses_what_does_not_fit(celeba):
    with pytest.raises(InputError, match="split must be 'train' or 'test'"):
        CelebALandmarks(str(celeba), 'val')
    with pytest.raises(InputError, match="no attribute 'Smiling'"):
        CelebALandmarks(str(celeba), attributes=(*CELEBA_ATTRIBUTES, 'Smiling'), test_images=2)
    with pytest.raises(InputError, match='leave none for training'):
        CelebALandmarks(str(celeba))
    path = celeba / 'segmentation' / '0.png'
    read = lambda: [list(CelebALandmarks(str(celeba), split, test_images=2)) for split in ('train', 'test')]
    Image.fromarray(np.full((218, 178), 7, np.uint8)).save(path)
    with pytest.raises(InputError, match='label id 7'):
        read()
    Image.fromarray(np.zeros((178, 178), np.uint8)).save(path)
    with pytest.raises(InputError, match='178 x 178 pixels, its image is 178 x 218'):
        read()
    (celeba / 'list_attr_celeba_s.txt').write_text('3\nMale\n0.jpg 1\n')
    with pytest.raises(InputError, match='says 3 images, 1 follow'):
        read()
    (celeba / 'list_attr_celeba_s.txt').write_text('1\nMale Young\n0.jpg 1\n')
    with pytest.raises(InputError, match='line 3: expected an image name and 2 values'):
        read()
    (celeba / 'list_attr_celeba_s.txt').write_text('Male Young\n0.jpg 1 1\n')
    with pytest.raises(InputError, match='begins with the number of images'):
        read()


def write_hdf5(root, arrays):
    (root / 'Img').mkdir(exist_ok=True)
    with h5py.File(root / 'Img' / 'G2.h5', 'w') as file:
        for name, array in arrays.items():
            file[name] = array


@pytest.fixture
def synthesis(tmp_path):
    """Four pictures of people."""
    random = np.random.RandomState(0)
    arrays = dict(ih=random.randn(4, 3, 32, 32).astype(np.float32), ih_mean=random.randn(3, 32, 32),
                  b_=random.randint(0, 7, (4, 1, 32, 32)).astype(np.float32))
    write_hdf5(tmp_path, arrays)
    (tmp_path / 'Anno').mkdir()
    savemat(tmp_path / 'Anno' / 'language_original.mat', dict(color_=np.array([[1], [17], [3], [4]])))
    return tmp_path, arrays


def test_fashion_synthesis_gives_the_vocabulary(synthesis):
    root, arrays = synthesis
    arguments = dict(data_root=str(root), size=(32, 32), test_images=1)
    dataset = FashionSynthesis(**arguments, pipeline=[dict(type='PackTensors')])
    assert len(dataset) == 3 and len(FashionSynthesis(**arguments, split='test')) == 1
    batch = torch.utils.data.default_collate([dataset[0], dataset[1]])
    check_batch(batch)
    assert batch['target_image'].amin((1, 2, 3)).tolist() == [-1, -1]
    assert batch['target_image'].amax((1, 2, 3)).tolist() == [1, 1]
    np.testing.assert_array_equal(batch['label'], arrays['b_'][:2, 0])
    assert batch['attributes'].argmax(1).tolist() == [0, 16] and batch['attributes'].sum() == 2
    picture = arrays['ih'][1] + arrays['ih_mean']
    expected = (picture - picture.min()) / (picture.max() - picture.min()) * 2 - 1
    np.testing.assert_allclose(batch['target_image'][1], expected, atol=1e-6)
    assert (stretch(np.ones((3, 4, 4))) == -1).all()
    assert pickle.loads(pickle.dumps(dataset))[2]['name'] == '000002'  # as it goes to a worker


def test_fashion_synthesis_refuses_what_does_not_fit(synthesis):
    root, arrays = synthesis
    usual = dict(data_root=str(root), size=(32, 32), test_images=1)
    build = lambda **arguments: FashionSynthesis(**{**usual, **arguments})
    with pytest.raises(InputError, match='32 x 32 pixels, expected 128 x 128'):
        build(size=(128, 128))
    with pytest.raises(InputError, match='no such file'):
        build(image_file='none.h5')
    with pytest.raises(InputError, match='no such file'):
        build(colour_file='none.mat')
    with pytest.raises(InputError, match='colour 17 was found for picture 1; expected 1..5'):
        build(num_colours=5)[1]
    with pytest.raises(InputError, match='leave none for training'):
        build(test_images=4)
    with pytest.raises(InputError, match='label id 6'):
        list(build(num_classes=6))
    write_hdf5(root, dict(arrays, b_=arrays['b_'][:2]))
    with pytest.raises(InputError, match='do not belong together'):
        build()
    write_hdf5(root, dict(ih=arrays['ih'], b_=arrays['b_']))
    with pytest.raises(InputError, match="no array 'ih_mean'"):
        build()


def test_fashion_synthesis_says_what_it_needs(tmp_path):
    with mock.patch.dict(sys.modules, h5py=None), pytest.raises(InputError, match='pip install h5py'):
        FashionSynthesis(str(tmp_path))


def test_openpose_body_hands_and_face(tmp_path):
    path = tmp_path / 'a_keypoints.json'
    flat = lambda count: [value for i in range(count) for value in (10 + i, 20 + i, 0.0 if i == 2 else 0.9)]
    path.write_text(json.dumps(dict(people=[dict(
        pose_keypoints_2d=flat(18), hand_left_keypoints_2d=flat(21), hand_right_keypoints_2d=flat(21),
        face_keypoints_2d=flat(70)), dict(pose_keypoints_2d=flat(25))])))
    body = read_openpose_json(path)
    assert body.shape == (18, 3) and body[1].tolist() == [11, 21, 1] and body[2].tolist() == [-1, -1, 0]
    assert read_openpose_json(path, 'left_hand').shape == (21, 3)
    assert read_openpose_json(path, 'face').shape == (70, 3)
    assert not read_openpose_json(path, threshold=0.95)[:, 2].any()
    modern = read_openpose_json(path, person=1)  # BODY_25: the hips' middle is left out
    assert modern.shape == (18, 3) and modern[7, 0] == 17 and modern[8, 0] == 19 and modern[17, 0] == 28
    with pytest.raises(InputError, match='no person 2 in it'):
        read_openpose_json(path, person=2)
    with pytest.raises(InputError, match='part must be'):
        read_openpose_json(path, 'foot')
    with pytest.raises(InputError, match='hand_left_keypoints_2d'):
        read_openpose_json(path, 'left_hand', person=1)
    path.write_text('{')
    with pytest.raises(InputError, match="expected OpenPose's JSON"):
        read_openpose_json(path)


def test_openface_rows(tmp_path):
    path = tmp_path / 'a.csv'
    columns = ['frame', ' confidence', ' success', *(f' {axis}_{i}' for axis in 'xy' for i in range(68))]
    places = [*(i + 0.5 for i in range(68)), *(100 + i for i in range(68))]
    rows = [[1, 0.9, success, *places] for success in (1, 0)]
    path.write_text('\n'.join(', '.join(map(str, row)) for row in [columns, *rows]))
    seen, lost = read_openface_csv(path)
    assert seen.shape == (68, 3) and seen[3].tolist() == [3.5, 103, 1] and not lost[:, 2].any()
    path.write_text('frame, x_0\n1, 2\n')
    with pytest.raises(InputError, match="no column 'y_0'"):
        read_openface_csv(path)


def test_dlib_and_ibug_files(tmp_path):
    path = tmp_path / 'faces.xml'
    parts = ''.join(f"<part name='{i:02d}' x='{i}' y='{2 * i}'/>" for i in range(68))
    box = f"<box top='1' left='1' width='9' height='9'>{parts}</box>"
    path.write_text(f"<?xml version='1.0'?><dataset><images><image file='a.jpg'>{box}</image>"
                    "<image file='b.jpg'/></images></dataset>")
    found = read_dlib_xml(path)
    assert list(found) == ['a.jpg'] and found['a.jpg'][5].tolist() == [5, 10, 1]
    path.write_text('<dataset>')
    with pytest.raises(InputError, match="dlib's XML"):
        read_dlib_xml(path)
    points = tmp_path / 'a.pts'
    points.write_text('version: 1\nn_points: 2\n{\n1.0 1.0\n5.5 3.0\n}\n')
    assert read_points(points).tolist() == [[0, 0, 1], [4.5, 2, 1]]
    points.write_text('version: 1\nn_points: 3\n{\n1.0 1.0\n5.5 3.0\n}\n')
    with pytest.raises(InputError, match='expected 3 points'):
        read_points(points)
    with pytest.raises(InputError, match='no such file'):
        read_points(tmp_path / 'none.pts')


def test_pictures_may_be_resized_bilinearly():
    picture = np.random.RandomState(0).randint(0, 255, (20, 20, 3), np.uint8)
    sizes = dict(mode='fixed', crop_size=10)
    cubic = ResizeAndCrop(**sizes)(dict(target_image=picture))['target_image']
    linear = ResizeAndCrop(**sizes, interpolation='bilinear')(dict(target_image=picture))['target_image']
    expected = np.asarray(Image.fromarray(picture).resize((10, 10), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(linear, expected)
    assert (cubic != linear).any()
    with pytest.raises(InputError, match='interpolation must be'):
        ResizeAndCrop(interpolation='cubic')


@pytest.mark.parametrize('swap', [True, False])
def test_a_person_is_mirrored_with_its_joints(swap):
    random = np.random.RandomState(0)
    columns, rows = random.randint(0, 32, 18), random.randint(0, 64, 18)
    keypoints = np.stack([columns, rows, np.ones(18)], 1).astype(np.float32)
    sample = dict(target_image=random.randint(0, 255, (64, 32, 3), np.uint8),
                  mask=random.randint(0, 2, (64, 32)), keypoints=keypoints,
                  target_guide=heat_maps(keypoints, (64, 32)))
    mirrored = RandomMirrorPerson(1.0, swap_sides=swap)(dict(sample))
    np.testing.assert_array_equal(mirrored['target_image'], sample['target_image'][:, ::-1])
    np.testing.assert_array_equal(mirrored['mask'], sample['mask'][:, ::-1])
    expected = heat_maps(mirrored['keypoints'], (64, 32))
    np.testing.assert_allclose(mirrored['target_guide'], expected, atol=1e-6)
    right_wrist = 4 if not swap else 7
    assert mirrored['keypoints'][right_wrist].tolist() == [31 - keypoints[4, 0], keypoints[4, 1], 1]
    assert RandomMirrorPerson(0.0)(dict(sample))['target_guide'] is sample['target_guide']
    with pytest.raises(InputError, match='must be 18 heat maps'):
        RandomMirrorPerson(1.0)(dict(sample, target_guide=sample['target_image']))
