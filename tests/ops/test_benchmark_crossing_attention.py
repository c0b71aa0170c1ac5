"""The benchmark of crossing attention, at a size of no interest."""
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(script, *arguments):
    command = [sys.executable, ROOT / 'benchmarks' / script, '--seconds', '0', '--threads', '1']
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True,
                          env={'PYTHONPATH': str(ROOT)})
    assert done.returncode == 0, done.stderr[-2000:]


def test_crossing_attention_keeps_less_than_the_formula(tmp_path):
    run('crossing_attention.py', '--places', 40, 40, '--json', tmp_path / 'rows.json')
    rows = json.loads((tmp_path / 'rows.json').read_text())['rows']
    assert [row['config'] for row in rows] == ['40x40 batch 1 float32', '40x40 batch 1 bfloat16']
    for row in rows:
        assert row['speedup'] == row['reference_s'] / row['fast_s'] > 0
        assert row['reference_peak_mb'] > row['fast_peak_mb'] > 0
