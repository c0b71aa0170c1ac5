"""Weights of a model to start another from: what is taken, what is drawn anew, what is refused."""
import cv2
import numpy as np
import pytest
import torch
from in_process import outcome

from ggtoolbox.apis import find_model
from ggtoolbox.engine.fine_tuning import layer_of, transfer
from ggtoolbox.engine.hooks.model_state import ModelStateHook
from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import load_tensors

MODEL = {'g.a.weight': torch.zeros(3, 2), 'g.a.bias': torch.zeros(3), 'g.head.weight': torch.zeros(4),
         'd.a.weight': torch.zeros(2)}
FILE = {'g.a.weight': torch.ones(3, 5), 'g.a.bias': torch.ones(3), 'g.head.weight': torch.ones(4),
        'd.a.weight': torch.ones(2), 'g.old.weight': torch.ones(1), 'g.old.bias': torch.ones(1)}


def test_misfits_are_drawn_anew_as_whole_layers():
    found = transfer(MODEL, FILE, 'misfits', 'a.pth')
    assert [*found.taken] == ['g.head.weight', 'd.a.weight']
    assert (found.drawn_anew, found.left_out) == (['g.a'], ['g.old'])
    assert str(found) == '2 tensors are taken; 1 layers are drawn anew: g.a; 1 layers are left out: g.old'


@pytest.mark.parametrize('names', ['g.a d', ['g.*', 'd'], ['g', 'd.a']])
def test_named_layers_are_drawn_anew_whether_they_fit_or_not(names):
    names = names.split() if isinstance(names, str) else names
    more = {'c.weight': torch.ones(1)}
    found = transfer({**MODEL, **more}, {**FILE, **more}, names, 'a.pth')
    assert 'd.a' in found.drawn_anew and 'd.a.weight' not in found.taken and 'c.weight' in found.taken


@pytest.mark.parametrize('names, sentence', [
    (['g.head'],
     r"^a.pth: its 'g.a.weight' has shape \(3, 5\), expected \(3, 2\), which draw_anew=\['g.head'\]"),
    (['g.hed', 'g.a'], "^draw_anew: no layer of the model is called 'g.hed'; did you mean 'g.head'"),
    (['g', 'd'], '^a.pth: none of its 6 tensors fits')])
def test_what_cannot_be_meant_ends_in_a_sentence(names, sentence):
    with pytest.raises(InputError, match=sentence):
        transfer(MODEL, FILE, names, 'a.pth')


def test_networks_that_the_file_does_not_hold_are_drawn_anew():
    found = transfer(MODEL, {k: v for k, v in FILE.items() if k[0] == 'g'}, ['g.a'], 'a.pth', parts=['g'])
    assert [*found.taken] == ['g.head.weight'] and found.drawn_anew == ['g.a', 'd']


@pytest.mark.parametrize('tensor', ['a.b.weight', 'a.b.weight_orig', 'a.b.parametrizations.weight.0._u'])
def test_the_layer_of_a_tensor(tensor):
    assert layer_of(tensor) == 'a.b'


LABELS = {'d.first.bias': torch.zeros(1), 'd.first.weight': torch.zeros(1, 3 + 2, 1, 1),
          'd.first.weight_v': torch.zeros(5), 'd.last.weight': torch.zeros(1, 4)}
OF_FIVE = {'d.first.bias': torch.ones(1), 'd.last.weight': torch.ones(1, 9),
           'd.first.weight': torch.arange(5 + 1 + 2.0).reshape(1, 8, 1, 1), 'd.first.weight_v': torch.ones(8)}


def test_a_layer_that_reads_label_maps_is_taken_class_by_class():
    """Classes 0 and 4 become class 2, 3 becomes 0, 1 and 2 go, class 1 is new; then an image."""
    found = transfer(LABELS, OF_FIVE, 'misfits', 'a.pth', class_map={0: 2, 4: 2, 3: 0})
    assert [*found.taken] == ['d.first.bias', 'd.first.weight']
    assert found.taken['d.first.weight'].flatten().tolist() == [3, 0, 2, 6, 7]
    assert str(found) == ('2 tensors are taken; 1 layers are taken class by class: d.first; '
                          '1 layers are drawn anew: d.last')


