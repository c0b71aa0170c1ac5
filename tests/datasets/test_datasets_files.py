"""Finding files: what is hidden, linked, listed, or named in another Unicode form."""
import json
import unicodedata

import numpy as np
import pytest
from PIL import Image

from ggtoolbox.apis.folders import evaluate_folders
from ggtoolbox.apis.reading.inputs import gather, pair
from ggtoolbox.datasets.class_strips import ClassStrips
from ggtoolbox.datasets.domain_folders import DomainFolders
from ggtoolbox.datasets.files import files_below, list_images, locate, pair_files
from ggtoolbox.datasets.keypoint_pairs import KeypointPairs
from ggtoolbox.datasets.label_folder import LabelMapFolder
from ggtoolbox.errors import InputError, noting_faults
from ggtoolbox.structures import check_num_classes

NFC, NFD = (unicodedata.normalize(form, 'Männchen é') for form in ('NFC', 'NFD'))


def picture(path, value=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((4, 4), value, np.uint8)).save(path)
    return path


def below(folder):
    return [path.relative_to(folder).as_posix() for path in list_images(folder)]


def test_what_is_hidden_is_no_data(tmp_path):
    for name in ('a.png', '._a.png', '.a.png', '.cache/b.png', 'c/.x/d.png', '__MACOSX/._a.png'):
        picture(tmp_path / '.root' / name)
    assert below(tmp_path / '.root') == ['a.png']  # whose own folder may well be hidden
    assert [item.name for item in gather('label', tmp_path / '.root')] == ['a']
    (tmp_path / 'p').mkdir()
    for name in ('x.pts', '._x.pts'):
        (tmp_path / 'p' / name).write_text('')
    assert [path.name for path in files_below(tmp_path / 'p', ('.pts',))] == ['x.pts']


def test_links_to_folders_are_followed_but_not_in_circles(tmp_path):
    picture(tmp_path / 'elsewhere/deep/b.png')
    picture(tmp_path / 'd/a.png')
    (tmp_path / 'd/more').symlink_to('../elsewhere')
    (tmp_path / 'd/again').symlink_to('../elsewhere/deep')
    (tmp_path / 'd/self').symlink_to('.')
    (tmp_path / 'elsewhere/deep/up').symlink_to('../..')
    found = below(tmp_path / 'd')
    assert {'a.png', 'again/b.png', 'more/deep/b.png'} <= set(found)
    assert not any('self' in name for name in found)


def test_links_that_multiply_are_stopped(tmp_path):
    for level in range(30):
        (tmp_path / f'd{level}').mkdir()
        for name in 'ab':
            (tmp_path / f'd{level}' / name).symlink_to(f'../d{level + 1}')
    picture(tmp_path / 'd30/a.png')
    with pytest.raises(InputError, match='links lead to this folder more than 100 times'):
        list_images(tmp_path / 'd0')


def test_links_to_nothing_are_named(tmp_path):
    picture(tmp_path / 'a.png')
    (tmp_path / 'b.png').symlink_to('gone.png')
    (tmp_path / 'more').symlink_to('/gone/folder')
    (tmp_path / 'c.png').symlink_to('c.png')
    with pytest.raises(InputError, match=r'b\.png: this link leads to gone\.png, which is') as caught:
        list_images(tmp_path)
    assert len(caught.value.sentences()) == 3
    with noting_faults() as noted:
        assert below(tmp_path) == ['a.png']
    assert [sentence.split(':')[0].rsplit('/')[-1] for sentence in noted] == ['b.png', 'c.png', 'more']


def test_names_in_another_form_pair_up(tmp_path):
    picture(tmp_path / 'i' / f'{NFC}.png', 7)
    picture(tmp_path / 'l' / f'{NFD}.png', 1)
    sample = LabelMapFolder('i', 'l', data_root=str(tmp_path), num_classes=2)[0]
    assert (sample['label'] == 1).all() and (sample['target_image'] == 7).all()
    rows = pair({field: gather(field, tmp_path / folder) for field, folder in
                 (('label', 'l'), ('instance', 'i'))} | {'latent': gather('latent', [0.0, 1.0])})
    assert len(rows) == 1
    (row,) = evaluate_folders(str(tmp_path / 'i'), str(tmp_path / 'l'), ['psnr'])
    assert row.images == 1
    assert locate(tmp_path / 'i', f'{NFD}.png', 'list').name == f'{NFC}.png'
    picture(tmp_path / 'l' / f'{NFC}.png')
    with pytest.raises(InputError, match='this label has the same name as'):
        LabelMapFolder('i', 'l', data_root=str(tmp_path), num_classes=2)


def test_every_file_without_a_partner_is_told(tmp_path):
    for name in 'abc':
        picture(tmp_path / 'i' / f'{name}.png')
    for name in 'cde':
        picture(tmp_path / 'l' / f'{name}.png')
    files = dict(image=list_images(tmp_path / 'i'), label=list_images(tmp_path / 'l'))
    with pytest.raises(InputError, match=r'a\.png: this image has no label') as caught:
        pair_files(files, lambda path: path.stem)
    assert len(caught.value.sentences()) == 4
    with noting_faults() as noted:
        assert [pair['image'].stem for pair in pair_files(files, lambda path: path.stem)] == ['c']
    assert len(noted) == 4


