"""Resize, crop, flip, edges and packing: aligned, exact, and equal to the released code's pipeline."""
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ggtoolbox.datasets.palette import CITYSCAPES_PALETTE, colourise, label_palette
from ggtoolbox.datasets.transforms.geometry import MODES, RandomMirror, ResizeAndCrop, resize
from ggtoolbox.datasets.transforms.instance_edge import InstanceEdge, instance_edges
from ggtoolbox.datasets.transforms.mirror_person import RandomMirrorPerson
from ggtoolbox.datasets.transforms.pack import PackTensors, image_to_tensor
from ggtoolbox.datasets.transforms.resized_crop import RandomResizedCrop
from ggtoolbox.errors import InputError

GOLDENS = Path(__file__).parents[1] / 'data' / 'goldens'


def golden(name: str):
    """Configuration, drawn inputs and outputs of a golden case."""
    meta = json.loads((GOLDENS / f'{name}.json').read_text())
    inputs = {}
    for spec in meta['inputs']:
        seed = zlib.crc32(f"{meta['seed']}:input:{spec['name']}".encode())
        rng, shape = np.random.RandomState(seed), spec['shape']
        if spec['kind'] == 'labels':
            block = spec['block']
            small = rng.randint(0, spec['classes'], (shape[0], -(-shape[1] // block),
                                                     -(-shape[2] // block)))
            inputs[spec['name']] = small.repeat(block, 1).repeat(block, 2)[:, :shape[1], :shape[2]]
        else:
            inputs[spec['name']] = rng.uniform(0, 1, shape).astype(np.float32)
    return meta['config'], inputs, dict(np.load(GOLDENS / f'{name}.npz'))


@pytest.mark.parametrize('name', ['fixed', 'resize_and_crop', 'scale_width_and_crop'])
def test_pipeline_equals_the_released_one(name):
    config, inputs, expected = golden(f'spade_data_{name}')
    options = config['options']
    image = np.round(inputs['image'][0].transpose(1, 2, 0) * 255).astype(np.uint8)
    sample = dict(name='x', target_image=image, label=inputs['label'][0].astype(np.uint8))
    for step in (ResizeAndCrop(options['preprocess_mode'], options['load_size'], options['crop_size'],
                               options['aspect_ratio'], position=tuple(config['crop_pos'])),
                 RandomMirror(float(config['flip'])), PackTensors()):
        sample = step(sample)
    assert torch.equal(sample['label'][None].float(), torch.from_numpy(expected['label']))
    assert torch.equal(sample['target_image'], torch.from_numpy(expected['image']))


def test_instance_edges_equal_the_released_ones():
    _, inputs, expected = golden('spade_semantics')
    assert (instance_edges(inputs['instance']) == expected['edges']).all()


def test_instance_edges_mark_both_sides_and_no_border():
    instance = np.array([[1, 1, 70000], [1, 1, 70000], [1, 1, 1]])
    sample = InstanceEdge()(dict(instance=instance))
    assert sample['edge'].tolist() == [[0, 1, 1], [0, 1, 1], [0, 0, 1]]
    with pytest.raises(InputError, match='instance_dir'):
        InstanceEdge()(dict(label=instance))


def test_palettes_equal_the_released_ones():
    expected = dict(np.load(GOLDENS / 'spade_palette.npz'))
    for name, colours in expected.items():
        assert (label_palette(int(name[1:])) == colours).all()
    assert len(expected) == 5 and len(CITYSCAPES_PALETTE) == 35


def test_colourise_leaves_ignored_pixels_black():
    picture = colourise(np.array([[0, 1], [255, 2]]), [(1, 2, 3), (4, 5, 6)])
    assert picture.tolist() == [[[1, 2, 3], [4, 5, 6]], [[0, 0, 0], [0, 0, 0]]]


def coded_sample(width: int, height: int, edge: int = 256) -> dict:
    """Label = column, instance = column + 1000; the picture's red is the column too."""
    column = np.broadcast_to(np.arange(width), (height, width)) % edge
    image = np.stack([column, np.zeros_like(column), np.zeros_like(column)], -1).astype(np.uint8)
    return dict(target_image=image, label=column.astype(np.uint8), name='coded',
                instance=column.astype(np.int32) + 1000)


def test_crop_and_mirror_keep_the_fields_aligned():
    np.random.seed(0)
    lefts = set()
    for _ in range(60):
        sample = RandomMirror(0.5)(ResizeAndCrop('crop', crop_size=(8, 20))(coded_sample(24, 10)))
        assert sample['label'].shape == (8, 20)
        assert (sample['target_image'][..., 0] == sample['label']).all()
        assert (sample['instance'] == sample['label'].astype(int) + 1000).all()
        first, last = int(sample['label'][0, 0]), int(sample['label'][0, -1])
        assert abs(first - last) == 19
        lefts.add((min(first, last), first < last))
    assert lefts == {(left, way) for left in range(5) for way in (False, True)}


@pytest.mark.parametrize('mode, options, expected', [
    ('resize_and_crop', dict(load_size=40, crop_size=32), (32, 32)),
    ('resize_and_crop', dict(load_size=(40, 60), crop_size=(32, 48)), (32, 48)),
    ('scale_width', dict(load_size=50), (33, 50)),
    ('scale_width_and_crop', dict(load_size=50, crop_size=30), (30, 30)),
    ('scale_shortside', dict(load_size=30), (30, 45)),
    ('scale_shortside', dict(load_size=30, as_released=True), (60, 45)),
    ('scale_shortside_and_crop', dict(load_size=30, crop_size=30), (30, 30)),
    ('fixed', dict(crop_size=64, aspect_ratio=2.0), (32, 64)),
    ('fixed', dict(crop_size=(20, 70)), (20, 70)),
    ('none', {}, (64, 96)),
    ('crop', dict(crop_size=(60, 90)), (60, 90)),
])
def test_modes(mode, options, expected):
    sample = ResizeAndCrop(mode, **options)(coded_sample(90, 60))
    assert {sample[key].shape[:2] for key in ('target_image', 'label', 'instance')} == {expected}
    assert sample['instance'].min() >= 1000 and mode in MODES


def test_resize_is_pillows():
    rng = np.random.RandomState(0)
    image, ids = rng.randint(0, 256, (33, 47, 3)).astype(np.uint8), rng.randint(0, 70000, (33, 47))
    smooth = Image.fromarray(image).resize((20, 15), Image.Resampling.BICUBIC)
    assert (resize(image, 20, 15, True) == np.asarray(smooth)).all()
    small = resize(ids, 20, 15, False)
    assert set(small.ravel()) <= set(ids.ravel()) and small.max() > 65535


@pytest.mark.parametrize('options, message', [
    (dict(mode='squash'), 'unknown mode'),
    (dict(mode='crop', crop_size=100), 'does not fit'),
    (dict(mode='crop', crop_size=8, position=(90, 0)), 'does not fit'),
    (dict(mode='scale_width', load_size=1), 'would make'),
    (dict(mode='none'), 'would make'),
    (dict(crop_size=(8,)), 'crop_size must be a whole number of pixels'),
    (dict(load_size=0), 'load_size must be a whole number of pixels'),
    (dict(mode='fixed', aspect_ratio=0), 'aspect_ratio must be positive'),
])
def test_impossible_geometry_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        ResizeAndCrop(**options)(coded_sample(90, 10))


@pytest.mark.parametrize('transform', [ResizeAndCrop(), RandomMirror(1.0), RandomResizedCrop(8)])
def test_a_sample_without_pictures_is_refused(transform):
    with pytest.raises(InputError, match='expected a sample with one of target_image.*found audio'):
        transform(dict(audio=np.zeros((2, 80))))


@pytest.mark.parametrize('transform', [RandomMirror, RandomMirrorPerson, RandomResizedCrop])
def test_probabilities_are_shares(transform):
    name = transform.__name__
    with pytest.raises(InputError, match=f'{name}: probability must lie between 0 and 1, found 50'):
        transform(probability=50)


def test_coordinates_are_never_left_behind():
    with pytest.raises(InputError, match='keypoints'):
        RandomMirror(1.0)(dict(coded_sample(9, 9), keypoints=np.zeros((18, 3))))


def test_pack_gives_the_vocabulary():
    image = np.array([[[0, 128, 255]]], np.uint8)
    assert torch.equal(image_to_tensor(image)[:, 0, 0], (torch.tensor([0., 128, 255]) / 255 - 0.5) / 0.5)
    sample = InstanceEdge()(coded_sample(6, 4))
    keys = ['target_image', 'label', 'instance', 'edge']
    packed = PackTensors(keys)(sample)
    assert packed['name'] == 'coded' and list(packed) == ['name', *keys]
    assert packed['target_image'].shape == (3, 4, 6) and packed['target_image'].dtype == torch.float32
    assert packed['label'].dtype == packed['instance'].dtype == torch.int64
    assert packed['edge'].shape == (1, 4, 6) and packed['edge'].dtype == torch.float32
    unscaled = PackTensors(keys, scale=False)(sample)
    picture = torch.from_numpy(sample['target_image']).permute(2, 0, 1)
    assert torch.equal(unscaled.pop('target_image'), picture)
    assert all(torch.equal(value, packed[name]) for name, value in unscaled.items() if name != 'name')
    with pytest.raises(InputError, match="no 'edge'"):
        PackTensors(['edge'])(coded_sample(6, 4))
    with pytest.raises(InputError, match="unknown key 'lable'"):
        PackTensors(['lable'])
