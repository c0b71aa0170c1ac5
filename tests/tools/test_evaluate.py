"""The command line of metrics, as a user runs it."""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments):
    return subprocess.run([sys.executable, ROOT / 'tools/evaluate.py', *map(str, arguments)],
                          capture_output=True, text=True)


def test_a_table_and_a_file(tmp_path):
    for folder, level in (('real', 100), ('fake', 110)):
        (tmp_path / folder).mkdir()
        for name in 'ab':
            Image.fromarray(np.full((16, 16, 3), level, np.uint8)).save(tmp_path / folder / f'{name}.png')
    done = run('--real', tmp_path / 'real', '--fake', tmp_path / 'fake', '--out', tmp_path / 'table.json',
               '--metrics', 'psnr', 'ssim_crossview')
    assert done.returncode == 0, done.stderr
    header, psnr, ssim = done.stdout.strip().splitlines()
    assert header.split() == ['metric', 'value', 'images', 'protocol']
    assert psnr.split()[:3] == ['PSNR', '28.1308', '2'] and ssim.split()[0] == 'SSIM_crossview'
    assert json.loads((tmp_path / 'table.json').read_text())[0]['images'] == 2


def test_bad_arguments_end_in_a_sentence(tmp_path):
    for arguments, sentence in ((['--metrics', 'psnr'], 'the folder of generated images is needed'),
                                (['--metrics', 'fid', '--weights', 'x.pth'], 'expected NAME=PATH'),
                                (['--metrics', 'psnr', '--batch-size', '0'], '--batch-size must be')):
        done = run(*arguments)
        assert done.returncode == 2 and done.stderr.count('\n') == 1
        assert sentence in done.stderr and 'evaluate.py: error: ' in done.stderr


def test_one_folder_twice_warns_and_the_table_comes_before_the_file(tmp_path):
    (tmp_path / 'r').mkdir()
    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(tmp_path / 'r/a.png')
    arguments = ('--real', tmp_path / 'r', '--fake', tmp_path / 'r/../r', '--metrics', 'psnr', '--out')
    done = run(*arguments, tmp_path / 'new/folder/x.json')
    assert done.returncode == 0 and 'both are' in done.stderr and 'PSNR' in done.stdout
    assert json.loads((tmp_path / 'new/folder/x.json').read_text())[0]['images'] == 1
    refused = run(*arguments, tmp_path / 'r/x.json')
    assert refused.returncode == 2 and 'is a folder that is read' in refused.stderr
