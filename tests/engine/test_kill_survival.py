"""Runs that are killed at random moments lose nothing; tests/kill_survival.py as a command does it longer."""
import pytest
from kill_survival import survive
from small_run import write_small_run


@pytest.mark.parametrize(('kills', 'plan'), [
    (1, dict(iterations=2, save_every=1, validate_every=2)),
    pytest.param(20, dict(workers=1), marks=pytest.mark.long),
    pytest.param(10, dict(processes=2), marks=pytest.mark.long)])
def test_nothing_is_lost(tmp_path, kills, plan):
    found = survive(str(write_small_run(tmp_path)), kills, **plan)
    assert found.lost == [] and found.kills.total() >= kills and found.runs >= 1
