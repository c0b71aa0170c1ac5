"""Whether a model follows its guide, on models that surely do or do not; grids in images."""
from pathlib import Path

import numpy as np
import pytest
import torch

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.judging import following
from ggtoolbox.apis.judging.following import following_table, follows_guide
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.grid import GridEnergy
from ggtoolbox.models.gans.base import TestInputs

CONFIGS = Path(__file__).resolve().parents[3] / 'configs'


class Stub:
    """In place of a trained model: ``draw`` makes the images of a batch."""

    def __init__(self, draw, reads=('source_image', 'target_guide')):
        self.draw, self.reads = draw, reads

    def test_inputs(self):
        return TestInputs(self.reads)

    def test_step(self, batch):
        outputs = {**batch, 'image': self.draw(batch)}
        return [dict(zip(outputs, values)) for values in zip(*outputs.values())]


def measured(monkeypatch, draw, **stub):
    monkeypatch.setattr(following, 'init_model', lambda cfg, checkpoint: Stub(draw, **stub))
    cfg = load_config(CONFIGS / 'gesturegan/gesturegan_toyworld-64.py', {
        'test_dataloader.num_workers': 0, 'test_dataloader.persistent_workers': False,
        'test_dataloader.batch_size': 3})
    return follows_guide(cfg, images=6)


def test_a_copy_is_told_from_what_follows_its_guide(monkeypatch):
    copied = measured(monkeypatch, lambda batch: batch['source_image'])
    assert copied['output_to_source'] == copied['under_another_guide'] == 0
    assert copied['output_to_target'] == copied['source_to_target'] > 5
    drawn = measured(monkeypatch, lambda batch: batch['target_guide'])
    assert drawn['under_another_guide'] > 0 and drawn['source_to_target'] == copied['source_to_target']
    assert {'PSNR', 'SSIM', 'PCK_0.1', 'FD_toyworld_hand'} <= set(drawn)
    perfect = measured(monkeypatch, lambda batch: batch['target_image'])
    assert perfect['output_to_target'] == 0 and perfect['grid'] == 1.0
    assert copied['PCK_0.1'] < perfect['PCK_0.1']
    table = following_table(dict(copy=copied, real=perfect))
    assert table.startswith('| model | output_to_target | source_to_target | output_to_source |')
    assert table.splitlines()[3].startswith('| real | 0 | ')


def test_a_model_without_a_guide_is_refused(monkeypatch):
    with pytest.raises(InputError, match='reads no guide .it reads source_image'):
        measured(monkeypatch, lambda batch: batch['source_image'], reads=('source_image',))


def test_a_grid_shows_in_a_blurred_image_too():
    draw = np.random.default_rng(0)
    real = draw.integers(0, 256, (8, 32, 48, 3)).astype(np.uint8)

    def quotient(images):
        grid = GridEnergy()
        for half in (slice(0, 4), slice(4, 8)):
            grid.add(images[half], real[half])
        return grid.value()

    assert quotient(real) == 1.0
    blurred = (0.3 * (real.astype(float) - 128) + 128).astype(np.uint8)
    assert 0.05 < quotient(blurred) < 0.13  # 0.3 squared
    lines = blurred.copy()
    lines[:, ::4] = 255  # a period of 4 rows
    assert quotient(lines) > 5
    slow = blurred + np.round(60 * np.sin(torch.arange(48).numpy() * 2 * np.pi / 24))[None, None, :, None]
    assert quotient(slow.clip(0, 255).astype(np.uint8)) < 0.2  # 24 pixels are no grid
