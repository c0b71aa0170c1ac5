"""Processes of one test that have met over gloo; those that hang say where, and are ended whatever fails."""
import faulthandler
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

PATIENCE = 900  # seconds after which a process hangs, on however busy a machine
# Forks of a process that is as a new one: one that runs tests has threads, whose locks a fork of it may find
# taken for ever.
STARTS = multiprocessing.get_context('forkserver')
STARTS.set_forkserver_preload(['ggtoolbox.apis.running', 'matplotlib.pyplot', 'yapf.yapflib.yapf_api'])


def in_ranks(work: Callable, *arguments, ranks: int = 2, patience: float = PATIENCE) -> None:
    """Run ``work(rank, *arguments)`` in each of several processes, which are one group of gloo's.

    They meet over a file, so that no port can be taken, and every one that has not ended after ``patience``
    seconds prints the stacks of its threads and ends.

    Args:
        work: a function of a module; with its arguments it is sent to new processes.

    Raises:
        Exception: one of torch's, with what ended the first process that failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        started = mp.start_processes(_rank, (ranks, folder, patience, work, arguments), nprocs=ranks,
                                     join=False, start_method=STARTS.get_start_method())
        try:
            end = time.monotonic() + patience + PATIENCE  # to start takes time, too
            while not started.join(timeout=5):
                assert time.monotonic() < end, 'a process neither ends nor is ended by its own watch'
        finally:
            for process in started.processes:
                process.kill()
                process.join()
            for stacks in sorted(Path(folder).glob('stacks-*')):
                sys.stderr.write(stacks.read_text())


def _rank(rank: int, ranks: int, folder: str, patience: float, work: Callable, arguments: tuple) -> None:
    os.environ.update(RANK=str(rank), WORLD_SIZE=str(ranks))
    torch.set_num_threads(1)
    # Not to this process's errors: the server that it is a fork of may have been started by another test.
    with open(f'{folder}/stacks-{rank}', 'w') as stacks:
        faulthandler.dump_traceback_later(patience, exit=True, file=stacks)
        dist.init_process_group('gloo', init_method=f'file://{folder}/meeting', rank=rank, world_size=ranks)
        work(rank, *arguments)
        dist.destroy_process_group()
        faulthandler.cancel_dump_traceback_later()
