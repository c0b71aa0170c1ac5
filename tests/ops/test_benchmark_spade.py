import sys

import pytest
from benchmark_run import BENCHMARKS, rows_of

sys.path.insert(0, str(BENCHMARKS))

import _common  # noqa: E402


@pytest.fixture(autouse=True)
def memory_is_not_measured(monkeypatch):
    """That takes two processes a row, and other benchmarks' tests do it."""
    monkeypatch.setattr(_common, 'peak_megabytes', lambda *_: 1.0)


def test_a_row_for_each_halving(tmp_path):
    rows = rows_of('spade_neighbourhoods', tmp_path, '--size', 64, 64, '--channels', 2, '--halvings', 0, 1)
    assert [row['config'].split(':')[0] for row in rows] == ['64x64, 2 ch', '32x32, 4 ch']


def test_exact_and_fast_inference_beside_the_whole_layout(tmp_path):
    rows = rows_of('fast_inference', tmp_path, '--size', 64, 128, '--channels', 2, '--upsamplers', 'SAU')
    assert [row['name'] for row in rows] == ['inference, exact', 'inference, fast']
    assert all(row['speedup'] > 0 for row in rows)
