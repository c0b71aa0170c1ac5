"""Processes that are started anew, whose store remembers those before them."""
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from torch.distributed import DistStoreError, HashStore, TCPStore

from ggtoolbox.engine import meeting
from ggtoolbox.engine.meeting import ask_port, meet_anew, tell_port


@pytest.mark.parametrize('late', [0, 1, 2])
def test_each_attempt_meets_at_its_own_port(late):
    """Whichever process comes last: the others find only what the attempt before has left."""
    store = HashStore()
    with ThreadPoolExecutor(3) as pool:
        for port in (4001, 4002, 4003):
            def work(rank, port=port):
                return tell_port(store, 3, port, 60) if rank == 0 else ask_port(store, rank, 60)

            others = {rank: pool.submit(work, rank) for rank in range(3) if rank != late}
            time.sleep(0.1)
            found = {late: work(late), **{rank: one.result() for rank, one in others.items()}}
            assert found == {0: None, 1: port, 2: port}


def test_one_that_does_not_come_is_named():
    with pytest.raises(DistStoreError, match=r'do not meet: ranks \[1\] have not come'):
        tell_port(HashStore(), 2, 1, 0.1)
    with pytest.raises(DistStoreError, match='rank 0 has not come'):
        ask_port(HashStore(), 1, 0.1)


def test_the_store_of_torchruns_agents_is_left(monkeypatch):
    monkeypatch.setattr(meeting, '_OPENED', [])
    agents = TCPStore('127.0.0.1', 0, is_master=True, wait_for_workers=False)
    for name, value in dict(TORCHELASTIC_USE_AGENT_STORE='True', MASTER_ADDR='127.0.0.1', RANK='0',
                            MASTER_PORT=str(agents.port), WORLD_SIZE='1').items():
        monkeypatch.setenv(name, value)
    meet_anew(60)
    opened, = meeting._OPENED
    assert meeting.os.environ['MASTER_PORT'] == str(opened.port) != str(agents.port)
    meet_anew(60)  # whoever has left it stays
    assert [opened] == meeting._OPENED
