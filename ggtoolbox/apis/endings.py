"""How a command ends: in one sentence and an exit code, unless the fault is ours."""
from __future__ import annotations

import os
import re

import torch

from ggtoolbox.errors import InputError, StoppedBySignal

INTERRUPTED, BROKEN_PIPE, WRONG_INPUT, LOST_CONNECTION = 130, 141, 2, 3


def ending(error: BaseException) -> tuple[str, int] | None:
    """Sentence and exit code for what ended a command; None for a fault of ours, with its traceback."""
    if isinstance(error, StoppedBySignal):
        return str(error), error.code
    if isinstance(error, KeyboardInterrupt):
        return 'interrupted', INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return '', BROKEN_PIPE
    if isinstance(error, (InputError, FloatingPointError)):
        return f'error: {_innermost(error)}', WRONG_INPUT
    if isinstance(error, OSError):
        return f'error: {_about_files(error)}', WRONG_INPUT
    if isinstance(error, RuntimeError):
        if str(error).startswith('DataLoader worker'):
            return (f'error: a process of a data loader ended ({_first(error).rstrip(". ")}); if the system '
                    'killed it, memory was short: lower num_workers'), WRONG_INPUT
        if 'EADDRINUSE' in str(error):
            port = os.environ.get('MASTER_PORT')
            return f'error: the port {port} is in use, set PORT (MASTER_PORT) to a free one', WRONG_INPUT
        if lost_connection(error):
            return f'error: the connection to another process broke off ({_first(error)})', LOST_CONNECTION
    return None


def lost_connection(error: BaseException) -> bool:
    """Whether it tells of another process that ended, or did not answer in time."""
    if torch.distributed.is_available() and isinstance(error, torch.distributed.DistError):
        return True
    return re.search(r'\bgloo\b|\bNCCL\b|ProcessGroup', str(error)) is not None


def _innermost(error: Exception) -> str:
    """An error of a data loader's process arrives with that process's traceback in its text."""
    sentence = str(error).strip().splitlines()[-1]
    return re.sub(r'^(ggtoolbox\.errors\.)?((Input|UnknownType|UnknownArgument|FloatingPoint)Error: )?', '',
                  sentence)


def _about_files(error: OSError) -> str:
    if error.errno is None:  # of a data loader's process
        return str(error).strip().splitlines()[-1]
    where = f'{error.filename}: ' if error.filename is not None else ''
    return f'{where}{error.strerror or error}'


def _first(error: BaseException) -> str:
    """Without PyTorch's stack."""
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200]
