"""benchmarks/gpu.sh, tried on the CPU in small."""
import os
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / 'benchmarks' / 'gpu.sh'


def test_an_unknown_argument_is_a_sentence():
    done = subprocess.run([SCRIPT, '--devise', 'cpu'], capture_output=True, text=True)
    assert done.returncode == 2 and 'unknown argument --devise, expected --out' in done.stderr


@pytest.mark.long
def test_all_parts_run_in_small(tmp_path):
    process = subprocess.Popen(
        [SCRIPT, '--device', 'cpu', '--quick', '--minutes', '20', '--out', tmp_path], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        said, _ = process.communicate(timeout=1500)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    parts = (tmp_path / 'parts.txt').read_text().splitlines()
    assert [line.split(':')[0] for line in parts] == [
        'operators', 'sau_float32', 'sau_bfloat16', 'steps_gaugan', 'inference', 'inference_amp',
        'training'], said
    assert all('exit code 0' in line for line in parts), said[-3000:]
    table = (tmp_path / 'table.md').read_text()
    assert 'sau pytorch forward+backward' in table and '`fast+cuda_graphs`' in table and 'bfloat16' in table
