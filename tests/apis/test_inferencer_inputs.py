"""How what a user gives becomes samples: files, folders, pairs, names, key points."""
import json

import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict
from PIL import Image

from ggtoolbox.apis.reading.inputs import gather, pair, sample_names
from ggtoolbox.apis.reading.test_data import dataset_without_files
from ggtoolbox.apis.reading.values import FieldReader, KeyPoints
from ggtoolbox.datasets.person_files import write_annotations
from ggtoolbox.errors import InputError

PALETTE = [(0, 0, 0), (255, 0, 0), (0, 255, 0), (255, 0, 0)]


def write(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(array, np.uint8)).save(path)
    return path


def items(**given):
    return {field: gather(field, value) for field, value in given.items()}


def reader(num_classes=4, channels=3, dataset=None, **metainfo):
    return FieldReader(dataset, num_classes, metainfo, dict(attributes=3, latent=2), channels)


def read(field, given, **settings):
    return reader(**settings).read(field, gather(field, given)[0])


# Gathering and pairing

def test_files_of_two_folders_are_paired_by_name(tmp_path):
    for name in ('b', 'a', '10', '9'):
        write(tmp_path / 'label' / f'{name}.png', np.zeros((2, 2)))
        write(tmp_path / 'instance' / f'{name}.jpg', np.zeros((2, 2)))
    rows = pair(items(label=tmp_path / 'label', instance=tmp_path / 'instance'))
    assert sample_names(rows) == ['9', '10', 'a', 'b']
    assert all(row['label'].value.stem == row['instance'].value.stem for row in rows)


def test_a_file_without_a_partner_is_named(tmp_path):
    for folder, names in (('label', 'ab'), ('instance', 'bc')):
        for name in names:
            write(tmp_path / folder / f'{name}.png', np.zeros((2, 2)))
    with pytest.raises(InputError, match=r"a\.png: this label has no instance of the same name \('a'\); "
                                         'found 2 label and 2 instance files'):
        pair(items(label=tmp_path / 'label', instance=tmp_path / 'instance'))
    write(tmp_path / 'instance' / 'x' / 'b.png', np.zeros((2, 2)))
    for name in 'ac':
        write(tmp_path / 'label' / f'{name}.png', np.zeros((2, 2)))
    write(tmp_path / 'instance' / 'a.png', np.zeros((2, 2)))
    with pytest.raises(InputError, match="instance: two files are called 'b'"):
        pair(items(label=tmp_path / 'label', instance=tmp_path / 'instance'))


def test_one_goes_with_all_and_lists_go_by_order(tmp_path):
    picture, guides = np.zeros((4, 4, 3), np.uint8), tmp_path / 'poses'
    for name in ('p', 'q'):
        write(guides / f'{name}.png', np.zeros((4, 4, 3)))
    rows = pair(items(source_image=write(tmp_path / 'person.png', picture), target_guide=guides))
    assert sample_names(rows) == ['p', 'q'] and rows[1]['source_image'].name == 'person'
    rows = pair(items(source_image=[picture, picture + 1], target_guide=[guides / 'q.png', guides / 'p.png']))
    assert [row['target_guide'].name for row in rows] == ['q', 'p'] and sample_names(rows) == ['q', 'p']
    with pytest.raises(InputError, match='found 3 of source_image, 2 of target_guide'):
        pair(items(source_image=[picture] * 3, target_guide=[picture] * 2))
    with pytest.raises(InputError, match=r'source_image\[0\]: the files of a folder are paired by'):
        pair(items(source_image=[picture] * 2, target_guide=guides))


def test_a_batch_is_a_list():
    assert len(gather('source_image', np.zeros((3, 4, 4, 3), np.uint8))) == 3
    assert len(gather('source_image', torch.zeros(3, 3, 4, 4))) == 3
    assert len(gather('label', np.zeros((5, 4, 4), np.uint8))) == 5
    assert len(gather('label', np.zeros((5, 4, 3), np.uint8))) == 1  # colours
    assert len(gather('target_guide', np.zeros((21, 3), np.float32))) == 1
    assert len(gather('attributes', [0, 1, 1])) == 1 and len(gather('attributes', np.zeros((2, 3)))) == 2
    two = gather('label', [np.zeros((2, 2), np.uint8)] * 2)
    assert [item.where for item in two] == ['label[0]', 'label[1]']


def test_what_cannot_be_gathered_is_named(tmp_path):
    with pytest.raises(InputError, match='label: .*nowhere: there is no such file or folder'):
        gather('label', tmp_path / 'nowhere')
    with pytest.raises(InputError, match='label: .*no such files were found in it .looked for .jpg'):
        gather('label', tmp_path)
    with pytest.raises(InputError, match='label: expected a path, a folder, an array, an image or a list of '
                                         'them, found int'):
        gather('label', 3)
    with pytest.raises(InputError, match='an empty list'):
        gather('label', [])


