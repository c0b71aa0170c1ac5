"""Processes that torchrun starts anew meet where none before them met."""
from __future__ import annotations

import json
import os
import time
import uuid
from datetime import timedelta

from torch.distributed import DistStoreError, Store, TCPStore

_OPENED: list[TCPStore] = []  # it is there as long as its process is


def meet_anew(patience: float) -> None:
    """Let the processes of one attempt of a torchrun job meet in a store of their own.

    The agents of torchrun keep one store for all attempts and let each meet in it under the same keys
    (PyTorch 2.13; ``_create_c10d_store`` says that it is new each time, which only the rendezvous does not
    do). So a process can read the address that another one had in the attempt before, where nobody listens
    any longer, and gloo waits there without end. Here the first process opens a store, whose port goes to the
    environment of all (``MASTER_PORT``); where no agent's store is used, nothing changes.

    Args:
        patience: seconds for all to come.

    Raises:
        DistStoreError: one does not come.
    """
    if os.environ.get('TORCHELASTIC_USE_AGENT_STORE') != 'True':
        return
    address, port = os.environ['MASTER_ADDR'], int(os.environ['MASTER_PORT'])
    agents = TCPStore(address, port, is_master=False, wait_for_workers=False,
                      timeout=timedelta(seconds=patience))
    rank, processes = int(os.environ['RANK']), int(os.environ['WORLD_SIZE'])
    if rank == 0:
        _OPENED.append(TCPStore(address, 0, is_master=True, wait_for_workers=False, multi_tenant=True))
        port = _OPENED[-1].port
        tell_port(agents, processes, port, patience)
    else:
        port = ask_port(agents, rank, patience)
    os.environ.update(MASTER_PORT=str(port), TORCHELASTIC_USE_AGENT_STORE='False')


def tell_port(store: Store, processes: int, port: int, patience: float) -> None:
    """To all other processes of this attempt; returns when each has it.

    An answer repeats what each process has asked, so that one who reads an answer knows whether it is his;
    an older attempt's question is answered, too, but does not thank.
    """
    own, end = uuid.uuid4().hex, time.monotonic() + patience
    missing = set(range(1, processes))
    while missing:
        asked = {rank: _read(store, f'meeting/asks/{rank}') for rank in range(1, processes)}
        store.set('meeting/answer', json.dumps(dict(port=port, by=own, asked=asked)))
        missing = {rank for rank in missing if _read(store, f'meeting/thanks/{rank}') != own}
        _go_on(end, f'ranks {sorted(missing)} have not come')


def ask_port(store: Store, rank: int, patience: float) -> int:
    """The port that the first process of this attempt tells."""
    own, end = uuid.uuid4().hex, time.monotonic() + patience
    store.set(f'meeting/asks/{rank}', own)
    while True:
        answer = json.loads(_read(store, 'meeting/answer') or '{"asked": {}}')
        if answer['asked'].get(str(rank)) == own:
            store.set(f'meeting/thanks/{rank}', answer['by'])
            return answer['port']
        _go_on(end, 'rank 0 has not come')


def _read(store: Store, key: str) -> str | None:
    return store.get(key).decode() if store.check([key]) else None


def _go_on(end: float, otherwise: str) -> None:
    if time.monotonic() > end:
        raise DistStoreError(f'the processes of a job do not meet: {otherwise}')
    time.sleep(0.05)
