"""Several processes, as small programs that need no PyTorch."""
import os
import signal
import socket
import sys
import time
from pathlib import Path

import in_process
import pytest
from processes import ROOT, run

from ggtoolbox.apis import launching
from ggtoolbox.apis.launching import Place, launch
from ggtoolbox.errors import InputError

HEAD = 'import os, signal, sys, time\nrank = int(os.environ["RANK"])\n'


def launched(program, capfd, **place):
    """Exit code, output and lines of errors."""
    code = launch([sys.executable, '-c', HEAD + program], Place(**{'processes': 2, **place}))
    captured = capfd.readouterr()
    return code, captured.out, captured.err.splitlines()


def test_each_process_knows_its_place(capfd):
    code, out, errors = launched(
        'print(*(os.environ[n] for n in ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")))',
        capfd, nodes=3, node=1, address='10.0.0.1', port=29500)
    assert (code, errors) == (0, [])
    assert sorted(out.splitlines()) == ['2 0 6 10.0.0.1 29500', '3 1 6 10.0.0.1 29500']


def test_the_cause_is_the_last_thing_printed(capfd):
    """Not what another process says about the connection that broke off."""
    code, _, errors = launched('''
if rank == 1:
    print("train.py: error: rank 1: a.png: too small", file=sys.stderr)
    sys.exit(2)
print("train.py: error: rank 0: the connection to another process broke off", file=sys.stderr)
print("noise" * 100, file=sys.stderr)
sys.exit(3)''', capfd)
    assert (code, errors) == (2, ['noise' * 100, 'train.py: error: rank 1: a.png: too small'])


def test_what_all_say_is_printed_once(capfd):
    code, _, errors = launched(
        'print(f"train.py: error: rank {rank}: no", file=sys.stderr); sys.exit(2)', capfd)
    assert (code, errors) == (2, ['train.py: error: no'])


def test_a_process_that_was_killed_is_named(capfd):
    code, _, errors = launched('if rank == 1: os.kill(os.getpid(), signal.SIGKILL)\nsys.exit(3)', capfd)
    assert (code, errors) == (137, ['error: rank 1 was ended by SIGKILL, memory may have been short'])


def test_a_traceback_of_ours_is_kept(capfd):
    code, _, errors = launched('if rank == 0: raise KeyError("x")', capfd)
    assert code == 1 and "KeyError: 'x'" in errors
    assert errors[-1] == 'error: rank 0 ended with exit code 1; what it said is above'