@pytest.mark.parametrize('class_map, sentence', [
    ({20: 0}, '^a.pth: class_map: expected layers that read 21 classes in it and 1 in the model, found none'),
    ({0: -1}, '^ModelStateHook: class_map: expected class -> class, each 0 or more, found {0: -1}'),
    ([0, 1], r'^ModelStateHook: class_map: expected class -> class, each 0 or more, found \[0, 1\]')])
def test_a_class_map_that_cannot_be_meant(class_map, sentence):
    with pytest.raises(InputError, match=sentence):
        hook = ModelStateHook('misfits', class_map)
        transfer(LABELS, OF_FIVE, 'misfits', 'a.pth', class_map=hook.class_map)


def test_a_class_map_needs_draw_anew():
    with pytest.raises(InputError, match='expected draw_anew with it'):
        ModelStateHook(class_map={0: 1})


FIVE_CLASSES = """
_base_ = 'ggtoolbox::gaugan/gaugan_sau_toyworld-64.py'
folder = dict(_delete_=True, type='LabelMapFolder', data_root='data', image_dir='images', label_dir='labels',
              pipeline=[dict(type='PackTensors', keys=['target_image', 'label'])])
train_dataloader = dict(batch_size=2, num_workers=0, dataset=folder)
val_dataloader = test_dataloader = val_cfg = test_cfg = val_evaluator = test_evaluator = None
model = dict(generator=dict(num_classes=5, edge=False))
optim_wrapper = dict(generator=dict(optimizer=dict(lr=1e-9)))
param_scheduler = custom_hooks = None
train_cfg = dict(max_iters=1, val_interval=9)
default_hooks = dict(checkpoint=dict(save_best=None))
"""


@pytest.fixture
def folder(tmp_path):
    for number in range(2):
        for kind, array in (('labels', np.tile(np.arange(64, dtype=np.uint8) // 13, (64, 1))),
                            ('images', np.full((64, 64, 3), 99, np.uint8))):
            (tmp_path / 'data' / kind).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(tmp_path / f'data/{kind}/{number}.png'), array)
    (tmp_path / 'five.py').write_text(FIVE_CLASSES)
    return tmp_path


def test_a_model_of_other_classes_starts_from_the_zoo(folder):
    words = ['train', 'five.py', '--load-from', 'gaugan_sau_toyworld-64', '--work-dir', 'run']
    code, _, errors = outcome(*words, cwd=folder)
    assert code == 2 and 'has shape' in errors.splitlines()[-1] and '--draw-anew misfits' in errors
    code, _, errors = outcome(*words, '--draw-anew', 'misfits', cwd=folder)
    assert code == 0, errors
    log = max((folder / 'run').rglob('*.log'), key=lambda path: path.stat().st_mtime).read_text()
    line, = (line for line in log.splitlines() if 'fine-tuning from' in line)
    assert 'tensors are taken' in line and 'drawn anew: generator.' in line and 'discriminator' in line
    start = load_tensors(find_model('gaugan_sau_toyworld-64').weights)['state_dict']
    end = load_tensors(folder / 'run/iter_1.pth')['state_dict']
    taken = [name for name in start if name.endswith('weight_orig') and f'{layer_of(name)},' not in line
             and f'{layer_of(name)};' not in line]
    assert len(taken) > 5
    for name in taken:
        torch.testing.assert_close(end[name], start[name].float(), atol=1e-5, rtol=0)


def test_a_start_that_is_not_there(folder):
    last = outcome('train', 'five.py', '--load-from', 'gaugan_toywold-64', cwd=folder)[2].splitlines()[-1]
    assert "no model of the zoo of this name; did you mean 'gaugan_toyworld-64'" in last
    last = outcome('train', 'five.py', '--draw-anew', 'misfits', cwd=folder)[2].splitlines()[-1]
    assert 'expected --load-from with it, found none' in last
