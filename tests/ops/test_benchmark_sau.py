from benchmark_run import rows_of


def test_benchmark_writes_a_row_for_each_pass(tmp_path):
    forward, both = rows_of('sau', tmp_path, '--sizes', '1x32x16x16')
    assert {'name', 'config', 'reference_s', 'fast_s', 'speedup', 'reference_peak_mb',
            'fast_peak_mb'} <= set(forward)
    for row in (forward, both):
        assert row['speedup'] == row['reference_s'] / row['fast_s'] > 0
        assert row['reference_peak_mb'] > row['fast_peak_mb'] > 0
    assert both['reference_kept_mb'] > 10 * both['fast_kept_mb']
