"""The tools of tools/analysis_tools as a user runs them."""
import json
import subprocess
import sys
from pathlib import Path

import pytest
from in_process import ROOT, run

from ggtoolbox.safe_load import load_tensors

CONFIG = ROOT / 'configs/pix2pix/pix2pix_toyworld-64.py'


def test_complexity_is_printed_and_written(tmp_path):
    told = run('analysis_tools/model_complexity.py', CONFIG, '--shape', 128, 64,
               '--json', tmp_path / 'costs.json')
    generator, discriminator = json.loads((tmp_path / 'costs.json').read_text())
    assert 'pictures of 128 x 64 pixels' in told and f'{generator["parameters"]:,}' in told
    assert (generator['player'], discriminator['player']) == ('generator', 'discriminator')
    assert f'{discriminator["flops"] / 1e9:.4f}' in told


def test_steps_are_timed(tmp_path):
    told = run('analysis_tools/benchmark.py', CONFIG, '--mode', 'inference', '--iterations', 1,
               '--threads', 1, '--batch-size', 2, '--noise', '--json', tmp_path / 'rows.json')
    row, = json.loads((tmp_path / 'rows.json').read_text())
    assert (row['config'], row['mode'], row['batch_size']) == (CONFIG.stem, 'inference', 2)
    assert 'inference' in told and row['hardware'] in told


def test_a_missing_log_ends_in_a_sentence(tmp_path):
    assert 'expected a work dir with vis_data/scalars.json' in run(
        'analysis_tools/plot_logs.py', tmp_path, '--keys', 'SSIM', '--out', tmp_path / 'a.png', fails=True)


def test_two_configs_of_one_name_cannot_both_have_a_row(tmp_path):
    assert 'found two of pix2pix_toyworld-64' in run(
        'analysis_tools/judge_everything.py', '--out', tmp_path, '--configs', CONFIG, CONFIG, fails=True)


@pytest.mark.long
def test_systems_are_judged_and_their_curves_drawn(tmp_path):
    arguments = [sys.executable, ROOT / 'tools/analysis_tools/judge_everything.py', '--out', tmp_path,
                 '--configs', CONFIG, ROOT / 'configs/wgan_gp/wgan_gp_toyworld-64.py', '--iterations', 2,
                 '--test-images', 8, '--cores', 0, '--cfg-options', 'val_dataloader.dataset.length=8',
                 'default_hooks.logger.interval=1']
    for _ in range(2):
        done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
    rows = json.loads((tmp_path / 'toyworld.json').read_text())['systems']
    assert [row['config'] for row in rows] == ['pix2pix_toyworld-64', 'wgan_gp_toyworld-64']
    for row in rows:
        assert row['iterations'] == 2 and row['seconds'] > 0 and row['step_seconds'] > 0
        assert load_tensors(tmp_path / row['weights'])['meta']['config'] == row['config']
    assert '| `pix2pix_toyworld-64` |' in (tmp_path / 'toyworld.md').read_text()
    run('analysis_tools/plot_logs.py', tmp_path / 'runs/pix2pix_toyworld-64', '--keys', 'generator/*',
        '--out', tmp_path / 'curves.png')
    assert Path(tmp_path / 'curves.png').stat().st_size > 1000
