"""What the command lines share: how they end, and arguments that several of them take."""
from __future__ import annotations

import argparse
import contextvars
import logging
import multiprocessing
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import torch

from ggtoolbox.engine.process_memory import keep_freed_memory
from ggtoolbox.errors import StoppedBySignal
from ggtoolbox.trust import torch_load_reads_only_tensors, trust_checkpoints

from .endings import BROKEN_PIPE, LOST_CONNECTION, WRONG_INPUT, ending
from .settings.options import ConfigOptions


def run_command(main: Callable[[], None]) -> None:
    """Run ``main``; what a user's input, a disk or a signal caused ends in one sentence, no traceback.

    Exit codes: 2 for an error of the input; 3 for a connection to another process that broke off; those of
    :class:`~ggtoolbox.errors.StoppedBySignal`; 130 after Ctrl-C.

    The working folder is put on the module path first, so that ``custom_imports`` finds the user's
    files. Whatever library reads a checkpoint meanwhile reads tensors only, unless ``--trust-checkpoint``
    is given. Set ``GGTOOLBOX_TRACEBACK=1`` to see where an error came from.

    What tensors give back is kept for the next ones (:func:`keep_freed_memory`).
    """
    sys.path.insert(0, str(Path.cwd()))
    keep_freed_memory()
    logging.raiseExceptions = False  # a log file on a full disk is no reason for a traceback a line
    try:
        with torch_load_reads_only_tensors():
            contextvars.copy_context().run(main)  # --trust-checkpoint ends with it
        _leave_together()
    except (Exception, KeyboardInterrupt) as error:
        end = ending(error)
        if end is None or (end[1] == WRONG_INPUT and os.environ.get('GGTOOLBOX_TRACEBACK') == '1'):
            raise
        _end(*end, together=isinstance(error, StoppedBySignal))


def _leave_together() -> None:
    """A process that leaves first would break off the others."""
    if torch.distributed.is_initialized():
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()


def _end(sentence: str, code: int, together: bool) -> NoReturn:
    several = torch.distributed.is_initialized() and torch.distributed.get_world_size() > 1
    rank = torch.distributed.get_rank() if several else 0
    if together:
        _leave_together()
    if code == BROKEN_PIPE:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still to be written has no reader
    elif not together or rank == 0:
        which = sentence.replace('error: ', f'error: rank {rank}: ', 1) if several else sentence
        print(f'{Path(sys.argv[0]).name}: {which}', file=sys.stderr, flush=True)
    if code == LOST_CONNECTION:  # its communicators may wait for ever to be taken down
        for child in multiprocessing.active_children():
            child.kill()
        os._exit(code)
    sys.exit(code)


def whole(lowest: int, highest: int | None = None) -> Callable[[str], int]:
    """The ``type`` of an argument that is a whole number from ``lowest`` to ``highest``."""
    def read(text: str) -> int:
        number = int(text) if text.removeprefix('-').isdecimal() else None
        if number is None or number < lowest or (highest is not None and number > highest):
            limit = f'of at least {lowest}' if highest is None else f'from {lowest} to {highest}'
            raise argparse.ArgumentTypeError(f'expected a whole number {limit}, found {text!r}')
        return number
    return read


SEED = whole(0, 2**32 - 1)  # NumPy's


def add_config_arguments(parser: argparse.ArgumentParser, what: str = 'path or name of a config',
                         optional: bool = False) -> None:
    parser.add_argument('config', help=what, nargs='?' if optional else None)
    parser.add_argument('--cfg-options', nargs='+', action=ConfigOptions, metavar='KEY=VALUE',
                        help='change settings of the config, e.g. train_cfg.max_iters=100')


class _Trust(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: list,
                 option_string: str | None = None) -> None:
        trust_checkpoints()
        namespace.trust_checkpoint = True


def add_trust_argument(parser: argparse.ArgumentParser) -> None:
    """``--trust-checkpoint``, which does its work as it is parsed; under :func:`run_command` only."""
    parser.add_argument('--trust-checkpoint', action=_Trust, nargs=0, default=False,
                        help='read checkpoints that hold more than tensors: code in them runs')


def add_launcher_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none',
                        help='who started the processes')
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0, help=argparse.SUPPRESS)
    os.environ.setdefault('LOCAL_RANK', '0')
