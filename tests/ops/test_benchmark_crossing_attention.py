"""The benchmark of crossing attention, at a size of no interest."""
from benchmark_run import rows_of


def test_crossing_attention_keeps_less_than_the_formula(tmp_path):
    rows = rows_of('crossing_attention', tmp_path, '--places', 40, 40)
    assert [row['config'] for row in rows] == ['40x40 batch 1 float32', '40x40 batch 1 bfloat16']
    for row in rows:
        assert row['speedup'] == row['reference_s'] / row['fast_s'] > 0
        assert row['reference_peak_mb'] > row['fast_peak_mb'] > 0
