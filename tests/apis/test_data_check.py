"""Every sample is read once, and all that is wrong with a data set is told at once."""
import sys
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config
from PIL import Image

from ggtoolbox.apis.data_check import check_before_training, check_data, leaks
from ggtoolbox.datasets.person_files import write_annotations, write_pairs
from ggtoolbox.errors import InputError

sys.path.insert(0, str(Path(__file__).parents[1] / 'tools'))

from in_process import run  # noqa: E402


def write(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(array, np.uint8)).save(path)


@pytest.fixture
def root(tmp_path):
    """Six training samples, two for validation."""
    for split, numbers in (('train', range(6)), ('val', (10, 11))):
        for number in numbers:
            write(tmp_path / split / 'i' / f'{number}.png', np.full((8, 8, 3), number))
            write(tmp_path / split / 'l' / f'{number}.png', np.full((8, 8), number % 3))
    return tmp_path


def loader(root, split, batch_size=2, **dataset):
    settings = dict(type='LabelMapFolder', data_root=str(root / split), image_dir='i', label_dir='l',
                    num_classes=5, classes=list('abcde'), pipeline=[dict(type='PackTensors')]) | dataset
    return dict(batch_size=batch_size, num_workers=0, dataset=settings)


def config(root, **others):
    return Config(dict(train_dataloader=loader(root, 'train'), val_dataloader=loader(root, 'val'),
                       test_dataloader=loader(root, 'val')) | others)


@pytest.mark.parametrize('jobs', [0, 2])
def test_what_is_in_fine_data(root, jobs):
    train, val = check_data(config(root), jobs=jobs)  # test repeats val
    assert (train.split, train.samples, val.split, val.samples) == ('train', 6, 'val', 2)
    assert not train.faults and not val.faults and not leaks([train, val]) and not train.same
    assert train.sizes == {(8, 8): 6} and train.pixels == {0: 128, 1: 128, 2: 128}
    assert train.images == {0: 2, 1: 2, 2: 2}
    text = '\n'.join(train.lines())
    assert 'classes without a pixel: 3 d, 4 e' in text and ' 33.33 % of pixels, in 2 images' in text


@pytest.mark.parametrize('jobs', [0, 2])
def test_all_faults_are_told_at_once(root, jobs):
    (root / 'train/i/0.png').write_bytes(b'none')
    (root / 'train/l/0.png').write_bytes(b'none')
    write(root / 'train/l/1.png', np.full((8, 8), 77))
    write(root / 'train/l/2.png', np.zeros((8, 9)))
    (root / 'train/l/3.png').unlink()
    (root / 'train/l/7.png').symlink_to('gone.png')
    write(root / 'train/i/8.png', np.zeros((8, 8, 3)))
    (report,) = check_data(config(root), ['train'], jobs)
    named = [fault.split(': ')[0].split('/train/')[1] for fault in report.faults]
    assert sorted(named) == ['i/0.png', 'i/3.png', 'i/8.png', 'l/0.png', 'l/1.png', 'l/2.png', 'l/7.png']
    assert report.samples == 5 and all('\n' not in fault for fault in report.faults)


def test_a_list_that_is_wrong_in_several_lines(tmp_path):
    points = np.stack([np.arange(18), np.arange(18), np.ones(18)], axis=1).astype(np.float32)
    for name in 'ab':
        write(tmp_path / 'train' / f'{name}.png', np.full((8, 8, 3), ord(name)))
    write_annotations({'a.png': points, 'b.png': points}, tmp_path / 'points.csv')
    write_pairs([('a.png', 'b.png'), ('a.png', 'b.png'), ('../x', 'b.png'), ('b.png', 'c.png')],
                tmp_path / 'pairs.csv')
    settings = dict(type='PersonPairs', data_root=str(tmp_path), pairs='pairs.csv', annotations='points.csv',
                    size=(8, 8), samples_per_epoch=100, pipeline=[dict(type='PackTensors')])
    cfg = Config(dict(train_dataloader=dict(batch_size=2, num_workers=0, dataset=settings)))
    (report,) = check_data(cfg, jobs=0)
    assert report.samples == 2  # each pair once, whatever an epoch is
    faults = list(report.faults)
    assert len(faults) == 4 and 'line 3: the pair' in faults[0] and "line 4: expected the name" in faults[1]
    assert 'c.png: there is no such file' in faults[2] and 'there are no key points of c.png' in faults[3]


