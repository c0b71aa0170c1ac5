import pytest
import torch
from in_process import ROOT, run

from ggtoolbox.apis import load_config
from ggtoolbox.registry import MODELS

CONFIG = ROOT / 'configs/pix2pix/pix2pix_toyworld-64.py'  # drops out at test


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp('pix2pix') / 'model.pth'
    torch.save(dict(state_dict=MODELS.build(load_config(CONFIG).model).state_dict()), path)
    return path


def test_it_writes_checks_and_prints(checkpoint, tmp_path):
    said = run('export.py', CONFIG, checkpoint, '--out', tmp_path, '--without-dropout', '--check')
    lines = said.strip().splitlines()
    assert lines[0] == f'{tmp_path}/pix2pix_toyworld-64.onnx: source_image, target_guide -> image'
    assert lines[1] == f'{tmp_path}/pix2pix_toyworld-64.pt2: source_image, target_guide -> image'
    assert [line.split('|')[2].strip() for line in lines[-2:]] == ['onnx', 'pt2']
    assert all(0 <= float(line.split('|')[3]) <= 1e-4 for line in lines[-2:])


def test_dropout_at_test_ends_in_a_sentence(checkpoint, tmp_path):
    error = run('export.py', CONFIG, checkpoint, '--out', tmp_path, fails=True)
    assert error.startswith('export.py: error: pix2pix_toyworld-64: its dropout is active at test')


def test_without_weights_nothing_is_exported(tmp_path):
    mine = tmp_path / 'mine.py'
    mine.write_text(f"_base_ = ['{CONFIG}']\n")
    error = run('export.py', mine, '--out', tmp_path, fails=True)
    assert error.endswith(f'{mine}: no model of the zoo has this config; give a checkpoint')
