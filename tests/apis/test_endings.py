"""Whatever a user, a disk or a signal caused ends in one sentence with its exit code."""
import errno
import os

import pytest
import torch

from ggtoolbox.apis.command import run_command
from ggtoolbox.apis.endings import ending
from ggtoolbox.errors import InputError, StoppedBySignal, UnknownTypeError

WORKER = 'Caught InputError in DataLoader worker process 0.\nOriginal Traceback:\n  File "x.py", line 1\n'


def full_disk():
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(('error', 'sentence', 'code'), [
    (InputError('a.png: too small'), 'error: a.png: too small', 2),
    (InputError(WORKER + 'ggtoolbox.errors.InputError: a.png: too small'), 'error: a.png: too small', 2),
    (UnknownTypeError('no type X'), 'error: no type X', 2),
    (FloatingPointError('iteration 3: ...'), 'error: iteration 3: ...', 2),
    (full_disk(), 'error: No space left on device', 2),
    (NotADirectoryError(errno.ENOTDIR, 'Not a directory', 'a/b'), 'error: a/b: Not a directory', 2),
    (OSError(WORKER + "FileNotFoundError: [Errno 2] No such file: 'a'"),
     "error: FileNotFoundError: [Errno 2] No such file: 'a'", 2),
    (RuntimeError('DataLoader worker (pid 7) is killed by signal: Killed. '),
     'error: a process of a data loader ended (DataLoader worker (pid 7) is killed by signal: Killed); if '
     'the system killed it, memory was short: lower num_workers', 2),
    (RuntimeError('[gloo/transport/tcp/pair.cc:534] Connection closed by peer'),
     'error: the connection to another process broke off ([gloo/transport/tcp/pair.cc:534] '
     'Connection closed by peer)', 3),
    (torch.distributed.DistBackendError('NCCL\nstack'),
     'error: the connection to another process broke off (NCCL)', 3),
    (StoppedBySignal('stopped by SIGTERM', 0), 'stopped by SIGTERM', 0),
    (KeyboardInterrupt(), 'interrupted', 130)])
def test_sentence_and_code(error, sentence, code):
    assert ending(error) == (sentence, code)


@pytest.mark.parametrize('error', [KeyError('a'), RuntimeError('sizes differ'), AssertionError()])
def test_our_own_faults_keep_their_traceback(error):
    assert ending(error) is None

    def main():
        raise error

    with pytest.raises(type(error)):
        run_command(main)


@pytest.mark.parametrize(('error', 'code'), [(full_disk(), 2), (KeyboardInterrupt(), 130),
                                             (StoppedBySignal('saved', 143), 143)])
def test_a_command_prints_it(capsys, error, code):
    def main():
        raise error

    with pytest.raises(SystemExit) as end:
        run_command(main)
    captured = capsys.readouterr()
    assert end.value.code == code and captured.out == '' and len(captured.err.splitlines()) == 1


def test_a_traceback_on_demand(monkeypatch):
    monkeypatch.setenv('GGTOOLBOX_TRACEBACK', '1')

    def main():
        raise full_disk()

    with pytest.raises(OSError, match='No space left'):
        run_command(main)
