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
