import subprocess
import sys
from pathlib import Path

import cv2
import pytest
import torch

from ggtoolbox.apis import load_config
from ggtoolbox.registry import MODELS

ROOT = Path(__file__).resolve().parents[2]
CONFIG = str(ROOT / 'configs/scgan/scgan_toyworld-64.py')


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp('scgan') / 'model.pth'
    torch.save(dict(state_dict=MODELS.build(load_config(CONFIG).model).state_dict()), path)
    return str(path)


def interpolate(*arguments):
    return subprocess.run([sys.executable, str(ROOT / 'tools/interpolate.py'), *arguments], cwd=ROOT,
                          env={'PYTHONPATH': str(ROOT), 'PATH': ''}, capture_output=True, text=True)


def test_it_writes_the_left_and_right_of_a_face(checkpoint, tmp_path):
    out = tmp_path / 'new' / 'grid.png'
    done = interpolate(CONFIG, checkpoint, '--out', str(out), '--rows', 'attributes', '--columns',
                       'landmarks', '--landmarks', 'mirrored', '--steps', '2', '3')
    assert done.returncode == 0, done.stderr
    assert cv2.imread(str(out)).shape == (64 * 3, 64 * 3, 3)
    assert f'{out}: attributes from row to row, landmarks along a row' in done.stdout


@pytest.mark.parametrize('arguments, message', [
    (('--samples', '0', '64'), '--samples: the test data hold samples 0 to 63, found 64'),
    (('--steps', '0', '3'), '--steps: expected at least 1, found 0'),
    (('--columns', 'landmarks', '--landmarks', 'smile'), "landmarks: expected 'expression'")])
def test_an_error_is_one_sentence(checkpoint, tmp_path, arguments, message):
    done = interpolate(CONFIG, checkpoint, '--out', str(tmp_path / 'grid.png'), *arguments)
    assert done.returncode == 2 and message in done.stderr
    assert 'Traceback' not in done.stderr


def test_a_checkpoint_of_another_system_is_refused(checkpoint, tmp_path):
    other = str(ROOT / 'configs/wgan_gp/wgan_gp_toyworld-64.py')
    done = interpolate(other, checkpoint, '--out', str(tmp_path / 'grid.png'))
    assert done.returncode == 2 and 'it does not fit this WGANGP' in done.stderr
