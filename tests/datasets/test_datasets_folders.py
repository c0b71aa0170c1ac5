"""Label-map folders: pairing, reading, and one clear sentence for everything that can be wrong."""
import json

import numpy as np
import pytest
import torch
from PIL import Image

from ggtoolbox.datasets.files import list_images, read_ids
from ggtoolbox.datasets.label_folder import LabelMapFolder
from ggtoolbox.errors import InputError


def write(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def image_of(value: int, height: int = 6, width: int = 8):
    return np.full((height, width, 3), value, np.uint8)


def label_of(value: int, height: int = 6, width: int = 8, dtype=np.uint8):
    return np.full((height, width), value, dtype)


@pytest.fixture
def root(tmp_path):
    """Images 1, 2 and 10 in several formats with labels and 16-bit instances of the same number."""
    for number, suffix in ((10, 'PNG'), (2, 'bmp'), (1, 'jpeg')):
        write(tmp_path / 'images' / f'{number}.{suffix}', image_of(number))
        write(tmp_path / 'labels' / f'{number}.png', label_of(number))
        write(tmp_path / 'instances' / f'{number}.png', label_of(number + 40000, dtype=np.uint16))
    (tmp_path / 'images' / 'notes.txt').write_text('not an image')
    return tmp_path


def folder(root, **options) -> LabelMapFolder:
    options = dict(num_classes=11) | options
    return LabelMapFolder('images', 'labels', data_root=str(root), **options)


def test_samples_are_paired_and_naturally_sorted(root):
    dataset = folder(root, instance_dir='instances')
    samples = [dataset[i] for i in range(len(dataset))]
    assert [s['name'] for s in samples] == ['1', '2', '10']
    assert [int(s['label'][0, 0]) for s in samples] == [1, 2, 10]
    assert [int(s['target_image'][0, 0, 0]) for s in samples] == [1, 2, 10]
    assert [int(s['instance'][0, 0]) for s in samples] == [40001, 40002, 40010]
    assert dataset.metainfo['num_classes'] == 11 and len(dataset.metainfo['palette']) == 11


def test_nested_folders_and_names_that_occur_twice(tmp_path):
    for value, name in enumerate(('a/1', 'b/1', 'b/c/2')):
        write(tmp_path / 'images' / f'{name}.png', image_of(value))
        write(tmp_path / 'labels' / f'{name}.png', label_of(value))
    dataset = folder(tmp_path)
    assert [dataset[i]['name'] for i in range(3)] == ['a_1', 'b_1', 'b_c_2']
    assert [int(dataset[i]['label'].max()) for i in range(3)] == [0, 1, 2]


def test_files_list_replaces_the_search(root):
    (root / 'images' / 'files.list').write_text('2.bmp\n')
    (root / 'labels' / 'files.list').write_text(f'{root}/labels/2.png\n')
    assert [s['name'] for s in folder(root)] == ['2']


def test_indices_and_lazy_init(root):
    assert len(folder(root, indices=2)) == 2
    dataset = folder(root, lazy_init=True)
    assert not dataset._fully_initialized
    dataset.full_init()
    assert len(dataset) == 3


def test_label_map_and_ignored_ids(tmp_path):
    label = np.array([[0, 255], [128, 7]], np.uint8)
    write(tmp_path / 'images' / 'a.png', image_of(0, 2, 2))
    write(tmp_path / 'labels' / 'a.png', label)
    plain = folder(tmp_path, num_classes=129)[0]['label']
    assert plain.tolist() == [[0, 255], [128, 7]]
    mapped = folder(tmp_path, num_classes=3, label_map={255: 1, 128: 2, 7: 255})[0]['label']
    assert mapped.tolist() == [[0, 1], [2, 255]]
    last = folder(tmp_path, num_classes=130, ignore_as_class=True)[0]['label']
    assert last.tolist() == [[0, 129], [128, 7]]
    other = folder(tmp_path, num_classes=129, ignore_index=0, label_map={255: 3})[0]['label']
    assert other.tolist() == [[255, 3], [128, 7]]


def test_pipeline_and_collation(root):
    dataset = folder(root, instance_dir='instances', pipeline=[
        dict(type='ResizeAndCrop', mode='fixed', crop_size=4), dict(type='InstanceEdge'),
        dict(type='PackTensors')])
    batch = next(iter(torch.utils.data.DataLoader(dataset, batch_size=3)))
    assert batch['target_image'].shape == (3, 3, 4, 4) and batch['name'] == ['1', '2', '10']
    assert batch['label'].dtype == torch.int64 and batch['edge'].sum() == 0


def test_meta_file_names_classes_and_colours(root):
    meta = dict(classes=[f'c{i}' for i in range(11)], palette=[[i, i, i] for i in range(11)])
    (root / 'meta.json').write_text(json.dumps(meta))
    dataset = folder(root, num_classes=None, meta_file='meta.json')
    assert dataset.metainfo['classes'][3] == 'c3' and dataset.metainfo['palette'][3] == (3, 3, 3)
    (root / 'meta.json').write_text('{"classes": []}')
    with pytest.raises(InputError, match="meta.json: expected a JSON object with 'classes' and"):
        folder(root, num_classes=None, meta_file='meta.json')
    with pytest.raises(InputError, match='no such meta file'):
        folder(root, meta_file='other.json')


def test_palette_images_give_their_indices(tmp_path):
    picture = Image.fromarray(label_of(3)).convert('P')
    picture.putpalette([0, 0, 0] * 3 + [9, 9, 9])
    picture.save(tmp_path / 'p.png')
    assert (read_ids(tmp_path / 'p.png') == 3).all()


def take_labels_away(root):
    (root / 'labels').rename(root / 'elsewhere')


def empty(root):
    for path in (root / 'images').iterdir():
        path.unlink()


def unpaired_image(root):
    write(root / 'images' / '11.png', image_of(0))


def unpaired_label(root):
    write(root / 'labels' / '12.png', label_of(0))


def same_name(root):
    write(root / 'images' / '1.png', image_of(0))


def other_size(root):
    write(root / 'labels' / '1.png', label_of(0, 7, 8))


def out_of_range(root):
    write(root / 'labels' / '1.png', label_of(77))


def truncated(root):
    path = root / 'labels' / '1.png'
    path.write_bytes(path.read_bytes()[:40])


def no_image_at_all(root):
    (root / 'images' / '1.jpeg').write_text('hello')


def colour_label(root):
    write(root / 'labels' / '1.png', image_of(1))


@pytest.mark.parametrize('harm, message', [
    (take_labels_away, 'labels: there is no such folder'),
    (empty, 'images: no image files were found'),
    (unpaired_image, '11.png: this image has no label of the same name .* found 4 image and 3 label'),
    (unpaired_label, '12.png: this label has no image of the same name'),
    (same_name, '1.*: this image has the same name as'),
    (other_size, '1.png: this label map is 8 x 7 pixels, its image .*1.jpeg is 8 x 6'),
    (out_of_range, r'1.png: label id 77 was found in 48 pixels; expected 0..10, or 255'),
    (truncated, '1.png: the file is broken or not an image'),
    (no_image_at_all, '1.jpeg: the file is broken or not an image'),
    (colour_label, r'1.png: a label map has one channel with ids, this file has 3 \(RGB\)'),
])
def test_bad_folders_end_in_one_sentence(root, harm, message):
    harm(root)
    with pytest.raises(InputError, match=message) as caught:
        folder(root)[0]
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('options, message', [
    (dict(num_classes=None), 'num_classes .* is needed'),
    (dict(num_classes=3, classes=['a', 'b']), 'num_classes is 3 but classes has 2 names'),
    (dict(num_classes=3, palette=[(0, 0, 0)]), 'palette has 1 colours for 3 classes'),
])
def test_bad_arguments_are_refused(root, options, message):
    with pytest.raises(InputError, match=message):
        folder(root, **options)


def test_missing_file_of_a_list(root):
    (root / 'images' / 'files.list').write_text('1.png\n')
    (root / 'labels' / 'files.list').write_text('1.png\n')
    with pytest.raises(InputError, match='1.png: there is no such file'):
        folder(root)[0]


def test_list_images_keeps_what_is_asked(root):
    kept = list_images(root / 'images', lambda path: path.stem != '2')
    assert [path.name for path in kept] == ['1.jpeg', '10.PNG']