def test_a_file_of_the_person_papers_holds_key_points_of_many(tmp_path):
    points = np.stack([np.arange(18), np.arange(18) * 2, np.ones(18)], axis=1).astype(np.float32)
    write_annotations({'x.jpg': points, 'y.jpg': points + [1, 0, 0]}, tmp_path / 'points.csv')
    for name in 'yx':
        write(tmp_path / 'people' / f'{name}.jpg', np.zeros((4, 4, 3)))
    rows = pair(items(source_image=tmp_path / 'people', source_guide=tmp_path / 'points.csv'))
    assert sample_names(rows) == ['x', 'y']
    np.testing.assert_array_equal(rows[1]['source_guide'].value, points + [1, 0, 0])


# Reading

def test_colours_of_the_palette_are_classes():
    picture = np.array(PALETTE, np.uint8)[np.array([[0, 1], [2, 3]])]
    np.testing.assert_array_equal(read('label', picture, palette=PALETTE), [[0, 1], [2, 1]])
    with pytest.raises(InputError, match=r'label: the colour \(1, 2, 3\) was found in 4 pixels; expected the '
                                         'colours of the 4 classes'):
        read('label', np.full((2, 2, 3), [1, 2, 3], np.uint8), palette=PALETTE)
    with pytest.raises(InputError, match='expected whole numbers'):
        read('label', picture)


def test_an_id_out_of_range_is_named_with_its_file(tmp_path):
    path = write(tmp_path / 'map.png', [[0, 7]])
    with pytest.raises(InputError, match=r'map\.png: label id 7 was found in 1 pixels; expected 0\.\.3'):
        read('label', path)
    np.testing.assert_array_equal(read('instance', path), [[0, 7]])


def test_ids_are_mapped_as_the_data_set_does(tmp_path):
    settings = ConfigDict(type='LabelMapFolder', image_dir='i', label_dir='l', num_classes=3,
                          label_map={7: 2}, ignore_index=0, ignore_as_class=True, pipeline=[])
    dataset, metainfo = dataset_without_files(settings)
    assert metainfo['num_classes'] == 3
    label = read('label', write(tmp_path / 'map.png', [[0, 7, 1]]), num_classes=3, dataset=dataset)
    np.testing.assert_array_equal(label, [[2, 2, 1]])


def test_a_data_set_whose_files_are_needed_gives_what_its_class_knows():
    settings = ConfigDict(type='LabelMapFolder', image_dir='i', label_dir='l', meta_file='nowhere.json')
    assert dataset_without_files(settings) == (None, {})


@pytest.mark.parametrize(('field', 'value', 'message'), [
    ('source_image', np.zeros((4, 4, 3), np.float32), r'\(H, W, 3\) uint8 in RGB, found .* of float32'),
    ('source_image', torch.full((3, 4, 4), 2.0), r'a tensor of a picture is \(3, H, W\) in \[-1, 1\]'),
    ('label', np.zeros((4, 4), np.float32), r'label: expected whole numbers \(H, W\), found .* float32'),
    ('attributes', [1, 0], r'expected 3 finite numbers \(big, red, old\), found an array of \(2,\)'),
    ('attributes', 'big,odl', "there is no attribute 'odl'; did you mean 'old'"),
    ('latent', np.array([0, np.nan], np.float32), 'latent: expected 2 finite numbers'),
    ('keypoints', np.zeros((5, 3), np.float32), r'key points .* J = 18 \(a person\) or 21 \(a hand\)'),
    ('keypoints', np.full((21, 3), np.inf, np.float32), 'key points must be finite numbers, found inf'),
    ('target_guide', np.zeros((18, 4, 4), np.float32), 'target_guide: an array of a picture is'),
])
def test_a_value_that_cannot_be_is_named(field, value, message):
    with pytest.raises(InputError, match=message):
        read(field, value, attributes=('big', 'red', 'old'))


def test_attributes_are_numbers_or_names(tmp_path):
    names = ('Big', 'Red', 'Old')
    np.testing.assert_array_equal(read('attributes', 'old, big', attributes=names), [1, 0, 1])
    np.testing.assert_array_equal(read('attributes', '0,0.5,1', attributes=names), [0, 0.5, 1])
    np.save(tmp_path / 'one.npy', np.array([1, 1, 0]))
    np.testing.assert_array_equal(read('attributes', tmp_path / 'one.npy'), [1, 1, 0])


def hand():
    rng = np.random.RandomState(0)
    return np.concatenate([rng.uniform(2, 30, (21, 2)), np.ones((21, 1))], axis=1).astype(np.float32)


