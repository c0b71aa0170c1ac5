"""Several processes of one tool on this machine: started, signalled, watched, and ended together.

PyTorch's ``torchrun`` does the same for jobs that grow and shrink. It ends a stopped run after 30 seconds
whether it is saved or not, knows no SIGUSR1, and puts its own report after a process's error.
"""
from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from ggtoolbox.engine.signals import SIGNALS
from ggtoolbox.errors import InputError

from .endings import LOST_CONNECTION

GRACE = 20.0  # seconds between the end of one process in an error and that of the others by force
_ERROR = re.compile(r'^\S+: error: (rank \d+: )?(.*)')


@dataclass(frozen=True)
class Place:
    """Where the processes are, among those of all machines.

    Attributes:
        processes: on this machine.
        nodes, node: machines, and the number of this one.
        address, port: where the processes meet; port None is a free one (of one machine only).
    """

    processes: int
    nodes: int = 1
    node: int = 0
    address: str = '127.0.0.1'
    port: int | None = None

    def __post_init__(self) -> None:
        if self.processes < 1:
            raise InputError(f'PROCESSES: expected a number, 1 or more, found {self.processes}')
        gpus = torch.cuda.device_count()
        if gpus and self.processes > gpus:
            raise InputError(f'PROCESSES: {self.processes} for the {gpus} GPUs of this machine, expected at '
                             'most one process a GPU')
        if self.nodes < 1 or not 0 <= self.node < self.nodes:
            raise InputError(f'NODE_RANK: expected 0 to NNODES - 1, found NODE_RANK={self.node} and '
                             f'NNODES={self.nodes}')
        if self.nodes > 1 and self.port is None:
            raise InputError('PORT: expected a port, the same on all machines, because NNODES is '
                             f'{self.nodes}')
        if self.port is not None and not 0 < self.port < 65536:
            raise InputError(f'PORT: expected 1 to 65535, found {self.port}')

    def environment(self) -> dict[str, str]:
        """What all processes are told.

        Raises:
            InputError: the port is in use.
        """
        port = self.port if self.node > 0 else _free_port(self.port)
        return dict(MASTER_ADDR=self.address, MASTER_PORT=str(port),
                    WORLD_SIZE=str(self.nodes * self.processes), LOCAL_WORLD_SIZE=str(self.processes))


def _free_port(port: int | None) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('', port or 0))
        except OSError as error:
            raise InputError(f'PORT: {port} cannot be used ({error.strerror}), set PORT to a free one or, on '
                             'one machine, leave it unset') from None
        return probe.getsockname()[1]


@dataclass
class _Rank:
    """One process and what it says."""

    number: int
    process: subprocess.Popen
    error: str | None = None  # its sentence, kept to be the last thing that is printed
    reader: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stderr:
            if _ERROR.match(line):
                self.error = line.rstrip('\n')
            else:
                sys.stderr.write(line)
                sys.stderr.flush()


def launch(command: Sequence[str], place: Place) -> int:
    """Run a command in each process, with ``RANK`` and its like in the environment; returns the exit code.

    SIGTERM, SIGUSR1 and Ctrl-C are passed on, and the processes end when they have answered. Where one ends
    in an error the others are ended, after :data:`GRACE` seconds by force, and its sentence is printed last.
    """
    shared = {**os.environ, **place.environment()}
    for name in ('OMP_NUM_THREADS', 'MKL_NUM_THREADS'):
        shared.setdefault(name, '1')
    ranks: list[_Rank] = []
    before = {number: signal.signal(number, lambda number, _: _send(ranks, number)) for number in SIGNALS}
    try:
        for local in range(place.processes):
            number = place.node * place.processes + local
            own = dict(RANK=str(number), LOCAL_RANK=str(local))
            # Sessions of their own: a terminal's Ctrl-C comes once, from here.
            process = subprocess.Popen(list(command), env={**shared, **own}, stderr=subprocess.PIPE,
                                       text=True, errors='replace', start_new_session=True)
            ranks.append(_Rank(number, process))
        first = _wait(ranks)
        by_themselves = [rank for rank in ranks if rank.process.returncode is not None]
    finally:
        for rank in ranks:
            _end_group(rank, signal.SIGKILL)
        for number, handler in before.items():
            signal.signal(number, handler)
    for rank in ranks:
        rank.process.wait()
        rank.reader.join(timeout=5)
    return 0 if first is None else _report(ranks, by_themselves, first)


def _send(ranks: list[_Rank], number: int) -> None:
    """To the processes themselves; those of their data loaders are theirs."""
    for rank in ranks:
        if rank.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                rank.process.send_signal(number)


def _wait(ranks: list[_Rank]) -> _Rank | None:
    """Until all have ended; the first that ended in an error, after which the others are not waited for."""
    first, stop = None, None
    while any(rank.process.poll() is None for rank in ranks):
        if first is None:
            first = next((rank for rank in ranks if rank.process.poll()), None)
            if first is not None:
                stop = time.monotonic() + GRACE
        elif time.monotonic() > stop:
            break
        time.sleep(0.05)
    return first or next((rank for rank in ranks if rank.process.returncode), None)


def _end_group(rank: _Rank, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(rank.process.pid, number)


def _report(ranks: list[_Rank], by_themselves: list[_Rank], first: _Rank) -> int:
    """Print what ended the job, last and once; an exit code."""
    causes = [rank for rank in by_themselves if rank.process.returncode not in (0, LOST_CONNECTION)]
    cause = first if first in causes or not causes else causes[0]
    sentences = dict.fromkeys(_ERROR.match(rank.error)[2] for rank in causes if rank.error)
    code = cause.process.returncode
    if cause.error and len(sentences) <= 1 and len(causes) == len(ranks) > 1:  # all of them say the same
        print(cause.error.replace(_ERROR.match(cause.error)[1] or '', '', 1), file=sys.stderr)
    elif cause.error:
        print(cause.error, file=sys.stderr)
    elif code < 0:
        print(f'error: rank {cause.number} was ended by {signal.Signals(-code).name}'
              + (', memory may have been short' if -code == signal.SIGKILL else ''), file=sys.stderr)
    elif code < 128:
        print(f'error: rank {cause.number} ended with exit code {code}; what it said is above',
              file=sys.stderr)
    return 128 - code if code < 0 else code
