import builtins
import json

import numpy as np
import pytest
from PIL import Image

from ggtoolbox.apis.analysis.plotting import plot_logs
from ggtoolbox.apis.analysis.run_logs import match_keys, read_log, training_seconds
from ggtoolbox.errors import InputError


def write_log(work_dir, stamp, records):
    folder = work_dir / stamp / 'vis_data'
    folder.mkdir(parents=True)
    (folder / 'scalars.json').write_text('\n'.join(map(json.dumps, records)))
    return work_dir


def training(iteration, loss, time=0.5):
    return {'generator/loss_pixel': loss, 'time': time, 'iter': iteration, 'step': iteration}


@pytest.fixture
def resumed(tmp_path):
    """A run that was killed after iteration 30 and went on from its checkpoint at 20."""
    first = [training(10, 3.0), training(20, 2.0), dict(SSIM=0.5, time=9.0, step=0), training(30, 7.0)]
    second = [training(30, 1.5, 0.25), training(40, 1.0, 0.25), dict(SSIM=0.6, step=0)]
    write_log(tmp_path / 'run', '20260101_000000', first)
    return write_log(tmp_path / 'run', '20260101_010000', second)


def test_a_resumed_run_is_one_curve(resumed):
    records = read_log(resumed)
    assert [(r['iter'], r['generator/loss_pixel']) for r in records if 'generator/loss_pixel' in r] == \
        [(10, 3.0), (20, 2.0), (30, 1.5), (40, 1.0)]
    assert [(r['iter'], r['SSIM']) for r in records if 'SSIM' in r] == [(20, 0.5), (40, 0.6)]


def test_the_time_of_iterations_is_summed_and_that_of_validation_is_not(resumed):
    assert training_seconds(read_log(resumed), 40) == 20 * 0.5 + 20 * 0.25
    assert training_seconds(read_log(resumed), 44) == 1.1 * 15  # four more than were logged
    assert np.isnan(training_seconds([], 5))


def test_patterns_find_what_is_logged(resumed):
    records = read_log(resumed)
    assert match_keys(records, ['SSIM', 'generator/*'], 'log') == ['generator/loss_pixel', 'SSIM']
    with pytest.raises(InputError, match="nothing is logged as 'SSIN'; did you mean 'SSIM'"):
        match_keys(records, ['SSIN'], 'log')


def test_what_is_no_log_is_refused(tmp_path):
    with pytest.raises(InputError, match='expected a work dir'):
        read_log(tmp_path)
    (tmp_path / 'scalars.json').write_text('{"iter": 1}\nnothing')
    with pytest.raises(InputError, match='expected a JSON object in each line'):
        read_log(tmp_path / 'scalars.json')


def test_a_panel_a_key_and_a_curve_a_run(resumed, tmp_path):
    other = write_log(tmp_path / 'other', '20260101_000000', [training(10, 4.0), training(20, 3.0)])
    out = tmp_path / 'plots/curves.png'
    assert plot_logs([resumed, other], ['SSIM', 'time', 'generator/*'], out) == \
        ['generator/loss_pixel', 'time', 'SSIM']
    three = np.array(Image.open(out).convert('RGB'))
    plot_logs([resumed], ['time'], out)
    one = np.array(Image.open(out).convert('RGB'))
    assert three.shape[:2] == (2 * one.shape[0], 2 * one.shape[1])
    assert len(np.unique(three.reshape(-1, 3), axis=0)) > 2


def test_plots_say_what_to_install_and_what_they_cannot_write(resumed, tmp_path, monkeypatch):
    with pytest.raises(InputError, match='expected 1 names'):
        plot_logs([resumed], ['SSIM'], tmp_path / 'a.png', ['a', 'b'])
    with pytest.raises(InputError, match='cannot be written so'):
        plot_logs([resumed], ['SSIM'], tmp_path / 'a.xyz')
    real = builtins.__import__

    def without_matplotlib(name, *rest):
        if name.startswith('matplotlib'):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, '__import__', without_matplotlib)
    with pytest.raises(InputError, match=r"pip install 'ggtoolbox\[plots\]'"):
        plot_logs([resumed], ['SSIM'], tmp_path / 'a.png')
