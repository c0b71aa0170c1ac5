import sys

import torch
from benchmark_run import BENCHMARKS, rows_of

sys.path.insert(0, str(BENCHMARKS))

import channel_selection  # noqa: E402


def test_benchmark_writes_a_row_for_each_block(tmp_path):
    block = 'pooling, selection, convolution'
    row, = rows_of('channel_selection', tmp_path, '--sizes', 16, '--blocks', block)
    assert row['name'] == block
    assert row['speedup'] == row['reference_s'] / row['fast_s'] > 0


def test_an_iteration_is_the_same_in_both_forms():
    """Dropout and all: both start from one seed."""
    logs = []
    for form in channel_selection.FORMS:
        step = channel_selection.make_step(form, True, size=32, batch=2, device='cpu', channels=2)
        logs.append([step(), step()][1])
    assert logs[0].keys() == logs[1].keys()
    for name, value in logs[0].items():
        torch.testing.assert_close(logs[1][name], value, rtol=1e-4, atol=1e-4)
