"""What holds when a run goes on under other settings than it was begun with; the documented commands."""

import pytest
from exact_resume import Plan, shortened
from mmengine.config import Config
from mmengine.logging import MMLogger
from small_run import write_small_run

from ggtoolbox.apis.running import build_runner, resume_from
from ggtoolbox.engine.run_state import no_longer_exact
from ggtoolbox.engine.schedules import stretched
from ggtoolbox.errors import InputError

ITERATIONS = dict(planned=dict(epochs=None, iterations=1000), length=dict(epochs=None, iterations=2000))
EPOCHS = dict(planned=dict(epochs=20, iterations=400), length=dict(epochs=30, iterations=600))


def linear(begin, end, by_epoch=False):
    return dict(type='LinearLR', begin=begin, end=end, by_epoch=by_epoch)


@pytest.mark.parametrize(('schedule', 'lengths', 'expected'), [
    (linear(300, 1001), ITERATIONS, linear(600, 2001)),
    (linear(0, 1000), ITERATIONS, linear(0, 2000)),
    (linear(0, 100), ITERATIONS, linear(0, 100)),  # a warm-up
    (linear(10, 21, True), EPOCHS, linear(15, 31, True)),
    (linear(200, 401), EPOCHS, linear(300, 601)),
    (linear(10, 21, True), ITERATIONS, linear(10, 21, True)),  # no epochs are counted
    ([linear(0, 9), linear(300, 1000)], ITERATIONS, [linear(0, 9), linear(600, 2000)]),
    (dict(generator=linear(300, 1001), discriminator=[]), ITERATIONS,
     dict(generator=linear(600, 2001), discriminator=[])),
    (dict(type='MultiStepLR', milestones=[5, 15]), EPOCHS, dict(type='MultiStepLR', milestones=[8, 23])),
    (dict(type='StepLR', step_size=3), EPOCHS, dict(type='StepLR', step_size=5)),
    (dict(type='CosineAnnealingLR', T_max=20), EPOCHS, dict(type='CosineAnnealingLR', T_max=30)),
    (None, EPOCHS, None)])
def test_a_schedule_is_stretched(schedule, lengths, expected):
    assert stretched(schedule, **lengths) == expected


@pytest.fixture(scope='module')
def small(tmp_path_factory):
    return write_small_run(tmp_path_factory.mktemp('small'))


@pytest.fixture
def go_on(small, tmp_path, monkeypatch):
    """Train four iterations to a rate of 0, or go on with further options: learning rates by iteration, by
    player, and what was said."""
    monkeypatch.setattr('yapf.yapflib.yapf_api.FormatCode', lambda text, **_: (text, True))
    schedule = {'param_scheduler': linear(1, 5) | dict(start_factor=1.0, end_factor=0.0), 'val_cfg': None,
                'val_dataloader': None, 'val_evaluator': None, 'default_hooks.checkpoint.save_best': None,
                'log_level': 'WARNING'}

    def run(resume=True, plan=None, **options):
        cfg = shortened(small, plan or Plan(4, 2), tmp_path / 'run')
        cfg.merge_from_dict({**schedule, **{key.replace('__', '.'): value for key, value in options.items()}})
        if resume:
            resume_from(cfg, 'auto')
        said, rates = [], {}
        monkeypatch.setattr(MMLogger, 'warning', lambda self, text, *_: said.append(str(text)))
        runner = build_runner(Config(cfg.to_dict(), filename=cfg.filename))

        train_step = runner.model.train_step

        def step(data, optim_wrapper):
            rates[runner.iter + 1] = tuple(lr[0] for lr in runner.optim_wrapper.get_lr().values())
            return train_step(data, optim_wrapper)

        monkeypatch.setattr(runner.model, 'train_step', step)
        runner.train()
        return rates, [text for text in said if text.startswith(('param_', 'optim_', 'train_', 'randomness'))]

    return run


def expect(rates, factors):
    """Rates of the generator (1e-3) and the discriminator (5e-5)."""
    assert list(rates) == list(factors)
    for iteration, factor in factors.items():
        assert rates[iteration] == pytest.approx((1e-3 * factor, 5e-5 * factor), rel=1e-12)


def test_train_longer(go_on):
    """``--resume --cfg-options train_cfg.max_iters=...``, and once more, and without the option."""
    rates, said = go_on(resume=False)
    expect(rates, {1: 1, 2: 1, 3: 2 / 3, 4: 1 / 3})
    assert said == []
    rates, said = go_on(train_cfg__max_iters=8)  # as LinearLR from 2 to 9
    expect(rates, {5: 4 / 6, 6: 3 / 6, 7: 2 / 6, 8: 1 / 6})
    assert len(said) == 1 and said[0].startswith("param_scheduler: it is {'type': 'LinearLR', ")
    assert "'begin': 2, 'end': 9" in said[0] and said[0].endswith('; it is stretched with the training')
    rates, said = go_on(train_cfg__max_iters=8)
    assert rates == {} and said == []  # it is done
    rates, said = go_on(train_cfg__max_iters=10)  # stretched from what it was written for, from 3 (2.5) to 11
    expect(rates, {9: 2 / 7, 10: 1 / 7})
    rates, said = go_on()
    assert rates == {}


def test_a_changed_schedule_and_rate_are_taken(go_on):
    go_on(resume=False)
    rates, said = go_on(train_cfg__max_iters=6, param_scheduler__end=11,
                        optim_wrapper__generator__optimizer__lr=5e-3,
                        optim_wrapper__discriminator__optimizer__betas=(0.5, 0.9))
    assert rates[5] == pytest.approx((5e-3 * 6 / 9, 5e-5 * 6 / 9), rel=1e-12)
    assert rates[6] == pytest.approx((5e-3 * 5 / 9, 5e-5 * 5 / 9), rel=1e-12)
    assert sorted(said)[0] == 'optim_wrapper.discriminator: betas is [0.5, 0.9], was [0.0, 0.9]'
    assert sorted(said)[1] == 'optim_wrapper.generator: lr is 0.005, was 0.001'
    assert "'end': 11" in sorted(said)[2] and "'end': 5" in sorted(said)[2]


def test_a_schedule_that_has_ended_is_refused(go_on):
    go_on(resume=False)
    with pytest.raises(InputError, match=r'that of the generator has ended \(at 4\) with rate 0, and 4 of 8 '
                                         'iterations are done; expected one that ends with the training'):
        go_on(train_cfg__max_iters=8, param_scheduler__end=4)


def test_another_batch_and_seed_are_said(go_on):
    go_on(resume=False)
    _, said = go_on(plan=Plan(6, 2, batch_size=1), randomness__seed=5)
    assert said[0].startswith('train_dataloader.batch_size: 2 before, now 1: the data go on at the same')
    assert said[1] == 'randomness.seed: 5 is not taken, the run keeps 0'


def test_another_number_of_processes_is_said():
    before = dict(processes=2, batch_size=4)
    assert no_longer_exact(before, before) == []
    sentence, = no_longer_exact(before, dict(before, processes=1))
    assert sentence.startswith('processes: 2 before, now 1: the data go on at the same sample, but random')


def test_a_checkpoint_says_what_the_run_was(go_on, tmp_path):
    from ggtoolbox.safe_load import load_meta
    go_on(resume=False)
    run = load_meta(tmp_path / 'run/iter_4.pth')['run']
    assert {key: run[key] for key in ('seed', 'processes', 'batch_size', 'length')} == dict(
        seed=0, processes=1, batch_size=2, length=dict(epochs=None, iterations=4))
    assert run['param_scheduler']['end'] == 5 and run['optimizers']['generator'][0]['lr'] == 1e-3
