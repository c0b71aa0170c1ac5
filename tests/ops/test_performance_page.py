"""docs/performance.md is what its script makes of the records, and its figures are theirs."""
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / 'benchmarks'))

import _gpu_table  # noqa: E402
import performance_page  # noqa: E402
from _records import RECORDS, read_record, write_record  # noqa: E402
from largest_image import largest_size  # noqa: E402

STEP = dict(system='gaugan', size='128x256', batch=1, step_mb=400.0, peak_mb=900.0)


def test_the_page_is_what_the_script_makes_of_the_records():
    assert performance_page.PAGE.read_text() == performance_page.page()


@pytest.mark.parametrize('path', sorted(RECORDS.glob('*.json')), ids=lambda path: path.stem)
def test_a_record_says_where_when_and_how(path):
    record = read_record(path)
    assert path.stem.startswith(record['date'])
    assert all(record[name] for name in ('machine', 'cores', 'memory_gb', 'commit', 'command', 'rows'))


RECORD = dict(date='d', machine='m', cores=2, memory_gb=4, commit='c', command='x')


def test_the_ratio_to_the_released_code_goes_over_the_commit_before():
    record = RECORD | dict(rows=[
        STEP | dict(variant='against', seconds=3.0, ratio=1.0),
        STEP | dict(variant='fast', baseline_seconds=3.0, seconds=1.0, ratio=3.0, step_mb=200.0),
        dict(system='gaugan', variant='bf16', size='128x256', batch=1, baseline_seconds=3.0, seconds=2.0,
             ratio=1.5)])  # of which memory was not measured
    past = dict(system='gaugan', ratio=1.5, step_mb=600, released_step_mb=300, peak_mb=9, released_peak_mb=6,
                aims=dict(fast=2.2))
    released = record | dict(rows=[past])
    assert '| GauGAN | `fast` | 128x256, 1 | 3.00 | 1.00 | 3.00 | 4.50 | 2.20 |' in \
        performance_page.whole_steps(record, released)
    text = performance_page.memory(record, released)
    assert '| GauGAN | `fast` | 400 (900) | 200 (900) | 0.50 | 1.00 | 1.50 |' in text  # half of twice
    assert 'bf16' not in text
    unknown = performance_page.memory(record, record | dict(rows=[]))
    assert '| GauGAN | `fast` | 400 (900) | 200 (900) | 0.50 |  |  |' in unknown


def test_switches_stand_side_by_side():
    rows = [STEP | dict(variant=variant, ratio=ratio, seconds=1.0)
            for variant, ratio in (('default', 1.0), ('bf16', 1.5), ('channels_last', 0.9))]
    other = dict(system='own', ratio=2.0)
    text = performance_page.switches_alone(RECORD | dict(rows=[*rows, rows[1] | other]))
    assert '| system | `bf16` | `channels_last` |' in text
    assert '| GauGAN | 1.50 | 0.90 |' in text and '| own | 2.00 |  |' in text


def test_inference_is_told_by_form():
    row = dict(name='inference, fast', config='SAU, 512x256', reference_s=5.0, fast_s=2.0, speedup=2.5)
    assert '| SAU, 512x256 | fast | 5.00 | 2.00 | 2.50 |' in performance_page.inference(
        RECORD | dict(rows=[row]))


def test_toyworld_is_told_by_data_set():
    rows = [dict(dataset='ToyWorldFace', size=64, what=what, median=1.0, best=best)
            for what, best in (('drawn', 170.4), ('drawn and packed', 160.0))]
    text = performance_page.toyworld(RECORD | dict(rows=rows))
    assert '| data set | drawn | drawn and packed |' in text and '| ToyWorldFace | 170 | 160 |' in text


def test_the_newest_record_of_a_kind_is_taken(monkeypatch, tmp_path):
    for day in ('2026-02-01', '2026-01-31'):
        write_record([dict(day=day)], tmp_path / f'{day}-whole-steps.json')
    monkeypatch.setattr(performance_page, 'RECORDS', tmp_path)
    assert performance_page.newest('whole-steps')['rows'] == [dict(day='2026-02-01')]
    assert performance_page.newest('compile-matrix') is None


def test_the_largest_picture_stays_within_the_memory():
    # 100 MiB stand, 500 a megapixel: 500 x 1000 pixels and no more fit into 100 + 500 * 0.4768
    fits = 100 + 500 * 500 * 1000 / 2 ** 20
    assert largest_size(fits, 100, 500, multiple=4) == (500, 1000)
    assert largest_size(fits - 1, 100, 500, multiple=4) == (496, 992)
    assert largest_size(50, 100, 500, multiple=4) == (0, 0)


def test_the_tables_of_a_gpu_hold_what_its_parts_wrote(tmp_path):
    operator = dict(name='sau triton forward', config='(1, 64, 64, 64)', reference_s=2e-3, fast_s=1e-3,
                    speedup=2.0, copy_share=0.7, reference_peak_mb=10.0, fast_peak_mb=1.0)
    write_record([operator], tmp_path / 'sau_float32.json')
    write_record([STEP | dict(config='gaugan/x', variant='fast', seconds=0.5, ratio=2.0, batch=4)],
                 tmp_path / 'steps_gaugan.json')
    inference = dict(config='x', mode='inference', amp=True, step_seconds=0.0125, peak_mb=100.0)
    (tmp_path / 'inference_amp.json').write_text(json.dumps([inference]))
    rows = _gpu_table.gather(tmp_path)
    assert [row['part'] for row in rows] == ['inference_amp', 'sau_float32', 'steps_gaugan']
    text = _gpu_table.tables(rows, 'operators: exit code 0 after 3 s\n')
    assert '| sau triton forward | (1, 64, 64, 64) | 2.000 | 1.000 | 2.00 | 70% | 10 | 1 |' in text
    assert '| gaugan/x | 128x256, 4 | `fast` | 8.00 | 2.00 | 0.88 |' in text
    assert '| x | bfloat16 | 12.5 | 100 |' in text and '- operators: exit code 0 after 3 s' in text
