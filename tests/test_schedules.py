"""Learning rates of the pix2pix code: our schedules against the formulas of 2017 and 2018."""
import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from ggtoolbox.registry import PARAM_SCHEDULERS

FOLDER = Path(__file__).resolve().parents[1] / 'configs/_base_/schedules'
SCHEDULES = sorted(FOLDER.glob('pix2pix_adam_*.py'))


def official_factor(epoch, constant, decay, rule):
    """Epochs count from 0."""
    if rule == 2017:
        return 1 - max(0, epoch - constant) / (decay + 1)
    return 1 - max(0, epoch + 1 + 1 - constant) / (decay + 1)


@pytest.mark.parametrize('path', SCHEDULES, ids=lambda path: path.stem)
def test_factor_of_every_epoch(path):
    rule, constant, decay = re.fullmatch(r'pix2pix_adam_(2017_)?(\d+)_(\d+)e', path.stem).groups()
    constant, decay, cfg = int(constant), int(decay), Config.fromfile(path)
    assert cfg.train_cfg.max_epochs == constant + decay
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = PARAM_SCHEDULERS.build(cfg.param_scheduler, default_args=dict(optimizer=optimizer))
    factors = []
    for _ in range(constant + decay):
        factors.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        scheduler.step()
    expected = [official_factor(epoch, constant, decay, 2017 if rule else 2018)
                for epoch in range(constant + decay)]
    assert factors == pytest.approx(expected, abs=1e-9)
    assert factors[-1] == pytest.approx(2 / (decay + 1) if rule else 0, abs=1e-9)
