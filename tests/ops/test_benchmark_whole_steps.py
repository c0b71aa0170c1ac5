"""Whole steps at small sizes, and the rules by which they are compared."""
import contextlib
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / 'benchmarks'))

import _contender  # noqa: E402
import _systems  # noqa: E402
import whole_steps  # noqa: E402
from _contender import Contender, Contest, compare_steps, contender  # noqa: E402
from _records import read_record  # noqa: E402


def test_a_variant_is_set_against_another_checkout(tmp_path):
    rows = tmp_path / 'rows.json'
    whole_steps.main(['--quick', '--system', 'bigraphgan', '--variant', 'channels_last',
                      '--against', str(ROOT), '--pairs', '1', '--json', str(rows)])
    record = read_record(rows)
    before, now = record['rows']
    assert (before['variant'], now['variant']) == ('against', 'channels_last')
    assert now['ratio'] == now['baseline_seconds'] / now['seconds'] > 0
    assert before['seconds'] == now['baseline_seconds'] and before['ratio'] == 1
    assert all(0 < row['step_mb'] < row['peak_mb'] for row in (before, now))  # how much is up to the kernels
    assert record['versions']['torch'] and '--against' in record['command']


def test_memory_alone(monkeypatch, capsys):
    class Measured:
        facts = dict(size='64x64', batch=2)

        def __init__(self, contest, variant, checkout, exact):
            assert exact
            self.steps, self.said = 0, dict(step_mb=1.0 if variant == 'fast' else 2.0, peak_mb=3.0)

        def step(self):
            self.steps += 1

        def memory(self):
            assert self.steps == 1  # the optimisers' states are made
            return self.said

    monkeypatch.setattr(whole_steps, 'contender', lambda *args, **kwargs: contextlib.nullcontext(
        Measured(*args, **kwargs)))
    rows = whole_steps.measure_memory(Contest('gaugan'), ['default', 'fast'], ROOT)
    assert [(row['variant'], row['step_mb']) for row in rows] == [
        ('against', 2.0), ('default', 2.0), ('fast', 1.0)]
    assert 'peak       3 MB' in capsys.readouterr().out


def test_steps_take_turns_and_neighbours_are_compared():
    class Recorded:
        def __init__(self, times):
            self.times = iter(times)

        def step(self):
            return next(self.times)

    # a step to warm up; the machine is slow in the second pair, which hits both
    found = compare_steps(Recorded([7, 2, 20, 4]), Recorded([9, 1, 10, 1]), pairs=3)
    assert found.pop('first_seconds') >= 0 and found == dict(baseline_seconds=4, seconds=1, ratio=2)
    found = compare_steps(Recorded([9, 9, 4]), Recorded([9, 9, 1]), pairs=1, warm_up=2)
    assert found['ratio'] == 4


def test_a_process_that_fails_is_named(monkeypatch, tmp_path):
    worker = tmp_path / 'worker.py'
    worker.write_text('raise SystemExit(3)')
    monkeypatch.setattr(_contender, 'WORKER', worker)
    with pytest.raises(SystemExit, match='gaugan bf16 .* ended with exit code 3'):
        Contender(Contest('gaugan'), 'bf16')


def test_a_process_ends_whatever_happens(monkeypatch):
    monkeypatch.setattr(Contender, '_answer', lambda self: {})
    with pytest.raises(KeyError), contender(Contest('gaugan'), 'default') as found:
        raise KeyError
    with pytest.raises(ProcessLookupError):
        os.killpg(found.process.pid, 0)


@pytest.mark.parametrize('name', _systems.SYSTEMS)
def test_a_row_of_the_table_has_its_size_and_a_small_form(name):
    system = _systems.find_system(name)
    cfg = _systems.settings_of(system)
    batch, other = _systems.draw_batches(system, cfg, 2, 'cpu')
    assert batch.keys() == other.keys()
    assert all(value.shape[-2:] == system.size for value in batch.values() if value.dim() > 3)
    assert all(len(value) == system.batch for value in batch.values())
    small = _systems.find_system(name, quick=True)
    assert (_systems.CONFIGS / f'{small.config}.py').exists()


def test_streets_are_streets_and_switches_are_turned_on():
    system = _systems.find_system('gaugan')
    cfg = _systems.settings_of(system, 'reuse_fakes+channels_last+bf16')
    batch, = _systems.draw_batches(system, cfg, 1, 'cpu')
    assert 3 < len(batch['label'].unique()) < 35 and 0 < batch['edge'].mean() < 0.3
    assert cfg.model.options.reuse_fakes and cfg.default_hooks.execution.channels_last
    assert cfg.optim_wrapper.generator.type == 'BFloat16OptimWrapper'


def test_an_unknown_switch_is_refused(capsys):
    with pytest.raises(SystemExit):
        whole_steps.main(['--variant', 'bf16+fastt'])
    assert 'found fastt' in capsys.readouterr().err
