"""Commands that run in the process of the tests leave it as it was."""
import signal

from in_process import run


def test_signals_are_answered_as_before(tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    (tmp_path / 'list.txt').write_text('nowhere.py\n')
    assert 'nowhere.py' in run('train_zoo.py', tmp_path / 'list.txt', '--out', tmp_path, fails=True)
    assert signal.getsignal(signal.SIGTERM) is before