def test_pictures_that_occur_twice(root):
    write(root / 'train/i/1.png', np.full((8, 8, 3), 4))
    write(root / 'val/i/10.png', np.full((8, 8, 3), 5))
    train, val = check_data(config(root), jobs=0)
    assert [[Path(path).name for path in paths] for paths in train.same] == [['1.png', '4.png']]
    (leak,) = leaks([train, val])
    assert 'train/i/5.png of train is' in leak and 'val/i/10.png of val' in leak
    assert not train.faults  # as some data sets are so on purpose


def test_sizes_that_make_no_batch(root):
    write(root / 'val/i/10.png', np.zeros((6, 8, 3)))
    write(root / 'val/l/10.png', np.zeros((6, 8)))
    (report,) = check_data(config(root), ['val'], jobs=0)
    (fault,) = report.faults
    assert 'val_dataloader: batch_size is 2' in fault and '(3, 6, 8) (10), (3, 8, 8) (11)' in fault
    (report,) = check_data(config(root, val_dataloader=loader(root, 'val', 1)), ['val'], jobs=0)
    assert not report.faults


def test_wrapped_data_sets_are_read_once(root):
    parts = [loader(root, split)['dataset'] for split in ('train', 'val')]
    parts[0] = dict(type='RepeatDataset', times=3, dataset=parts[0])
    wrapped = dict(batch_size=1, num_workers=0, dataset=dict(type='ConcatDataset', datasets=parts))
    (report,) = check_data(config(root, train_dataloader=wrapped), ['train'], jobs=0)
    assert report.samples == 8 and not report.faults


def test_an_error_of_a_users_own_step_is_a_fault(root):
    def step(sample):
        raise ZeroDivisionError('mine')
    cfg = config(root)
    cfg.train_dataloader.dataset.pipeline = [step]
    (report,) = check_data(cfg, ['train'], jobs=0)
    assert list(report.faults)[0] == 'sample 0: ZeroDivisionError: mine' and len(report.faults) == 6


CONFIG = """
model = dict(type='GauGAN')
train_dataloader = dict(batch_size=2, num_workers=0, dataset=dict(
    type='LabelMapFolder', data_root={root!r}, image_dir='i', label_dir='l', num_classes=3,
    pipeline=[dict(type='PackTensors')]))
"""


def test_the_tool_ends_with_1_where_there_are_faults(root, monkeypatch):
    monkeypatch.setattr('ggtoolbox.apis.config.check_config', lambda cfg: None)
    (root / 'c.py').write_text(CONFIG.format(root=str(root / 'train')))
    out = run('check_dataset.py', root / 'c.py', '--jobs', '0')
    assert 'train: 6 samples, 0 faults' in out and 'sizes: 8 x 8 (6)' in out
    (root / 'train/i/2.png').write_bytes(b'')
    run('check_dataset.py', root / 'c.py', '--split', 'train', '--jobs', '1', fails=True)
    assert 'no val_dataloader' in run('check_dataset.py', root / 'c.py', '--split', 'val', fails=True)


def test_training_begins_only_with_fine_data(root, capsys, monkeypatch):
    check_before_training(config(root))
    (root / 'train/i/2.png').write_bytes(b'')
    with pytest.raises(InputError, match='--check-data: 1 faults were found in the data, listed above'):
        check_before_training(config(root))
    assert 'i/2.png: the file is broken' in capsys.readouterr().out
    check_before_training(config(root), allowed=1)
    monkeypatch.setenv('RANK', '1')
    check_before_training(config(root))  # the first process looks
