"""The command line of metrics, as a user runs it."""
import json
from functools import partial

import numpy as np
from in_process import outcome
from PIL import Image

run = partial(outcome, 'evaluate.py')


def test_a_table_and_a_file(tmp_path):
    for folder, level in (('real', 100), ('fake', 110)):
        (tmp_path / folder).mkdir()
        for name in 'ab':
            Image.fromarray(np.full((16, 16, 3), level, np.uint8)).save(tmp_path / folder / f'{name}.png')
    code, out, errors = run('--real', tmp_path / 'real', '--fake', tmp_path / 'fake', '--out',
                            tmp_path / 'table.json', '--metrics', 'psnr', 'ssim_crossview')
    assert code == 0, errors
    header, psnr, ssim = out.strip().splitlines()
    assert header.split() == ['metric', 'value', 'images', 'protocol']
    assert psnr.split()[:3] == ['PSNR', '28.1308', '2'] and ssim.split()[0] == 'SSIM_crossview'
    assert json.loads((tmp_path / 'table.json').read_text())[0]['images'] == 2


def test_bad_arguments_end_in_a_sentence(tmp_path):
    for arguments, sentence in ((['--metrics', 'psnr'], 'the folder of generated images is needed'),
                                (['--metrics', 'fid', '--weights', 'x.pth'], 'expected NAME=PATH')):
        code, _, errors = run(*arguments)
        assert code == 2 and errors.count('\n') == 1
        assert sentence in errors and 'evaluate.py: error: ' in errors


def test_one_folder_twice_warns_and_the_table_comes_before_the_file(tmp_path):
    (tmp_path / 'r').mkdir()
    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(tmp_path / 'r/a.png')
    arguments = ('--real', tmp_path / 'r', '--fake', tmp_path / 'r/../r', '--metrics', 'psnr', '--out')
    code, out, errors = run(*arguments, tmp_path / 'new/folder/x.json')
    assert code == 0 and 'both are' in errors and 'PSNR' in out
    assert json.loads((tmp_path / 'new/folder/x.json').read_text())[0]['images'] == 1
    code, _, errors = run(*arguments, tmp_path / 'r/x.json')
    assert code == 2 and 'is a folder that is read' in errors
