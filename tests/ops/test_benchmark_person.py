"""The benchmarks of the person systems, at sizes of no interest."""
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
    rows = json.loads((tmp_path / 'rows.json').read_text())
    assert [row['config'] for row in rows] == ['40x40 batch 1 float32', '40x40 batch 1 bfloat16']
    for row in rows:
        assert row['speedup'] == row['reference_s'] / row['fast_s'] > 0
        assert row['reference_peak_mb'] > row['fast_peak_mb'] > 0


def test_a_step_is_measured_in_a_process_of_its_own(tmp_path):
    run('person_step.py', '--config', ROOT / 'configs/bigraphgan/bigraphgan_toyworld-64.py', '--size', 16, 16,
        '--batch', 2, '--dtype', 'bfloat16', '--json', tmp_path / 'rows.json')
    row, = json.loads((tmp_path / 'rows.json').read_text())
    assert row['config'] == 'bigraphgan_toyworld-64' and row['batch'] == 2
    assert row['dtype'] == 'bfloat16'
    assert row['step_s'] > 0 and row['peak_mb'] > 50
