"""The example of docs/add_a_component.md, as a reader copies it."""
import re
import sys

import pytest
from in_process import run
from pages import ROOT, commands, write_files

from ggtoolbox.registry import GENERATORS, LOSSES, METRICS, UPSAMPLERS

PAGE = ROOT / 'docs' / 'add_a_component.md'
OURS = {UPSAMPLERS: 'BlurUpsampler', GENERATORS: 'HourglassGenerator', LOSSES: 'CharbonnierLoss',
        METRICS: 'MeanColourError'}
SHORT = """
train_cfg = dict(max_iters=2, val_interval=2)
train_dataloader = dict(batch_size=2, num_workers=0, persistent_workers=False)
val_dataloader = dict(batch_size=2, num_workers=0, persistent_workers=False, dataset=dict(length=2))
test_dataloader = val_dataloader
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with the page's files, of which no trace is left."""
    files = write_files(PAGE, tmp_path)
    assert files == ['my_upsampler.py', 'my_generator.py', 'my_loss.py', 'my_metric.py', 'my_config.py',
                     'check_contract.py']
    config = tmp_path / 'my_config.py'
    config.write_text(config.read_text() + SHORT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'path', [str(tmp_path), *sys.path])
    yield tmp_path
    for registry, name in OURS.items():
        registry.module_dict.pop(name, None)
    for file in files:
        sys.modules.pop(file.removesuffix('.py'), None)


def test_it_trains_and_is_tested(folder):
    train, test = commands(PAGE)
    assert train[:2] == ['ggtoolbox', 'train'] and test[:2] == ['ggtoolbox', 'test']
    run(*train[1:])
    printed = run(*[word.replace('iter_1000', 'iter_2') for word in test[1:]])
    assert re.search(r'^colour_error +\d', printed, re.MULTILINE)
    assert len(list((folder / 'results' / 'images').glob('*.png'))) == 2


def test_it_keeps_its_contract(folder, capsys):
    exec(compile((folder / 'check_contract.py').read_text(), 'check_contract.py', 'exec'), {})
    lines = capsys.readouterr().out.splitlines()
    assert {'SAU: (2, 3, 16, 16)', 'RGBHead: (2, 3, 16, 16)', 'BlurUpsampler: (2, 3, 16, 16)'} <= set(lines)
    assert lines[-1] == 'SPADEGenerator: (2, 3, 64, 32)'


def change(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize('file, old, new, message', [
    ('my_config.py', "'my_upsampler', ", '',
     'my_upsampler.py defines it but was never imported; add custom_imports'),
    ('my_config.py', "'my_upsampler'", "'my_upsamplers'",
     "no module 'my_upsamplers' was found from the working folder"),
    ('my_upsampler.py', 'import torch\n', 'import torc\n', "importing 'my_upsampler' failed in"),
    ('my_upsampler.py', 'from ggtoolbox.registry import UPSAMPLERS',
     'from mmengine.registry import MODELS as UPSAMPLERS',
     "it is registered in the 'model' registry of scope 'mmengine'"),
    ('my_config.py', "'BlurUpsampler'", "'BlurUpsamplr'",
     "has no 'BlurUpsamplr'; did you mean 'BlurUpsampler'"),
    ('my_config.py', 'weight=100.0', 'epsilom=0.1', "has no argument 'epsilom'; did you mean 'epsilon'?"),
    ('my_generator.py', 'dict(in_channels=before, ', 'dict(', "needs the argument 'in_channels'"),
    ('my_config.py', 'losses=dict(pixel=', 'losses=dict(pixels=',
     "has no term 'pixels'; did you mean 'pixel'?"),
])
def test_errors_say_what_the_page_says(folder, file, old, new, message):
    assert f'`{message}' in PAGE.read_text()
    change(folder / file, old, new)
    try:
        assert message in run('train.py', 'my_config.py', fails=True)
    finally:
        sys.modules['mmengine.registry'].MODELS.module_dict.pop('BlurUpsampler', None)
