"""One's own key points: any number, any skeleton, every guide, mirrored; what is wrong is named."""
import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict
from PIL import Image
from torch import nn

from ggtoolbox.apis.reading.fitting import Fitting
from ggtoolbox.apis.reading.inputs import gather
from ggtoolbox.apis.reading.values import FieldReader
from ggtoolbox.datasets.coco_keypoints import read_coco_keypoints
from ggtoolbox.datasets.face_landmarks import dot_picture
from ggtoolbox.datasets.hand_pose import skeleton_picture
from ggtoolbox.datasets.keypoint_pairs import KeypointPairs
from ggtoolbox.datasets.person_pose import heat_maps
from ggtoolbox.datasets.transforms.mirror_person import RandomMirrorPerson
from ggtoolbox.errors import InputError, noting_faults
from ggtoolbox.registry import DATASETS

REAL = Path(os.environ.get('GGTOOLBOX_REAL_DATA', Path(__file__).parents[3] / 'shared' / 'data'))
JOINTS = ('tip', 'left', 'right', 'tail', 'fin')
SKELETON = [[1, 2], [1, 3], [1, 4]]
POINTS = np.array([[10, 4, 2], [4, 12, 2], [16, 12, 1], [10, 20, 2], [0, 0, 0]], np.float32)


def coco(images, category=None, **points):
    """A JSON of images (name -> (H, W)) with :data:`POINTS`, or those of ``points``."""
    names = list(images)
    return dict(
        images=[dict(id=i, file_name=name, height=size[0], width=size[1])
                for i, (name, size) in enumerate(images.items())],
        annotations=[dict(id=i, image_id=i, keypoints=np.ravel(points.get(Path(name).stem, POINTS)).tolist())
                     for i, name in enumerate(names)],
        categories=[category or dict(id=1, name='fish', keypoints=list(JOINTS), skeleton=SKELETON)])


@pytest.fixture
def root(tmp_path):
    (tmp_path / 'train').mkdir()
    for value, name in enumerate('abc'):
        Image.new('RGB', (20, 24), (80 * value, 0, 0)).save(tmp_path / 'train' / f'{name}.png')
    write(tmp_path, coco({f'{name}.png': (24, 20) for name in 'abc'}, b=POINTS + [1, 0, 0]))
    (tmp_path / 'pairs.csv').write_text('from,to\na.png,b.png\nc.png,a.png\n')
    return tmp_path


def write(root, content):
    (root / 'points.json').write_text(json.dumps(content))


def pairs(root, **options):
    options = dict(data_root=str(root), image_dir='train', keypoints='points.json', pairs='pairs.csv',
                   size=(24, 20)) | options
    return KeypointPairs(**options)


SEEN = POINTS * [1, 1, 0] + [0, 0, 1] * (POINTS[:, 2:] > 0)


def test_pairs_hold_pictures_points_and_guides(root):
    dataset = pairs(root)
    assert len(dataset) == 2 and dataset.metainfo['joints'] == JOINTS
    assert dataset.metainfo['skeleton'] == ((0, 1), (0, 2), (0, 3))
    sample = dataset[1]
    assert sample['name'] == 'c___a' and sample['image_path'].endswith('train/a.png')
    assert (sample['source_image'][..., 0] == 160).all() and (sample['target_image'] == 0).all()
    np.testing.assert_allclose(sample['keypoints'], SEEN)
    np.testing.assert_allclose(dataset[0]['keypoints'][:, 0], SEEN[:, 0] + 1)
    expected = skeleton_picture(SEEN, (24, 20), bones=((0, 1), (0, 2), (0, 3)))
    assert (sample['target_guide'] == expected).all() and expected.any()


@pytest.mark.parametrize('guide, channels, expected', [
    ('heat_maps', 5, lambda points: heat_maps(points, (24, 20), 6 * 24 / 128)),
    ('dots', 3, lambda points: dot_picture(points, (24, 20)))])
def test_other_guides(root, guide, channels, expected):
    dataset = pairs(root, guide=guide)
    assert dataset.metainfo['guide_channels'] == channels
    assert (dataset[1]['target_guide'] == expected(SEEN)).all()
    packed = pairs(root, guide=guide, pipeline=[dict(type='PackTensors')])[0]
    assert packed['target_guide'].shape == (channels, 24, 20)


def test_pictures_and_points_are_brought_to_size(root):
    sample = pairs(root, size=(48, 40))[1]
    assert sample['target_image'].shape == (48, 40, 3)
    np.testing.assert_allclose(sample['keypoints'][:, :2], SEEN[:, :2] * 2 + 0.5)


