import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / 'benchmarks'))

import tiny_map_convolution  # noqa: E402


def test_a_row_for_each_form_and_direction(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tiny_map_convolution, 'LAYERS', ((3, 4, 4, 2, 4, False), (3, 4, 4, 2, 2, True)))
    path = tmp_path / 'rows.json'
    monkeypatch.setattr(sys, 'argv', ['_', '--batches', '2', '--seconds', '0', '--threads', '1', '--json',
                                      str(path)])
    tiny_map_convolution.main()
    rows = json.loads(path.read_text())['rows']
    assert [(row['backward'], row['positions'], row['pays']) for row in rows] == 2 * [
        (False, 8, False), (True, 8, False)]
    assert len(capsys.readouterr().out.splitlines()) == len(rows)
    assert all(row['speedup'] == row['reference_s'] / row['fast_s'] for row in rows)
