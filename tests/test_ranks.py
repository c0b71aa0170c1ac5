"""Processes of a test that hang."""
import time

import pytest
from ranks import in_ranks
from torch.multiprocessing import ProcessExitedException


def wait_for_nobody(rank):
    time.sleep(10000)


def test_one_that_hangs_says_where_and_is_ended(capsys):
    with pytest.raises(ProcessExitedException, match='process 0 terminated with exit code 1'):
        in_ranks(wait_for_nobody, ranks=1, patience=1)
    errors = capsys.readouterr().err
    assert 'Timeout (0:00:01)!' in errors and 'ranks.py' in errors
