"""A folder with small files of every kind, right and wrong, for commands to stumble over."""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ggtoolbox.apis import load_config
from ggtoolbox.registry import MODELS

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
CLASSES = 5

TOY = '''
_base_ = {base!r}
model = dict(generator=dict(channels=2, norm_hidden_channels=4),
             discriminator=dict(discriminator=dict(channels=4, num_layers=3)))
train_dataloader = dict(batch_size=2, num_workers=0, dataset=dict(length=8))
val_dataloader = dict(batch_size=2, num_workers=0, dataset=dict(length=2))
test_dataloader = val_dataloader
train_cfg = dict(max_iters=2, val_interval=2)
'''
FILES = '''
_base_ = './toy.py'
pack = dict(type='PackTensors', keys=['target_image', 'label'])
model = dict(generator=dict(num_classes={classes}, edge=False), discriminator=dict(in_channels={classes} + 3))
train_dataloader = dict(dataset=dict(
    _delete_=True, type='LabelMapFolder', data_root='data', image_dir='train/images',
    label_dir='train/labels', num_classes={classes}, pipeline=[
        dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=72, crop_size=64),
        dict(type='RandomMirror'), pack]))
val_dataloader = dict(dataset=dict(
    _delete_=True, type='LabelMapFolder', data_root='data', image_dir='val/images', label_dir='val/labels',
    num_classes={classes}, pipeline=[dict(type='ResizeAndCrop', mode='fixed', crop_size=64), pack]))
test_dataloader = val_dataloader
'''


def make(folder: Path) -> None:
    """Configs, data, checkpoints and broken files, by names that ``bad_commands.py`` uses."""
    (folder / 'toy.py').write_text(TOY.format(base=str(CONFIGS / 'gaugan/gaugan_toyworld-64.py')))
    (folder / 'files.py').write_text(FILES.format(classes=CLASSES))
    (folder / 'syntax.py').write_text('model = dict(\n')
    (folder / 'raises.py').write_text('model = dict(type=nothing)\n')
    (folder / 'empty.py').write_text('')
    (folder / 'words.py').write_text('these are words\n')
    (folder / 'orphan.py').write_text("_base_ = './nowhere.py'\n")
    (folder / 'circle.py').write_text("_base_ = './circle.py'\n")
    (folder / 'repeats.py').write_text("_base_ = './toy.py'\n"
                                       "train_dataloader = dict(dataset=dict(type='RepeatDataset'))\n")
    (folder / 'untrained.py').write_text("_base_ = './toy.py'\ntrain_dataloader = None\n")
    numbers = np.random.RandomState(0)
    for split in ('train', 'val'):
        for number in range(3):
            label = np.kron(numbers.randint(0, CLASSES, (4, 4)), np.ones((16, 16))).astype(np.uint8)
            _save(label, folder / f'data/{split}/labels/{number}.png')
            colours = np.stack([label * 40, 255 - label * 30, label], -1)
            _save(colours, folder / f'data/{split}/images/{number}.png')
    for name in ('empty', 'text', 'out'):
        (folder / name).mkdir()
    (folder / 'text/readme.txt').write_text('no picture\n')
    (folder / 'words.txt').write_text('these are words\n')
    (folder / 'broken.json').write_text('{"classes": [')
    (folder / 'list.json').write_text('[1, 2]')
    (folder / 'broken.csv').write_text('name:keypoints_y\n1;2;3\n')
    (folder / 'empty.csv').write_text('')
    (folder / 'broken.xml').write_text('<dataset><images>')
    (folder / 'broken.png').write_bytes((folder / 'data/train/images/0.png').read_bytes()[:60])
    (folder / 'empty.png').write_bytes(b'')
    (folder / 'broken.npz').write_bytes(b'PK\\x03\\x04')
    _save(np.zeros((3, 5), np.uint8), folder / 'tiny/0.png')
    _save(np.zeros((3, 5), np.uint8), folder / 'tiny/1.png')
    (folder / 'scalars.json').write_text(json.dumps(dict(iter=1, loss=1.0)) + '\n')
    (folder / 'broken_scalars.json').write_text('{"iter": 1,\n')
    model = MODELS.build(load_config(folder / 'toy.py').model)
    state = model.state_dict()
    torch.save(dict(meta=dict(system='GauGAN'), state_dict=state), folder / 'toy.pth')
    torch.save(dict(meta=dict(system='CycleGAN'), state_dict=state), folder / 'other.pth')
    torch.save(dict(meta={}, state_dict=dict(list(state.items())[:3])), folder / 'part.pth')
    torch.save([1, 2], folder / 'list.pth')
    torch.save(dict(state_dict=7), folder / 'seven.pth')
    (folder / 'cut.pth').write_bytes((folder / 'toy.pth').read_bytes()[:3000])
    (folder / 'words.pth').write_text('these are words\n')
    (folder / 'empty.pth').write_bytes(b'')
    (folder / 'words.safetensors').write_text('these are words\n')


def _save(array: np.ndarray, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array.astype(np.uint8)).save(path)
