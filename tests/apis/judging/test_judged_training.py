import json
import signal
from pathlib import Path

import pytest

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.judging.training import (
    budget,
    end_by_signal,
    is_finished,
    plan_run,
    train_in_process,
    training_digest,
)
from ggtoolbox.apis.switches import use_fast
from ggtoolbox.errors import InputError, StoppedBySignal

CONFIGS = Path(__file__).parents[3] / 'configs'
GAUGAN = CONFIGS / 'gaugan/gaugan_toyworld-64.py'
# In place of tools/train.py: writes down how it was called, and the final checkpoint, unless it shall fail.
TRAIN = """
import json, pathlib, sys
folder = pathlib.Path(sys.argv[sys.argv.index('--work-dir') + 1])
calls = folder.parent / 'calls.json'
before = json.loads(calls.read_text()) if calls.exists() else []
calls.write_text(json.dumps([*before, sys.argv[1:]]))
if (folder.parent / 'fail').exists():
    sys.exit('train.py: error: the disk is full')
(folder / 'iter_5.pth').write_text('weights')
"""
# Another: asks its parent to end, and ends itself, a little later, when it is asked to.
WAITING = """
import os, pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[sys.argv.index('--work-dir') + 1])
def stop(*_):
    time.sleep(0.1)
    (folder / 'saved').touch()
    sys.exit(1)
signal.signal(signal.SIGTERM, stop)
os.kill(os.getppid(), signal.SIGTERM)
time.sleep(600)
"""


@pytest.fixture
def tools(tmp_path):
    (tmp_path / 'tools').mkdir()
    (tmp_path / 'tools/train.py').write_text(TRAIN)
    return tmp_path / 'tools'


def calls(run):
    return json.loads((run.work_dir.parent / 'calls.json').read_text())


def test_a_budget_stretches_the_schedule():
    cfg = load_config(GAUGAN, {
        'train_cfg.max_iters': 700, 'train_cfg.val_interval': 140, 'train_dataloader.batch_size': 4,
        'param_scheduler': dict(type='LinearLR', begin=200, end=701, by_epoch=False)})
    halved = {
        'train_cfg.max_iters': 350, 'train_cfg.val_interval': 70, 'default_hooks.checkpoint.interval': 70,
        'param_scheduler.begin': 100, 'param_scheduler.end': 351}
    assert budget(cfg, images=1400) == budget(cfg, iterations=350) == halved
    cfg.param_scheduler = [dict(type='MultiStepLR', milestones=[100, 600], end=701, by_epoch=False)]
    assert budget(cfg, iterations=1400) == {
        'train_cfg.max_iters': 1400, 'train_cfg.val_interval': 280, 'default_hooks.checkpoint.interval': 280,
        'param_scheduler.0.milestones': [200, 1200], 'param_scheduler.0.end': 1401}


def test_a_budget_that_means_nothing_is_refused():
    cfg = load_config(GAUGAN)
    with pytest.raises(InputError, match='less than one batch'):
        budget(cfg, images=cfg.train_dataloader.batch_size - 1)
    with pytest.raises(InputError, match='found one in epochs'):
        budget(load_config(CONFIGS / 'gaugan/gaugan_cityscapes-512x256.py'), images=100)
    with pytest.raises(InputError, match='either of images or of iterations'):
        plan_run(GAUGAN, 'runs', images=4, iterations=1)


def test_a_run_says_the_command_that_repeats_it(tmp_path):
    run = plan_run(GAUGAN, tmp_path, seed=3, iterations=5)
    assert run.command.startswith('python tools/train.py configs/gaugan/gaugan_toyworld-64.py --seed 3 '
                                  '--cfg-options train_cfg.max_iters=5 ')
    assert run.final_checkpoint == tmp_path / 'gaugan_toyworld-64/iter_5.pth'
    assert run.cfg.randomness.seed == 3 and run.cfg.param_scheduler.end == 6
    assert plan_run(GAUGAN, tmp_path).command.endswith('--seed 0')


def test_training_happens_once_and_goes_on_where_it_broke_off(tmp_path, tools):
    run = plan_run(GAUGAN, tmp_path / 'runs', iterations=5)
    run.work_dir.mkdir(parents=True)
    (run.work_dir.parent / 'fail').touch()
    with pytest.raises(InputError, match='failed .train.py: error: the disk is full.; see .*train.log'):
        train_in_process(run, tools)
    (run.work_dir / 'iter_2.pth').touch()
    (run.work_dir.parent / 'fail').unlink()
    for _ in range(2):
        assert train_in_process(run, tools) == run.final_checkpoint
    first, second = calls(run)
    assert first[:5] == [str(GAUGAN), '--work-dir', str(run.work_dir), '--seed', '0']
    assert '--resume' not in first and second == [*first, '--resume']


def test_a_training_ends_before_the_process_that_waits_for_it(tmp_path, tools):
    (tools / 'train.py').write_text(WAITING)
    before = signal.getsignal(signal.SIGTERM)
    run = plan_run(GAUGAN, tmp_path / 'runs', iterations=5)
    try:
        end_by_signal()
        with pytest.raises(StoppedBySignal, match='stopped by SIGTERM; the same command goes on') as caught:
            train_in_process(run, tools)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert caught.value.code == 143
    assert (run.work_dir / 'saved').is_file()  # it took its time


def test_late_terms_of_the_loss_come_as_late_in_a_budget():
    cfg = load_config(CONFIGS / 'xinggan/xinggan_toyworld-64.py')
    late = cfg.custom_hooks[1]
    options = budget(cfg, iterations=cfg.train_cfg.max_iters // 2)
    assert options['custom_hooks.1.begin'] == late.begin // 2
    assert options['custom_hooks.1.end'] == late.end // 2
    shortest = budget(cfg, iterations=1)
    assert shortest['custom_hooks.1.end'] == shortest['custom_hooks.1.begin'] + 1


def test_a_work_dir_of_another_config_is_moved_aside(tmp_path, tools):
    run, wider = (plan_run(GAUGAN, tmp_path / 'runs', iterations=5, options=options)
                  for options in (None, {'model.generator.channels': 12}))
    run.work_dir.mkdir(parents=True)
    run.cfg.dump(str(run.work_dir / f'{run.name}.py'))
    run.final_checkpoint.touch()
    assert is_finished(run)
    assert not is_finished(wider)
    assert [path.name for path in run.work_dir.parent.iterdir()] == ['gaugan_toyworld-64.outdated-1']
    train_in_process(wider, tools)
    assert len(calls(wider)) == 1


def test_what_does_not_change_the_weights_does_not_change_the_digest():
    watched_closely = {'train_cfg.val_interval': 7, 'default_hooks.logger.interval': 1}
    cfg, watched, other = (load_config(GAUGAN, options)
                           for options in (None, watched_closely, {'train_dataloader.batch_size': 5}))
    fast = load_config(GAUGAN, {'fast': True})
    use_fast(fast)
    assert fast.train_dataloader.dataset != cfg.train_dataloader.dataset
    assert training_digest(cfg) == training_digest(watched) == training_digest(fast) != training_digest(other)
