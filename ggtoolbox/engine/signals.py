"""Signals that ask a run to stop: remembered, until the run can answer."""
from __future__ import annotations

import atexit
import mmap
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType

from torch.utils.data import DataLoader

SIGNALS = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)


class StopSignals:
    """Remembers the first of SIGTERM, SIGUSR1 and SIGINT (Ctrl-C); Ctrl-C after it ends the process at once.

    A terminal or a scheduler sends its signal to the processes of data loaders, too, while they are needed to
    finish an iteration: those of :meth:`keep_workers` pass over all that comes before this process goes.

    Args:
        announce: what is written to the standard error as a signal comes, after its name.
    """

    def __init__(self, announce: str = '') -> None:
        self.announce = announce
        self.received: signal.Signals | None = None
        self._owner = os.getpid()
        self._going = mmap.mmap(-1, 1)  # shared with forked processes: whether their owner goes
        self._before: dict[int, object] = {}

    def install(self) -> None:
        """Take over the signals; in a thread other than the main one, nothing is done."""
        if threading.current_thread() is not threading.main_thread() or self._before:
            return
        self._owner, self._going[0] = os.getpid(), 0
        self._before = {number: signal.signal(number, self._handle) for number in SIGNALS}
        atexit.register(self._go)  # before multiprocessing ends its children by SIGTERM

    def keep_workers(self, loader: DataLoader) -> None:
        """Let the loader's processes, which are started later, go by :class:`StopSignals` as well."""
        context = getattr(loader, 'multiprocessing_context', None) or multiprocessing
        if loader.num_workers and context.get_start_method() == 'fork':  # others share no memory with us
            loader.worker_init_fn = partial(self._begin_worker, loader.worker_init_fn)

    def _begin_worker(self, begin: Callable[[int], None] | None, worker: int) -> None:
        for number in SIGNALS:  # PyTorch has set its own, by which a worker ends
            signal.signal(number, self._handle)
        if begin is not None:
            begin(worker)

    def restore(self) -> None:
        """Give the signals back to who had them."""
        if os.getpid() == self._owner:
            for number, handler in self._before.items():
                signal.signal(number, handler)
            self._before = {}
            self._go()

    def _go(self) -> None:
        if os.getpid() == self._owner:
            self._going[0] = 1

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self._owner:
            if self._going[0] or os.getppid() == 1:
                os._exit(0)  # as PyTorch's own handler does, which takes another code for an accident
            return
        if self.received is not None and number == signal.SIGINT:
            for child in multiprocessing.active_children():
                child.kill()
            _say('ended at once')
            os._exit(128 + number)
        if self.received is None:
            self.received = signal.Signals(number)
            if self.announce:
                _say(f'{self.received.name}: {self.announce}')


def _say(text: str) -> None:
    """Without Python's buffers, in which the interrupted code may be."""
    os.write(2, f'{text}\n'.encode())
