"""Cityscapes, ADE20K, COCO-Stuff and Facades on files that lie as the real ones do."""
import numpy as np
import pytest
from PIL import Image

from ggtoolbox.datasets.ade20k import ADE20K, OBJECTS
from ggtoolbox.datasets.cityscapes import Cityscapes
from ggtoolbox.datasets.coco_stuff import STUFF, THINGS, COCOStuff
from ggtoolbox.datasets.facades import Facades
from ggtoolbox.errors import InputError


def write(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path)


def plane(value, dtype=np.uint8):
    return np.full((8, 8), value, dtype)


def picture(value):
    return np.full((8, 8, 3), value, np.uint8)


def write_city(root, city, number, label, split='train'):
    stem = f'{city}_{number:06d}_000019'
    write(root / 'leftImg8bit' / split / city / f'{stem}_leftImg8bit.png', picture(number))
    for kind, array in (('labelIds', plane(label)), ('instanceIds', plane(26003, np.uint16)),
                        ('labelTrainIds', plane(13)), ('color', picture(9))):
        write(root / 'gtFine' / split / city / f'{stem}_gtFine_{kind}.png', array)


def test_cityscapes(tmp_path):
    write_city(tmp_path, 'zurich', 3, 33)
    write_city(tmp_path, 'aachen', 12, 7)
    write_city(tmp_path, 'aachen', 2, 0)
    dataset = Cityscapes(str(tmp_path))
    samples = [dataset[i] for i in range(len(dataset))]
    assert [s['name'] for s in samples] == [
        'aachen_000002_000019_leftImg8bit', 'aachen_000012_000019_leftImg8bit',
        'zurich_000003_000019_leftImg8bit']
    assert [int(s['label'].max()) for s in samples] == [0, 7, 33]
    assert all(s['instance'].max() == 26003 for s in samples)
    assert 'instance' not in Cityscapes(str(tmp_path), instances=False)[0]
    info = dataset.metainfo
    assert info['num_classes'] == len(info['classes']) == len(info['palette']) == 35
    assert info['classes'][26] == 'car' and info['palette'][26] == (0, 0, 142)


def test_cityscapes_pairs_by_city_and_numbers(tmp_path):
    write_city(tmp_path, 'aachen', 1, 7)
    (tmp_path / 'gtFine/train/aachen/aachen_000001_000019_gtFine_labelIds.png').rename(
        tmp_path / 'gtFine/train/aachen/aachen_000002_000019_gtFine_labelIds.png')
    with pytest.raises(InputError, match="no label of the same name .'aachen_000001_000019'"):
        Cityscapes(str(tmp_path))
    with pytest.raises(InputError, match='val: there is no such folder'):
        Cityscapes(str(tmp_path), split='val')


def test_ade20k_ids_are_not_shifted(tmp_path):
    for value in (0, 1, 2, 150, 255):
        name = f'ADE_train_{value:08d}'
        write(tmp_path / 'images/training' / f'{name}.jpg', picture(value))
        write(tmp_path / 'annotations/training' / f'{name}.png', plane(value))
    write(tmp_path / 'images/validation/ADE_val_00000001.jpg', picture(0))
    write(tmp_path / 'annotations/validation/ADE_val_00000001.png', plane(5))
    dataset = ADE20K(str(tmp_path))
    assert [int(dataset[i]['label'].max()) for i in range(len(dataset))] == [0, 1, 2, 150, 150]
    assert [sample['name'] for sample in ADE20K(str(tmp_path), split='val')] == ['ADE_val_00000001']
    assert dataset.metainfo['num_classes'] == 151 and len(set(OBJECTS)) == 150
    assert dataset.metainfo['classes'][1] == 'wall' and dataset.metainfo['classes'][150] == 'flag'


def test_ade20k_split_is_read_below_the_root(tmp_path):
    root = tmp_path / 'my_train_data'
    write(root / 'ADE_val_00000001.jpg', picture(0))
    write(root / 'ADE_val_00000001.png', plane(1))
    with pytest.raises(InputError, match='no image files were found'):
        ADE20K(str(root))


def test_coco_stuff_and_its_portraits(tmp_path):
    for folder, number in (('', 1), ('_portrait', 2)):
        write(tmp_path / f'train_img{folder}/{number:012d}.jpg', picture(0))
        write(tmp_path / f'train_label{folder}/{number:012d}.png', plane(255 if number == 1 else 181))
        write(tmp_path / f'train_inst{folder}/{number:012d}.png', plane(7))
    dataset = COCOStuff(str(tmp_path))
    assert [int(dataset[i]['label'].max()) for i in range(len(dataset))] == [182, 181]
    assert len(COCOStuff(str(tmp_path), portraits=False)) == 1
    assert len(THINGS) == len(STUFF) == 91 and dataset.metainfo['num_classes'] == 183
    assert dataset.metainfo['classes'][0] == 'person' and dataset.metainfo['classes'][181] == 'wood'


def test_portraits_never_join_validation(tmp_path):
    for folder, number in (('', 1), ('_portrait', 2)):
        write(tmp_path / f'val_img{folder}/{number}.jpg', picture(0))
        write(tmp_path / f'val_label{folder}/{number}.png', plane(3))
    assert len(COCOStuff(str(tmp_path), split='val', instances=False)) == 1


def test_facades(tmp_path):
    write(tmp_path / 'train_img/cmp_b0001.jpg', picture(0))
    write(tmp_path / 'train_label/cmp_b0001.png', plane(12))
    dataset = Facades(str(tmp_path))
    assert int(dataset[0]['label'].max()) == 12 and dataset.metainfo['num_classes'] == 13
    write(tmp_path / 'train_label/cmp_b0001.png', plane(13))
    with pytest.raises(InputError, match=r'cmp_b0001.png: label id 13 .* expected 0..12'):
        dataset[0]