def test_masks_come_from_lines_or_else_from_the_hull(root):
    mask = pairs(root, mask=True)[1]['mask']
    assert mask[8, 7] and mask[16, 10] and not mask[20, 2] and not mask[2, 18]
    hull = pairs(root, mask=True, guide='dots', skeleton=[])[1]['mask']
    assert hull[12, 10] and hull[12, 6] and not hull[4, 2]


def test_all_is_mirrored_together(root):
    mirror = dict(type='RandomMirrorPerson', probability=1.0, flip_pairs=[(1, 2)])
    for guide in ('skeleton', 'dots', 'heat_maps'):
        plain = pairs(root, guide=guide, mask=True)[0]
        turned = pairs(root, guide=guide, mask=True, pipeline=[mirror])[0]
        for key in ('source_image', 'target_image', 'mask'):
            assert (turned[key] == plain[key][:, ::-1]).all()
        assert turned['keypoints'][1, 0] == 19 - plain['keypoints'][2, 0]
        assert turned['keypoints'][4].tolist() == plain['keypoints'][4].tolist()  # not seen
        order = [0, 2, 1, 3, 4]
        redrawn = plain['target_guide'][order][:, :, ::-1] if guide == 'heat_maps' else \
            plain['target_guide'][:, ::-1]
        assert (turned['target_guide'] == redrawn).all()
    label = np.arange(480).reshape(24, 20)
    turned = RandomMirrorPerson(1.0, flip_pairs=[(1, 2)])(dict(plain, label=label))
    assert (turned['label'] == label[:, ::-1]).all()
    with pytest.raises(InputError, match="mirrors single pictures, but the sample has 'target_frames'"):
        RandomMirrorPerson(0.0)(dict(plain, target_frames=[]))
    kept = pairs(root, pipeline=[dict(mirror, flip_pairs=[])])[0]
    assert kept['keypoints'][1, 0] == 19 - plain['keypoints'][1, 0]


@pytest.mark.parametrize('flip_pairs', [[(1, 1)], [(1, 2), (2, 3)], [(1,)], [(-1, 2)], [(0.5, 1)]])
def test_flip_pairs_are_pairs(flip_pairs):
    with pytest.raises(InputError, match='flip_pairs must be pairs of different points'):
        RandomMirrorPerson(flip_pairs=flip_pairs)


def test_flip_pairs_name_points_that_there_are(root):
    with pytest.raises(InputError, match='flip_pairs name point 9, keypoints has 5|point 9'):
        pairs(root, pipeline=[RandomMirrorPerson(1.0, flip_pairs=[(1, 9)])])[0]


def test_an_epoch_of_random_pairs(root):
    np.random.seed(0)
    dataset = pairs(root, samples_per_epoch=30)
    assert len(dataset) == 30 and {dataset[0]['name'] for _ in range(30)} == {'a___b', 'c___a'}


def test_a_skeleton_that_is_stated_needs_no_file(root):
    (root / 'points.json').unlink()
    dataset = pairs(root, joints=JOINTS, skeleton=[(3, 4)], lazy_init=True)
    drawn = dataset.draw_guide(POINTS + [0, 0, 1], (24, 20))
    assert (drawn == skeleton_picture(POINTS + [0, 0, 1], (24, 20), bones=((3, 4),))).all()
    with pytest.raises(InputError, match=r'points\.json: there is no such JSON file of key points'):
        pairs(root, lazy_init=True)


def damaged(change):
    content = coco({f'{name}.png': (24, 20) for name in 'abc'})
    change(content)
    return content


