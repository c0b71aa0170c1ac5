from benchmark_run import rows_of


def test_benchmark_writes_a_row_for_each_pass(tmp_path, capsys):
    found = rows_of('lggan_local', tmp_path, '--classes', 5, '--size', 1, 8, 32, 32, 3)
    assert '5 classes take 1.00 times' in capsys.readouterr().out
    assert [row['name'] for row in found] == ['local branch forward', 'local branch forward+backward']
    for row in found:
        assert row['speedup'] == row['reference_s'] / row['fast_s'] > 0
