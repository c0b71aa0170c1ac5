"""A training that the command makes longer takes its schedule along."""
from pathlib import Path

import pytest

from ggtoolbox.apis import load_config

CONFIGS = Path(__file__).resolve().parents[3] / 'configs'
STREET = CONFIGS / 'gaugan/gaugan_toyworld-64.py'  # 1000 iterations, whose last 700 fall to rate 0
EPOCHS = CONFIGS / 'gaugan/gaugan_cityscapes-512x256.py'  # 200 epochs, whose last 100 fall to rate 0


def span(cfg):
    schedule = cfg.param_scheduler
    return schedule.begin, schedule.end


@pytest.mark.parametrize(('config', 'options', 'expected', 'said'), [
    (STREET, {'train_cfg.max_iters': 2000}, (600, 2001), 'from 1000 to 2000 iterations; name another'),
    (STREET, {'train_cfg.max_iters': 10}, (300, 1001), ''),
    (STREET, {}, (300, 1001), ''),
    (STREET, {'train_cfg.max_iters': 2000, 'param_scheduler.end': 1501}, (300, 1501), ''),
    (EPOCHS, {'train_cfg.max_epochs': 300}, (150, 301), 'from 200 to 300 epochs')])
def test_a_longer_training_stretches_its_schedule(caplog, config, options, expected, said):
    assert span(load_config(config, options)) == expected
    assert (said in caplog.text) if said else caplog.text == ''


def test_only_the_first_process_says_so(caplog, monkeypatch):
    monkeypatch.setenv('RANK', '1')
    assert span(load_config(STREET, {'train_cfg.max_iters': 2000})) == (600, 2001)
    assert caplog.text == ''
