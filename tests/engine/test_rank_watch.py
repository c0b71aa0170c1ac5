"""Which of several processes hangs."""
import re
import socket
import sys
import threading

import pytest
import torch
from processes import finish, running
from torch.distributed import HashStore

from ggtoolbox.engine.hooks.rank_watch import RankWatchHook
from ggtoolbox.engine.rank_watch import Post, RankWatch, hanging, whereabouts
from ggtoolbox.errors import InputError

AT_WORK = Post(5, 20, 7, False, 'loss.py:3 in forward')
WAITING = AT_WORK._replace(waiting=True, where='turns.py:40 in take')


@pytest.mark.parametrize(('posts', 'silent', 'ranks'), [
    ([WAITING, AT_WORK, WAITING], {2}, [2]),  # stopped, or its machine is gone
    ([WAITING, WAITING._replace(steps=19), WAITING], set(), [1]),  # waits for its data
    ([WAITING, AT_WORK, WAITING], set(), [1]),  # in a step that does not end
    ([WAITING, WAITING, WAITING], set(), [0, 1, 2])])  # nobody knows
def test_those_for_which_the_others_wait(posts, silent, ranks):
    assert hanging(dict(enumerate(posts)), silent) == ranks


def test_whereabouts_of_a_thread():
    def in_a_loss():
        return sys._getframe()

    waiting, where = whereabouts(in_a_loss())
    assert not waiting and where.startswith('test_rank_watch.py:') and where.endswith(' in in_a_loss')
    seen = []

    class Look(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            seen.append(whereabouts(sys._getframe()))
            return gradient

    Look.apply(torch.ones(1, requires_grad=True)).backward()
    assert seen[0][0]


def test_the_sentence_says_rank_iteration_line_and_setting():
    watch = RankWatch(HashStore(), 0, 3, 30.0, 'default_hooks.rank_watch.timeout')
    watch.posts.update({1: AT_WORK, 2: WAITING})
    assert watch.sentence([1, 2], {2}) == (
        'rank 1 hangs (iteration 7, at loss.py:3 in forward), rank 2 hangs (it does not answer): nothing has '
        'got on for 30 seconds (default_hooks.rank_watch.timeout)')


def test_posts_are_exchanged_and_what_gets_on_is_let_alone(monkeypatch):
    ended, store = threading.Event(), HashStore()
    monkeypatch.setattr('os._exit', lambda code: ended.set())
    watches = [RankWatch(store, rank, 2, 1e6, 'x') for rank in (0, 1)]
    for watch in watches:
        watch.interval = 0.01
        watch.progress(iteration=4)
        watch.start()
    try:
        while not all(post.beat > 2 and post.iteration == 4 for watch in watches
                      for post in watch.posts.values()):
            assert not ended.wait(0.01)
    finally:
        for watch in watches:
            watch.stop()


@pytest.mark.parametrize('wrong', [0, -1, 'long', None, True])
def test_a_timeout_is_a_time(wrong):
    with pytest.raises(InputError, match='timeout: expected seconds, more than 0, found'):
        RankWatchHook(wrong)


SCRIPT = '''
import datetime, os, signal, sys, time
import torch.distributed as dist
from ggtoolbox.engine.rank_watch import RankWatch
port, rank, how = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
store = dist.TCPStore('127.0.0.1', port, 2, is_master=rank == 0, timeout=datetime.timedelta(seconds=600))
dist.init_process_group('gloo', store=store, rank=rank, world_size=2)
own = dist.TCPStore('127.0.0.1', port, is_master=False, wait_for_workers=False)
dist.barrier()
watch = RankWatch(own, rank, 2, 3.0, 'timeout')
watch.start()
def sleep_in_a_loss():
    time.sleep(10000)
watch.progress(1)
if rank == 1 and how == 'stopped':
    os.kill(os.getpid(), signal.SIGSTOP)
if rank == 1:
    sleep_in_a_loss()
dist.barrier()
'''


@pytest.mark.long
@pytest.mark.parametrize(('how', 'place'), [('busy', 'iteration 1, at .string.:13 in sleep_in_a_loss'),
                                            ('stopped', 'it does not answer')])
def test_two_processes_of_which_one_hangs(tmp_path, how, place):
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    command = [sys.executable, '-c', SCRIPT, port]
    with running([*command, 0, how]) as first, running([*command, 1, how]):
        code, _, errors = finish(first)
    assert code == 2
    assert re.fullmatch(rf'-c: error: rank 1 hangs \({place}\): nothing has got on for 3 seconds \(timeout\)',
                        errors.strip().splitlines()[-1])