@pytest.mark.parametrize('suffix', ['.txt', '.json', 'openpose.json', '.pts', '.npy'])
def test_key_points_come_from_files(suffix, tmp_path):
    points, path = hand(), tmp_path / f'x{suffix}'
    if suffix == '.txt':
        np.savetxt(path, points[:, :2])
    elif suffix == '.json':
        path.write_text(json.dumps(points.tolist()))
    elif suffix == 'openpose.json':
        right = dict(hand_left_keypoints_2d=[0.0] * 63, hand_right_keypoints_2d=points.flatten().tolist())
        path.write_text(json.dumps(dict(people=[right])))
    elif suffix == '.pts':
        lines = '\n'.join(f'{x + 1} {y + 1}' for x, y, _ in points)
        path.write_text(f'version: 1\nn_points: 21\n{{\n{lines}\n}}\n')
    else:
        np.save(path, points)
    found = read('target_guide', path, joints=range(21))
    assert isinstance(found, KeyPoints)
    np.testing.assert_allclose(found.points, points, atol=1e-4)


def test_heat_maps_come_from_files_of_either_order(tmp_path):
    maps = np.random.RandomState(0).rand(18, 6, 4).astype(np.float32)
    np.save(tmp_path / 'first.npy', maps)
    np.save(tmp_path / 'last.npy', maps.transpose(1, 2, 0))
    for name in ('first', 'last'):
        np.testing.assert_array_equal(read('target_guide', tmp_path / f'{name}.npy', channels=18), maps)
    with pytest.raises(InputError, match=r'expected maps of 18 channels or key points .* found \(6, 4\)'):
        read('target_guide', maps[0], channels=18)
    (tmp_path / 'bad.npy').write_text('no')
    with pytest.raises(InputError, match=r'bad\.npy: no array of numbers can be read from it'):
        read('target_guide', tmp_path / 'bad.npy', channels=18)


def test_a_label_map_stands_for_its_colours_where_guides_are_label_maps(tmp_path):
    ids = np.array([[0, 1], [2, 0]], np.uint8)
    expected = np.array(PALETTE, np.uint8)[ids]
    for given in (ids, expected, write(tmp_path / 'ids.png', ids), write(tmp_path / 'colours.png', expected)):
        np.testing.assert_array_equal(read('target_guide', given, guide_palette=PALETTE, palette=PALETTE),
                                      expected)


def test_a_broken_file_of_key_points_is_named(tmp_path):
    (tmp_path / 'a.json').write_text('{')
    with pytest.raises(InputError, match=r'a\.json: this JSON file of key points cannot be read'):
        read('target_guide', tmp_path / 'a.json')
    (tmp_path / 'a.txt').write_text('1 2\n3 4\n')
    with pytest.raises(InputError, match=r'a\.txt: expected key points .* found an array of \(2, 2\)'):
        read('target_guide', tmp_path / 'a.txt')
    (tmp_path / 'a.json').write_text('{"points": 1}')
    with pytest.raises(InputError, match="expected OpenPose's JSON or a list of .x, y., found dict"):
        read('target_guide', tmp_path / 'a.json')


def test_pictures_of_every_kind_are_read_as_by_data_sets(tmp_path):
    deep = np.arange(12, dtype=np.uint16).reshape(3, 4) * 5000
    Image.fromarray(deep).save(tmp_path / 'deep.png')
    image = Image.new('RGB', (4, 3), 'white')
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / 'turned.jpg', exif=exif)
    for given in (tmp_path / 'deep.png', Image.open(tmp_path / 'deep.png')):
        assert (read('source_image', given)[..., 0] == deep >> 8).all()
    for given in (tmp_path / 'turned.jpg', Image.open(tmp_path / 'turned.jpg')):
        assert read('source_image', given).shape == (4, 3, 3)


def test_indexed_pictures_are_what_their_colours_say(tmp_path):
    colours = [(9, 0, 0), (0, 9, 0), (0, 0, 9)]
    indexed = Image.fromarray(np.array([[1, 2, 0]], np.uint8), 'P')
    indexed.putpalette([value for colour in (colours[2], colours[0], colours[1]) for value in colour])
    indexed.save(tmp_path / 'a.png')
    indexed.convert('RGB').save(tmp_path / 'b.png')
    for given in (indexed, tmp_path / 'a.png', tmp_path / 'b.png', indexed.convert('RGB')):
        assert read('label', given, palette=colours).tolist() == [[0, 1, 2]]
        assert read('target_guide', given)[0, 0].tolist() == [9, 0, 0]
        assert read('target_guide', given, guide_palette=colours, palette=colours)[0, 0].tolist() == [9, 0, 0]


def test_maps_that_compression_has_changed_are_refused(tmp_path):
    for field, settings in (('label', dict(palette=PALETTE)), ('instance', {})):
        Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / 'a.jpg')
        with pytest.raises(InputError, match=rf'a\.jpg: a {field} map must be stored without loss'):
            read(field, tmp_path / 'a.jpg', **settings)


@pytest.mark.parametrize('field, value', [
    ('source_image', torch.full((3, 2, 2), float('nan'))), ('instance_features', np.full((2, 2, 2), np.inf)),
    ('target_guide', np.full((18, 2, 2), np.nan, np.float32))])
def test_values_that_are_not_finite_are_refused(field, value):
    with pytest.raises(InputError, match=field):
        read(field, value, channels=18)
