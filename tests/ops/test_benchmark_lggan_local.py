import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / 'benchmarks' / 'lggan_local.py'


def test_benchmark_writes_a_row_for_each_pass(tmp_path):
    rows = tmp_path / 'lggan_local.json'
    done = subprocess.run(
        [sys.executable, SCRIPT, '--classes', '5', '--size', '1', '8', '32', '32', '3', '--seconds', '0',
         '--json', rows], capture_output=True, text=True, env={'PYTHONPATH': str(SCRIPT.parents[1])})
    assert done.returncode == 0, done.stderr[-2000:]
    assert '5 classes take 1.00 times' in done.stdout
    found = json.loads(rows.read_text())['rows']
    assert [row['name'] for row in found] == ['local branch forward', 'local branch forward+backward']
    for row in found:
        assert row['speedup'] == row['reference_s'] / row['fast_s'] > 0