def has_ended(pid: int) -> bool:
    """Gone, or not collected yet by whoever inherited it."""
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] == 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_the_others_are_ended_with_their_children(capfd, monkeypatch, tmp_path):
    monkeypatch.setattr(launching, 'GRACE', 0.2)
    monkeypatch.setenv('PIDS', str(tmp_path / 'pids'))
    code, _, errors = launched('''
if rank == 0:
    child = os.fork()
    if child:
        open(os.environ["PIDS"], "w").write(f"{os.getpid()} {child}\\n")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(10000)
while not os.path.exists(os.environ["PIDS"]) or not open(os.environ["PIDS"]).read().endswith("\\n"):
    time.sleep(0.01)
print("train.py: error: rank 1: no", file=sys.stderr)
sys.exit(2)''', capfd)
    assert (code, errors) == (2, ['train.py: error: rank 1: no'])
    pids = [int(pid) for pid in (tmp_path / 'pids').read_text().split()]
    # SIGKILL is answered when the kernel finds the time, and nobody here can wait for a grandchild.
    for _ in range(600):
        if all(map(has_ended, pids)):
            break
        time.sleep(0.1)
    left = [pid for pid in pids if not has_ended(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left


@pytest.mark.parametrize(('number', 'code'), [(signal.SIGUSR1, 0), (signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_signals_are_passed_on_and_answered(capfd, number, code):
    handler = signal.getsignal(number)
    found, out, errors = launched(f'''
def answer(number, frame):
    os.write(1, b"saved" + bytes([10]))
    os._exit({code})
signal.signal({int(number)}, answer)
if rank == 1:
    time.sleep(0.2)
    os.kill(os.getppid(), {int(number)})
while True: time.sleep(0.1)''', capfd)
    assert (found, errors) == (code, []) and 'saved' in out
    assert signal.getsignal(number) == handler


@pytest.mark.parametrize(('place', 'sentence'), [
    (dict(processes=0), 'PROCESSES: expected a number, 1 or more, found 0'),
    (dict(processes=-2), 'PROCESSES: expected a number, 1 or more, found -2'),
    (dict(processes=1, nodes=2, node=2),
     'NODE_RANK: expected 0 to NNODES - 1, found NODE_RANK=2 and NNODES=2'),
    (dict(processes=1, nodes=0), 'NODE_RANK: expected 0 to NNODES - 1, found NODE_RANK=0 and NNODES=0'),
    (dict(processes=1, nodes=2), 'PORT: expected a port, the same on all machines, because NNODES is 2'),
    (dict(processes=1, port=70000), 'PORT: expected 1 to 65535, found 70000')])
def test_wrong_counts(place, sentence):
    with pytest.raises(InputError) as error:
        Place(**place)
    assert str(error.value) == sentence


def test_more_processes_than_gpus(monkeypatch):
    monkeypatch.setattr('torch.cuda.device_count', lambda: 4)
    with pytest.raises(InputError, match='PROCESSES: 5 for the 4 GPUs of this machine, expected at most one'):
        Place(5)


def test_a_port_in_use_and_a_free_one():
    with socket.socket() as taken:
        taken.bind(('', 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f'PORT: {port} cannot be used .*, set PORT to a free one'):
            Place(2, port=port).environment()
        assert Place(2).environment()['MASTER_PORT'] != str(port)


@pytest.mark.parametrize(('script', 'arguments', 'more', 'sentence'), [
    ('dist_train.sh', ['a.py'], {}, 'dist_train.sh: error: expected CONFIG PROCESSES [arguments of '
     'tools/train.py], found: a.py'),
    ('dist_test.sh', [], {}, 'dist_test.sh: error: expected CONFIG CHECKPOINT PROCESSES [arguments of '
     'tools/test.py], found: nothing'),
    ('dist_train.sh', ['nowhere.py', '2'], {}, 'train.py: error: nowhere.py: there is no such config file')])
def test_scripts_end_in_one_sentence(script, arguments, more, sentence):
    code, _, errors = run([ROOT / 'tools' / script, *arguments], **more)
    assert code == 2 and errors.splitlines()[-1] == sentence and 'Traceback' not in errors


@pytest.mark.parametrize(('processes', 'more', 'sentence'), [
    ('two', {}, "launch.py: error: PROCESSES: expected a whole number, found 'two'"),
    ('1', dict(NNODES='x'), "launch.py: error: NNODES: expected a whole number, found 'x'")])
def test_numbers_that_are_none(monkeypatch, processes, more, sentence):
    for name, value in more.items():
        monkeypatch.setenv(name, value)
    assert in_process.run('launch.py', processes, 'train.py', 'a.py', fails=True) == sentence


@pytest.mark.parametrize(('environment', 'sentence'), [
    ({}, '--launcher pytorch: RANK is not in the environment; start the processes with tools/dist_train.sh'),
    (dict(RANK='2', WORLD_SIZE='2', MASTER_ADDR='x', MASTER_PORT='1'),
     '--launcher pytorch: process 2 of 2, expected 0 to 1'),
    (dict(RANK='a', WORLD_SIZE='2', MASTER_ADDR='x', MASTER_PORT='1'),
     "RANK in the environment: expected a whole number, found 'a'")])
def test_an_environment_that_does_not_say_who_this_is(monkeypatch, environment, sentence):
    from mmengine.config import Config

    from ggtoolbox.apis.config import prepare_devices
    for name in ('RANK', 'WORLD_SIZE', 'MASTER_ADDR', 'MASTER_PORT'):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError) as error:
        prepare_devices(Config(dict()), 'pytorch')
    assert str(error.value).startswith(sentence) and os.environ.get('RANK') == environment.get('RANK')
