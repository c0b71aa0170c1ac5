"""The table of what scales how: its arithmetic, and that the page's numbers are those of the script."""
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCALING = runpy.run_path(str(ROOT / 'benchmarks/scaling.py'))


def test_a_ring_exchanges_twice_what_there_is():
    step = SCALING['Step']('any', 1.0, 25_000_000)
    assert step.exchange(2, 1e8) == pytest.approx(1.0) and step.exchange(1000, 1e8) == pytest.approx(1.998)
    assert step.efficiency(2, 1e8) == pytest.approx(0.5) and step.efficiency(1, 1e8) == 1


def test_the_page_has_what_the_script_prints():
    section = (ROOT / 'docs/many_gpus.md').read_text().split('## What scales how')[1].split('\n## ')[0]
    head, _, *rows = [line for line in section.splitlines() if line.startswith('|')]
    assert [cell.strip() for cell in head.split('|')[4:-1]] == [
        f'{link}, {n}' for link in SCALING['LINKS'] for n in SCALING['PROCESSES']]
    assert len(rows) > 5
    for row in rows:
        system, seconds, megabytes, *shares = [cell.strip() for cell in row.split('|')[1:-1]]
        step = SCALING['Step'](system, float(seconds), float(megabytes) * 1e6 / SCALING['BYTES'])
        computed = [100 * step.efficiency(n, rate) for rate in SCALING['LINKS'].values()
                    for n in SCALING['PROCESSES']]
        for shown, share in zip(shares, computed, strict=True):
            assert abs(int(re.match(r'\d+', shown)[0]) - share) < 1
