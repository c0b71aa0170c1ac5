import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / 'benchmarks' / 'sau.py'


def test_benchmark_writes_a_row_for_each_pass(tmp_path):
    rows = tmp_path / 'sau.json'
    done = subprocess.run([sys.executable, SCRIPT, '--sizes', '1x32x16x16', '--seconds', '0', '--json', rows],
                          capture_output=True, text=True, env={'PYTHONPATH': str(SCRIPT.parents[1])})
    assert done.returncode == 0, done.stderr[-2000:]
    forward, both = json.loads(rows.read_text())['rows']
    assert {'name', 'config', 'reference_s', 'fast_s', 'speedup', 'reference_peak_mb',
            'fast_peak_mb'} <= set(forward)
    for row in (forward, both):
        assert row['speedup'] == row['reference_s'] / row['fast_s'] > 0
        assert row['reference_peak_mb'] > row['fast_peak_mb'] > 0
    assert both['reference_kept_mb'] > 10 * both['fast_kept_mb']
