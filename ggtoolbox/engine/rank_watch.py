"""Which of several processes hangs, found out by the others."""
from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from torch.distributed import Store

_WAITING_IN = (f'torch{os.sep}distributed{os.sep}', f'mmengine{os.sep}dist{os.sep}')
_NOT_OURS = ('site-packages', f'lib{os.sep}python')


class Post(NamedTuple):
    """What a process says of itself.

    Attributes:
        beat: grows as long as the process runs at all.
        steps: grows as it gets on.
        iteration: of the training.
        waiting: whether it waits for other processes.
        where: the line that it is at.
    """

    beat: int = 0
    steps: int = 0
    iteration: int = 0
    waiting: bool = False
    where: str = 'an unknown line'


def whereabouts(frame: FrameType | None) -> tuple[bool, str]:
    """Whether a thread waits for other processes (in an exchange, or in a backward pass, which exchanges
    gradients), and the innermost line of code that is no library's."""
    waiting, where, innermost = False, None, None
    while frame is not None:
        code = frame.f_code
        line = f'{Path(code.co_filename).name}:{frame.f_lineno} in {code.co_name}'
        innermost = innermost or line
        waiting |= code.co_name == 'backward' or any(part in code.co_filename for part in _WAITING_IN)
        if where is None and not any(part in code.co_filename for part in _NOT_OURS):
            where = line
        frame = frame.f_back
    return waiting, where or innermost or 'an unknown line'


def hanging(posts: dict[int, Post], silent: set[int]) -> list[int]:
    """The ranks for which the others wait: those that do not answer at all; else those that are behind; else
    those that do something of their own while the others wait. All, where nobody differs.

    Args:
        posts: rank -> its last post.
        silent: ranks whose post has not changed for long.
    """
    answering = {rank: post for rank, post in posts.items() if rank not in silent}
    foremost = max((post.steps for post in answering.values()), default=0)
    behind = [rank for rank, post in answering.items() if post.steps < foremost]
    busy = [rank for rank, post in answering.items() if not post.waiting]
    return sorted(silent) or behind or busy or sorted(posts)


class RankWatch:
    """Ends this process when nothing has got on for too long, and says which rank the others wait for.

    Each process posts what it is about in a store that all share, and reads the posts of the others. A thread
    does so, because the main one may be the one that hangs.

    Args:
        store: shared by all processes, and used by nobody else in this one.
        rank, processes: of this process, and how many there are.
        timeout: seconds without progress in this process.
        setting: what sets ``timeout``, for the sentence.
    """

    def __init__(self, store: Store, rank: int, processes: int, timeout: float, setting: str) -> None:
        self.store, self.rank, self.timeout, self.setting = store, rank, timeout, setting
        self.interval = min(timeout / 5, 10.0)
        self.posts = {number: Post() for number in range(processes)}
        self.heard = dict.fromkeys(self.posts, time.monotonic())
        self.steps = self.iteration = 0
        self.progressed = time.monotonic()
        self._main = threading.main_thread().ident
        self._stopped = threading.Event()

    def start(self) -> None:
        for work in (self._exchange, self._judge):
            threading.Thread(target=work, name=f'rank watch {work.__name__}', daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def progress(self, iteration: int) -> None:
        """This process got on."""
        self.steps, self.iteration, self.progressed = self.steps + 1, iteration, time.monotonic()

    def _exchange(self) -> None:
        beat = 0
        while not self._stopped.wait(self.interval):
            beat += 1
            post = Post(beat, self.steps, self.iteration, *whereabouts(sys._current_frames().get(self._main)))
            try:
                self.store.set(f'rank_watch/{self.rank}', json.dumps(post))
                for rank in self.posts:
                    self._hear(rank)
            except RuntimeError:  # who holds the store has ended; the exchange of gradients tells of it
                return

    def _hear(self, rank: int) -> None:
        key = f'rank_watch/{rank}'
        if self.store.check([key]):
            post = Post(*json.loads(self.store.get(key)))
            if post.beat != self.posts[rank].beat:
                self.heard[rank] = time.monotonic()
            self.posts[rank] = post

    def _judge(self) -> None:
        while not self._stopped.wait(self.interval):
            if time.monotonic() - self.progressed > self.timeout:
                self._end()

    def _end(self) -> None:
        long_ago = time.monotonic() - max(3 * self.interval, self.timeout / 2)
        silent = {rank for rank, heard in self.heard.items() if heard < long_ago}
        if self.rank in silent:  # the store does not answer, and rank 0 holds it
            silent = {0} - {self.rank}
        ranks = hanging(self.posts, silent)
        speakers = [rank for rank in self.posts if rank not in ranks] or ranks
        if self.rank == speakers[0]:
            tool = Path(sys.argv[0]).name
            print(f'{tool}: error: {self.sentence(ranks, silent)}', file=sys.stderr, flush=True)
        else:
            time.sleep(self.interval + 1)  # the one that speaks is heard first
        os._exit(2)

    def sentence(self, ranks: list[int], silent: set[int]) -> str:
        """One sentence about the ranks that hang."""
        told = []
        for rank in ranks:
            post = self.posts[rank]
            place = 'it does not answer' if rank in silent else f'iteration {post.iteration}, at {post.where}'
            told.append(f'rank {rank} hangs ({place})')
        return f'{", ".join(told)}: nothing has got on for {self.timeout:g} seconds ({self.setting})'
