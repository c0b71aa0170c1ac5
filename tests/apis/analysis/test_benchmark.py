from pathlib import Path

import pytest

from ggtoolbox.apis.analysis import benchmark as module
from ggtoolbox.apis.analysis.benchmark import Settings, benchmark
from ggtoolbox.apis.config import load_config
from ggtoolbox.errors import InputError

CONFIGS = Path(__file__).parents[3] / 'configs'
SMALL = {'model.generator.channels': 8, 'model.discriminator.channels': 4}


def small_config(name='pix2pix/pix2pix_toyworld-64'):
    return load_config(CONFIGS / f'{name}.py', dict(SMALL))


def test_a_step_is_measured_in_a_fresh_process():
    found = benchmark(small_config(), Settings('train', iterations=2, batch_size=3, threads=1))
    assert (found.mode, found.batch_size, found.iterations) == ('train', 3, 2)
    assert found.step_seconds > 0 and found.peak_mb > 1
    assert '1 thread,' in found.hardware


def in_this_process(cfg, **settings):
    return module._measure(cfg, Settings(iterations=1, threads=1, **settings))


def test_inference_takes_the_batch_size_of_the_test_data():
    assert in_this_process(small_config(), mode='inference').batch_size == 8


def test_noise_stands_in_for_data_that_are_not_there():
    cfg = small_config()
    cfg.train_dataloader.dataset.length = 1
    cfg.train_dataloader.sampler = dict(type='DefaultSampler', shuffle=False)
    with pytest.raises(InputError, match='do not fill one batch of 4'):
        in_this_process(cfg)
    assert in_this_process(cfg, noise=True).step_seconds > 0


def test_amp_reaches_every_player(monkeypatch):
    cfg, seen = small_config(), []
    use_amp = module.use_amp
    monkeypatch.setattr(module, 'use_amp', lambda cfg: seen.append(cfg) or use_amp(cfg))
    assert in_this_process(cfg, amp=True).amp
    assert {entry.type for entry in seen[0].optim_wrapper.values() if isinstance(entry, dict)} == \
        {'BFloat16OptimWrapper'}
    assert cfg.optim_wrapper.generator.get('type') is None  # the caller's config is as it was


@pytest.mark.parametrize('settings', [Settings('evaluation'), Settings(iterations=0)])
def test_what_cannot_be_measured_is_refused(settings):
    with pytest.raises(InputError, match='expected a mode of train, inference'):
        benchmark(small_config(), settings)
