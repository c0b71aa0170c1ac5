"""Two folders without pairs."""
import numpy as np
import pytest
from PIL import Image

from ggtoolbox.datasets.unpaired_folders import UnpairedFolders
from ggtoolbox.errors import InputError


@pytest.fixture
def root(tmp_path):
    for folder, count, size in (('trainA', 3, 8), ('trainB', 5, 12)):
        (tmp_path / folder).mkdir()
        for index in range(count):
            shade = np.full((size, size, 3), 10 * index + size, np.uint8)
            Image.fromarray(shade).save(tmp_path / folder / f'{index}.png')
    return tmp_path


def shades(dataset):
    return [(int(s['source_image'].max()), int(s['target_image'].max())) for s in map(dataset.__getitem__,
                                                                                     range(len(dataset)))]


def test_an_epoch_is_the_larger_folder_and_the_smaller_goes_round(root):
    dataset = UnpairedFolders(str(root), random_target=False)
    assert shades(dataset) == [(8, 12), (18, 22), (28, 32), (8, 42), (18, 52)]
    assert len({dataset[i]['name'] for i in range(5)}) == 5
    back = UnpairedFolders(str(root), sides=('B', 'A'), random_target=False)
    assert shades(back) == [(target, source) for source, target in shades(dataset)]
    assert [back[i]['name'] for i in range(5)] == list('01234')


def test_targets_are_drawn_anew_and_all_of_them(root):
    dataset = UnpairedFolders(str(root))
    np.random.seed(0)
    epochs = [shades(dataset) for _ in range(12)]
    assert {tuple(source for source, _ in epoch) for epoch in epochs} == {(8, 18, 28, 8, 18)}
    assert {epoch[0][1] for epoch in epochs} == {12, 22, 32, 42, 52}


def test_each_picture_goes_through_its_own_transforms(root):
    crops = [dict(type='ResizeAndCrop', mode='crop', crop_size=4), dict(type='RandomMirror')]
    dataset = UnpairedFolders(str(root), picture_pipeline=crops, pipeline=[
        dict(type='PackTensors', keys=['source_image', 'target_image'])])
    sample = dataset[0]
    assert sample['source_image'].shape == sample['target_image'].shape == (3, 4, 4)
    assert sample['name'] == '0_0'


def test_what_is_wrong_is_said(root):
    with pytest.raises(InputError, match=r"sides must be two different .* found \('A', 'A'\)"):
        UnpairedFolders(str(root), sides=('A', 'A'))
    with pytest.raises(InputError, match='testA: there is no such folder'):
        UnpairedFolders(str(root), split='test')
