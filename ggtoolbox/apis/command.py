"""What the command lines share: how they end, and arguments that several of them take."""
from __future__ import annotations

import argparse
import contextvars
import os
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from mmengine.config import DictAction

from ggtoolbox.errors import InputError
from ggtoolbox.trust import torch_load_reads_only_tensors, trust_checkpoints


def run_command(main: Callable[[], None]) -> None:
    """Run ``main``; what a user's input caused ends in one sentence and exit code 2, no traceback.

    The working folder is put on the module path first, so that ``custom_imports`` finds the user's
    files. Whatever library reads a checkpoint meanwhile reads tensors only, unless ``--trust-checkpoint``
    is given. Set ``GGTOOLBOX_TRACEBACK=1`` to see where an error came from.
    """
    sys.path.insert(0, str(Path.cwd()))
    try:
        with torch_load_reads_only_tensors():
            contextvars.copy_context().run(main)  # --trust-checkpoint ends with it
        if torch.distributed.is_initialized():
            torch.distributed.barrier()  # a process that leaves first would break off the others
            torch.distributed.destroy_process_group()
    except (InputError, FloatingPointError) as error:
        if os.environ.get('GGTOOLBOX_TRACEBACK') == '1':
            raise
        # An error of a data loader's process arrives with that process's traceback in its text.
        sentence = str(error).strip().splitlines()[-1]
        for name in ('ggtoolbox.errors.', 'InputError: ', 'UnknownTypeError: ', 'UnknownArgumentError: '):
            sentence = sentence.removeprefix(name)
        print(f'{Path(sys.argv[0]).name}: error: {sentence}', file=sys.stderr)
        sys.exit(2)


def add_config_arguments(parser: argparse.ArgumentParser, what: str = 'path of a config') -> None:
    parser.add_argument('config', help=what)
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, metavar='KEY=VALUE',
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
