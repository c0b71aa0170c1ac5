"""Who may run code from a file: nobody, unless the user says so of a checkpoint."""
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_FORCE, _FORCE_NOT = 'TORCH_FORCE_WEIGHTS_ONLY_LOAD', 'TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD'
_trusting: ContextVar[bool] = ContextVar('trusting', default=False)


def trust_checkpoints(trust: bool = True) -> None:
    """Let :func:`~ggtoolbox.safe_load.load_tensors` read what it would refuse: **code in the file runs**.

    It holds from here on in this context (:mod:`contextvars`): a tool's ``--trust-checkpoint`` holds until
    the tool ends, a call in a script until it is taken back, and other threads begin without trust.
    """
    _trusting.set(trust)


def checkpoints_are_trusted() -> bool:
    return _trusting.get()


@contextmanager
def torch_load_reads_only_tensors(only: bool = True) -> Iterator[None]:
    """Within, ``torch.load`` reads tensors only, whoever calls it with whatever arguments (or, with
    ``only=False``, as its caller says). For libraries under us that read files by themselves."""
    before = {name: os.environ.pop(name, None) for name in (_FORCE, _FORCE_NOT)}
    if only:
        os.environ[_FORCE] = '1'
    try:
        yield
    finally:
        os.environ.pop(_FORCE, None)
        os.environ.update({name: value for name, value in before.items() if value is not None})