@pytest.mark.parametrize('line, message', [
    ('../b/a.png', 'line 2: expected the name of a file that lies in its folder, found .../b/a.png'),
    ('c/../../b/a.png', 'line 2: expected the name of a file that lies in its folder'),
    ('a.png', 'line 2: a.png is named in line 1 already'),
    ('gone.png', r'line 2: .*gone\.png: there is no such file')])
def test_a_line_of_a_list_is_named(tmp_path, line, message):
    picture(tmp_path / 'd/a.png'), picture(tmp_path / 'b/a.png')
    (tmp_path / 'd/files.list').write_text(f'a.png\n{line}\n', encoding='utf-8-sig')
    with pytest.raises(InputError, match=rf'files\.list, {message}'):
        list_images(tmp_path / 'd')
    with noting_faults() as noted:
        assert [path.name for path in list_images(tmp_path / 'd')][0] == 'a.png' and len(noted) == 1


def test_a_list_may_go_down_and_up_again(tmp_path):
    picture(tmp_path / 'd/x/a.png')
    (tmp_path / 'd/files.list').write_text('x/../x/a.png\n')
    assert list_images(tmp_path / 'd') == [tmp_path / 'd/x/../x/a.png']


def test_files_of_both_kinds_in_one_folder(tmp_path):
    for name in ('x', 'y'):
        picture(tmp_path / 'd' / f'{name}.jpg'), picture(tmp_path / 'd' / f'{name}_mask.png', 1)
    folder = dict(image_dir='d', label_dir='d', data_root=str(tmp_path), num_classes=2)
    dataset = LabelMapFolder(**folder, image_suffix='.jpg', label_suffix='_mask.png')
    assert [(s['name'], int(s['label'].max())) for s in dataset] == [('x', 1), ('y', 1)]
    for name in ('x', 'y'):
        (tmp_path / 'd' / f'{name}.jpg').rename(tmp_path / 'd' / f'{name}.png')
    dataset = LabelMapFolder(**folder, image_suffix='.png', label_suffix='_mask.png')
    assert [s['name'] for s in dataset] == ['x', 'y']
    picture(tmp_path / 'd/z.png')
    with pytest.raises(InputError, match=r'z\.png: this image has no label of the same name'):
        LabelMapFolder(**folder, image_suffix='.png', label_suffix='_mask.png')


@pytest.mark.parametrize('build', [
    lambda count: LabelMapFolder('i', 'l', num_classes=count, ignore_index=65535, lazy_init=True),
    lambda count: LabelMapFolder('i', 'l', num_classes=count, ignore_as_class=True, lazy_init=True),
    lambda count: check_num_classes(count, 'anything')])
def test_more_classes_than_ids_are_refused_at_construction(build):
    build(255)
    with pytest.raises(InputError, match='num_classes must be at most 255, because the id 255 stands for'):
        build(256)


def test_a_hidden_folder_is_no_domain(tmp_path):
    for name in ('a', 'b', '.cache'):
        picture(tmp_path / 'train' / name / '0.png')
    assert DomainFolders(str(tmp_path)).metainfo['domains'] == ('a', 'b')


@pytest.mark.parametrize('kind, names', [(DomainFolders, ['a_x_1.png', 'a_y_1.png', 'b_0']),
                                         (ClassStrips, ['0_x_0_1.png', '0_y_0_1.png', '1_2'])])
def test_pictures_of_one_stem_have_names_of_their_own(tmp_path, kind, names):
    places = ('a/x/1', 'a/y/1', 'b/0') if kind is DomainFolders else ('x/0/1', 'y/0/1', '1/2')
    for place in places:
        picture(tmp_path / f'train/{place}.png')
    dataset = kind(str(tmp_path))
    assert sorted(dataset.get_data_info(index)['name'] for index in range(3)) == names


def test_pairs_of_one_stem_have_names_of_their_own(tmp_path):
    (tmp_path / 'pairs.csv').write_text('from,to\nx/1.png,x/2.png\ny/1.png,y/2.png\n')
    names = ('x/1.png', 'x/2.png', 'y/1.png', 'y/2.png')
    (tmp_path / 'points.json').write_text(json.dumps(dict(
        categories=[dict(keypoints=['nose'])], images=[dict(id=name, file_name=name) for name in names],
        annotations=[dict(image_id=name, keypoints=[1, 2, 2]) for name in names])))
    for name in names:
        picture(tmp_path / name)
    pairs = KeypointPairs(str(tmp_path), '', 'points.json', 'pairs.csv', (8, 8), guide='dots')
    assert [pair['name'] for pair in pairs] == ['x_1___x_2', 'y_1___y_2']