@pytest.mark.parametrize('change, message', [
    (lambda c: c.pop('images'), "expected COCO's JSON with lists of images, annotations, categories"),
    (lambda c: c.update(categories=[]), "expected one category with a list of 'keypoints', found 0"),
    (lambda c: c['categories'].append(c['categories'][0]), 'expected one category .* found 2'),
    (lambda c: c['categories'][0].update(skeleton=[[1, 6]]), r"less 1: expected pairs .* \(0, 5\)"),
    (lambda c: c['categories'][0].update(skeleton=[3]), "expected pairs of point numbers as 'skeleton'"),
    (lambda c: c['images'][1].pop('id'), r"images\[1\]: expected 'id' and 'file_name'"),
    (lambda c: c['images'][1].update(id=0), r'images\[1\]: the id 0 is that of a\.png already'),
    (lambda c: c['images'][1].update(id=[1]), r"images\[1\]: expected 'id' and 'file_name'"),
    (lambda c: c['annotations'][1].update(image_id={}), r"annotations\[1\]: expected the 'image_id'"),
    (lambda c: c['images'][1].update(file_name='../b.png'), r'images\[1\]: expected the name of a file'),
    (lambda c: c['images'][1].update(file_name='a.png'), r'images\[1\]: a\.png is in the list already'),
    (lambda c: c['annotations'][1].update(image_id=77), r"annotations\[1\]: expected the 'image_id'"),
    (lambda c: c['annotations'][1].update(image_id=0), r'annotations\[1\]: a\.png has key points'),
    (lambda c: c['annotations'][1].update(keypoints=[1, 2, 2]), r'annotations\[1\]: expected 15 numbers'),
    (lambda c: c['annotations'][1].update(keypoints=['x'] * 15), r"annotations\[1\]: expected 'keypoints'"),
    (lambda c: c['annotations'][1].update(keypoints=[None] * 15), r'annotations\[1\]: expected finite')])
def test_what_is_wrong_in_the_json_is_named(root, change, message):
    write(root, damaged(change))
    with pytest.raises(InputError, match=rf'points\.json.*{message}') as caught:
        read_coco_keypoints(root / 'points.json')
    assert '\n' not in str(caught.value)


def test_all_that_is_wrong_is_told_at_once(root):
    content = damaged(lambda c: c['annotations'][1].update(image_id=77))
    content['annotations'][2]['keypoints'] = [1]
    write(root, content)
    (root / 'pairs.csv').write_text('from,to\na.png,b.png\na.png,a.png\nb.png,d.png\n')
    with noting_faults() as noted:
        dataset = pairs(root)
    assert len(dataset) == 1 and len(noted) == 4
    assert 'there are no key points of b.png' in noted[2]


@pytest.mark.parametrize('options, message', [
    (dict(guide='stars'), "guide must be one of skeleton, heat_maps, dots, found 'stars'"),
    (dict(samples_per_epoch=0), 'samples_per_epoch must be positive'),
    (dict(joints=['a']), 'expected the 1 points of joints, found 5'),
    (dict(skeleton=[(0, 5)]), r'skeleton: expected pairs of numbers from 0 to 4, found \(0, 5\)'),
    (dict(skeleton=[]), "guide='skeleton' needs lines between the points")])
def test_nonsense_is_refused(root, options, message):
    with pytest.raises(InputError, match=message):
        pairs(root, **options)


def test_pictures_that_are_not_the_jsons_are_named(root):
    Image.new('RGB', (20, 20)).save(root / 'train/a.png')
    with pytest.raises(InputError, match=r'a\.png: this image is 20 x 20 pixels, expected 20 x 24 as .*json'):
        pairs(root)[1]


@pytest.mark.parametrize('kind, joints, guide', [('hand', 21, 'skeleton'), ('hand', 21, 'heat_maps'),
                                                 ('face', 68, 'dots')])
def test_real_sets_are_read(kind, joints, guide):
    if not (REAL / kind).is_dir():
        pytest.skip('the real sets are not here; the same reader is tested above on files that it is given')
    dataset = DATASETS.build(dict(
        type='KeypointPairs', data_root=str(REAL / kind), image_dir='test', keypoints='keypoints_test.json',
        pairs='pairs_test.csv', size=(96, 96), guide=guide, mask=True, pipeline=[dict(type='PackTensors')]))
    sample = dataset[0]
    assert sample['keypoints'].shape == (joints, 3) and len(dataset) > 100
    assert sample['target_image'].shape == (3, 96, 96) and 0.02 < sample['mask'].mean() < 0.9
    assert torch.isfinite(sample['target_guide']).all() and sample['target_guide'].std() > 0.05


def test_inference_draws_guides_as_the_data_set_does(root):
    dataset = pairs(root)
    settings = ConfigDict(size=(24, 20), pipeline=[])
    fit = Fitting(settings, nn.Identity(), 3, dataset)
    (given, *_) = gather('keypoints', root / 'points.json')
    reader = FieldReader(dataset, 0, dict(dataset.metainfo), {}, 3)
    sample, _ = fit(dict(target_guide=reader.read('target_guide', given)), keypoints_size=(24, 20))
    assert given.name == 'a' and (sample['target_guide'] == dataset[1]['target_guide']).all()
