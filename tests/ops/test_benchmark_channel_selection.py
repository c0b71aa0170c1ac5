import json
import subprocess
import sys
from pathlib import Path

import torch

SCRIPT = Path(__file__).parents[2] / 'benchmarks' / 'channel_selection.py'
sys.path.insert(0, str(SCRIPT.parent))

import channel_selection  # noqa: E402


def test_benchmark_writes_a_row_for_each_block(tmp_path):
    rows, block = tmp_path / 'rows.json', 'pooling, selection, convolution'
    done = subprocess.run([sys.executable, SCRIPT, '--sizes', '16', '--blocks', block, '--seconds', '0',
                           '--threads', '1', '--json', rows], capture_output=True, text=True,
                          env={'PYTHONPATH': str(SCRIPT.parents[1]), 'OMP_NUM_THREADS': '1'})
    assert done.returncode == 0, done.stderr[-2000:]
    row, = json.loads(rows.read_text())['rows']
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
