"""Signals that stop a run, sent to this process in the middle of an iteration or a validation."""
import os
import signal
import sys
import threading
import time

import pytest
from processes import finish, members, running
from test_hooks import BrightnessGAN, Level, run, saved

from ggtoolbox.engine.checkpoint import latest_checkpoint
from ggtoolbox.engine.signals import StopSignals
from ggtoolbox.errors import StoppedBySignal

STOP = [dict(type='StopHook')]


def handlers():
    return [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)]


@pytest.fixture
def before():
    """Signals mean after a test what they meant before, whatever failed."""
    before = handlers()
    yield before
    for number, handler in zip((signal.SIGTERM, signal.SIGUSR1, signal.SIGINT), before):
        signal.signal(number, handler)


def sent_in(monkeypatch, number, iteration):
    original = BrightnessGAN.train_step

    def train_step(self, data, optim_wrapper):
        if self.iteration == iteration:
            os.kill(os.getpid(), number)
        return original(self, data, optim_wrapper)

    monkeypatch.setattr(BrightnessGAN, 'train_step', train_step)


def names(folder):
    return sorted(path.name for path in folder.glob('*.pth'))


@pytest.mark.parametrize(('number', 'exit_zero', 'code'), [
    (signal.SIGTERM, False, 143), (signal.SIGUSR1, False, 138), (signal.SIGINT, False, 130),
    (signal.SIGTERM, True, 0), (signal.SIGUSR1, True, 0), (signal.SIGINT, True, 130)])
def test_the_iteration_is_finished_and_saved(tmp_path, monkeypatch, before, capfd, number, exit_zero, code):
    sent_in(monkeypatch, number, 2)  # the third iteration; every fourth would be saved
    with pytest.raises(StoppedBySignal) as stopped:
        run(tmp_path, 9, [dict(type='StopHook', exit_zero=exit_zero)], checkpoint=dict(interval=4))
    assert stopped.value.code == code
    assert str(stopped.value) == (f'stopped by {signal.Signals(number).name} after iteration 3, saved '
                                  f'{tmp_path}/iter_3.pth; go on with the same command and --resume')
    assert f'{signal.Signals(number).name}: this iteration is finished and saved' in capfd.readouterr().err
    assert saved(tmp_path / 'iter_3.pth')['meta']['iter'] == 3
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'iter_3.pth')
    assert handlers() == before


def test_what_is_saved_between_goes_with_the_next_checkpoint(tmp_path, monkeypatch, before):
    with monkeypatch.context() as patch:
        sent_in(patch, signal.SIGTERM, 2)
        with pytest.raises(StoppedBySignal):
            run(tmp_path, 5, STOP, checkpoint=dict(interval=4))
    runner = run(tmp_path, 5, STOP, checkpoint=dict(interval=4), resume=latest_checkpoint(tmp_path))
    assert names(tmp_path) == ['iter_4.pth', 'iter_5.pth']
    assert runner.model.generator.level.item() == pytest.approx(0.5)
    assert handlers() == before


def test_what_is_due_is_not_saved_twice(tmp_path, monkeypatch, before):
    sent_in(monkeypatch, signal.SIGTERM, 1)
    with pytest.raises(StoppedBySignal, match='after iteration 2, saved .*iter_2.pth'):
        run(tmp_path, 5, STOP, checkpoint=dict(interval=2))
    assert names(tmp_path) == ['iter_2.pth']


@pytest.mark.parametrize(('interval', 'after'), [(1, 1), (9, 2)])
def test_in_a_validation(tmp_path, monkeypatch, before, interval, after):
    """What is saved already stops at once, else the validation is finished, and an iteration after it."""
    original = Level.process

    def process(self, data_batch, data_samples):
        os.kill(os.getpid(), signal.SIGTERM)
        original(self, data_batch, data_samples)

    monkeypatch.setattr(Level, 'process', process)
    with pytest.raises(StoppedBySignal, match=f'after iteration {after}, saved .*iter_{after}.pth'):
        run(tmp_path, 5, STOP, checkpoint=dict(interval=interval))
    assert names(tmp_path) == [f'iter_{after}.pth']


def test_signals_mean_what_they_meant_before_after_a_training(tmp_path, before):
    run(tmp_path, 1, STOP)
    assert handlers() == before


SCRIPT = '''
import multiprocessing, os, signal, time
from ggtoolbox.engine.signals import StopSignals
signals = StopSignals('wait')
signals.install()
child = multiprocessing.get_context('fork').Process(target=time.sleep, args=(10000,), daemon=True)
child.start()
for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
    os.kill(os.getpid(), number)
time.sleep(10000)
'''


def test_ctrl_c_after_a_signal_ends_at_once_with_all_children():
    with running([sys.executable, '-c', SCRIPT]) as process:
        code, out, errors = finish(process)
        assert (code, out, errors) == (130, '', 'SIGTERM: wait\nended at once\n')
        for _ in range(2000):  # killed, but a busy machine takes its time
            if not members(process.pid):
                break
            time.sleep(0.05)
        assert members(process.pid) == []


def test_a_second_thread_leaves_signals_alone(before):
    thread = threading.Thread(target=lambda: StopSignals().install())
    thread.start()
    thread.join()
    assert handlers() == before
