import resource

import pytest
import torch

from ggtoolbox.engine.process_memory import SAID_BY_USERS, keep_freed_memory


def page_faults(x, times):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        torch.relu(x)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(not keep_freed_memory(), reason='not glibc, or told otherwise')
def test_freed_tensors_cost_no_page_faults_again():
    x = torch.zeros(9 * 2 ** 20)  # 36 MiB: more than glibc ever keeps by itself
    page_faults(x, 20)  # until the heap has room for x beside what lies in between
    assert page_faults(x, 5) < 5 * x.numel() * 4 / 4096 / 10


@pytest.mark.parametrize('name', SAID_BY_USERS)
def test_the_environment_has_the_last_word(name, monkeypatch):
    monkeypatch.setenv(name, '')
    assert keep_freed_memory() is False
