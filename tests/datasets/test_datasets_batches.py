"""Batches of samples that do not fit together, and a training that passes over what cannot be read."""
import numpy as np
import pytest
import torch
from mmengine.registry import FUNCTIONS
from PIL import Image
from torch.utils.data import DataLoader

from ggtoolbox.datasets.label_folder import LabelMapFolder
from ggtoolbox.datasets.pass_over import PassOverUnreadable
from ggtoolbox.datasets.placed import Place, PlacedDataset
from ggtoolbox.datasets.stacking import stack_samples
from ggtoolbox.errors import InputError

PACK = [dict(type='PackTensors', keys=['target_image', 'label'])]


def sample(name, height=4, **fields):
    return dict(name=name, target_image=torch.zeros(3, height, 6), **fields)


def test_samples_of_one_size_are_stacked():
    batch = stack_samples([sample('a'), sample('b')])
    assert batch['target_image'].shape == (2, 3, 4, 6) and batch['name'] == ['a', 'b']
    assert FUNCTIONS.get('default_collate') is stack_samples


@pytest.mark.parametrize('other, message', [
    (sample('c', 5), r"samples 'a' and 'c' .* must have one size, found target_image of \(3, 4, 6\) and of "
                     r'\(3, 5, 6\): bring them to one size in the pipeline .* batch_size=1'),
    (dict(name='c'), "samples 'a' and 'c' .* same fields, found 'target_image' in one of them only")])
@pytest.mark.parametrize('workers', [0, 1])
def test_samples_that_differ_are_named(other, message, workers):
    loader = DataLoader([sample('a'), sample('b'), other], 3, num_workers=workers, collate_fn=stack_samples)
    with pytest.raises(InputError, match=message):
        next(iter(loader))


def test_an_error_of_another_kind_stays_itself():
    with pytest.raises(TypeError):
        stack_samples([dict(a=object()), dict(a=object())])


@pytest.fixture
def root(tmp_path):
    """Eight samples, of which 2, 3 and 7 cannot be read."""
    for folder in ('i', 'l'):
        (tmp_path / folder).mkdir()
        for number in range(8):
            Image.new('L', (4, 4), number).save(tmp_path / folder / f'{number}.png')
    (tmp_path / 'i/2.png').write_bytes(b'no picture')
    Image.fromarray(np.full((4, 4), 99, np.uint8)).save(tmp_path / 'l/3.png')
    Image.new('L', (4, 5)).save(tmp_path / 'l/7.png')
    return tmp_path


def folder(root):
    return dict(type='LabelMapFolder', image_dir='i', label_dir='l', data_root=str(root), num_classes=8,
                pipeline=PACK)


@pytest.mark.parametrize('workers', [0, 2])
def test_the_next_readable_sample_stands_in(root, workers, monkeypatch, tmp_path):
    said = tmp_path / 'said.txt'

    def keep(sentence, *where):
        with said.open('a') as file:
            file.write(sentence + '\n')
    monkeypatch.setattr('ggtoolbox.datasets.pass_over.print_log', keep)
    dataset = PassOverUnreadable(folder(root), most=3)
    loader = DataLoader(dataset, 4, num_workers=workers, collate_fn=stack_samples)
    names = [name for _ in range(2) for batch in loader for name in batch['name']]
    assert names == ['0', '1', '4', '4', '4', '5', '6', '0'] * 2
    assert dataset.unreadable.nonzero().flatten().tolist() == [2, 3, 7]  # seen by this process, too
    assert dataset.metainfo['num_classes'] == 8 and len(dataset) == 8
    lines = said.read_text().splitlines()
    assert sorted(line.split(': ')[1][-7:] for line in lines) == ['i/2.png', 'l/3.png', 'l/7.png']


def test_more_than_so_many_end_the_run(root):
    dataset = PassOverUnreadable(folder(root), most=2)
    assert [dataset[i]['name'] for i in (2, 3)] == ['4', '4']
    with pytest.raises(InputError, match=r'l/7\.png: .* \(this makes 3 samples that cannot be read'):
        dataset[7]
    with pytest.raises(InputError, match=r'most must be a positive number of samples, found 0'):
        PassOverUnreadable(LabelMapFolder('i', 'l', data_root=str(root), num_classes=8), most=0)


def test_nothing_that_can_be_read_is_said(root):
    for number in range(8):
        (root / f'i/{number}.png').write_bytes(b'')
    with pytest.raises(InputError, match='none of the samples can be read'):
        PassOverUnreadable(folder(root), most=8)[0]


def test_a_resumed_run_passes_over_to_the_same_samples(root):
    mirror = [dict(type='RandomMirror'), dict(type='ResizeAndCrop', load_size=9, crop_size=4), *PACK]
    build = lambda: PlacedDataset(PassOverUnreadable(dict(folder(root), pipeline=mirror), most=3), seed=5)
    whole, resumed = build(), build()
    places = [Place(index, 1, position) for position, index in enumerate((3, 0, 7, 2, 1, 2))]
    seen = [whole[place] for place in places]
    for place, before in list(zip(places, seen))[3:]:
        again = resumed[place]
        assert again['name'] == before['name'] and torch.equal(again['target_image'], before['target_image'])
