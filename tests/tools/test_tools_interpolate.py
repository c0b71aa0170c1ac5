from functools import partial
from pathlib import Path

import cv2
import pytest
import torch
from in_process import outcome

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


interpolate = partial(outcome, 'interpolate.py')


def test_it_writes_the_left_and_right_of_a_face(checkpoint, tmp_path):
    out = tmp_path / 'new' / 'grid.png'
    code, printed, errors = interpolate(CONFIG, checkpoint, '--out', out, '--rows', 'attributes', '--columns',
                                        'landmarks', '--landmarks', 'mirrored', '--steps', 2, 3)
    assert code == 0, errors
    assert cv2.imread(str(out)).shape == (64 * 3, 64 * 3, 3)
    assert f'{out}: attributes from row to row, landmarks along a row' in printed


@pytest.mark.parametrize('arguments, message', [
    (('--samples', '0', '64'), '--samples: the test data hold samples 0 to 63, found 64'),
    (('--steps', '0', '3'), "--steps: expected a whole number of at least 1, found '0'"),
    (('--columns', 'landmarks', '--landmarks', 'smile'), "landmarks: expected 'expression'")])
def test_an_error_is_one_sentence(checkpoint, tmp_path, arguments, message):
    code, _, errors = interpolate(CONFIG, checkpoint, '--out', tmp_path / 'grid.png', *arguments)
    assert code == 2 and message in errors and 'Traceback' not in errors


def test_a_checkpoint_of_another_system_is_refused(checkpoint, tmp_path):
    other = str(ROOT / 'configs/wgan_gp/wgan_gp_toyworld-64.py')
    code, _, errors = interpolate(other, checkpoint, '--out', tmp_path / 'grid.png')
    assert code == 2 and 'it does not fit this WGANGP' in errors
