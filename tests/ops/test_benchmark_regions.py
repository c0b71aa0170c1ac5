"""Benchmarks of what hosts of label maps look up."""
import sys
from pathlib import Path

import pytest
from benchmark_run import rows_of

sys.path.insert(0, str(Path(__file__).parents[2] / 'benchmarks'))

import _common  # noqa: E402


@pytest.mark.parametrize(('script', 'name'), [('region_convolution', 'region convolution'),
                                              ('panoptic_convolution', 'panoptic convolution')])
def test_a_row_for_each_pass_after_a_comparison(script, name, tmp_path, monkeypatch):
    monkeypatch.setattr(_common, 'peak_megabytes', lambda *_: 1.0)  # which would start processes
    found = rows_of(script, tmp_path, '--sizes', '4x16x16')
    assert [row['name'] for row in found] == [f'{name} forward', f'{name} forward+backward']
    assert all(row['speedup'] == row['reference_s'] / row['fast_s'] > 0 for row in found)
