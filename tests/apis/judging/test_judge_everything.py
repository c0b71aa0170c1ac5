"""The order of things, with light stand-ins for what trains, publishes, measures and times."""
import json
from pathlib import Path

import pytest

from ggtoolbox.apis.analysis.benchmark import Measurement
from ggtoolbox.apis.analysis.complexity import NetworkCost
from ggtoolbox.apis.judging import everything as driver
from ggtoolbox.apis.judging import row as judged_row
from ggtoolbox.apis.judging.row import Place
from ggtoolbox.apis.judging.training import plan_run
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.table import Row

CONFIGS = Path(__file__).parents[3] / 'configs'
NAMES = ('gaugan/gaugan', 'wgan_gp/wgan_gp', 'xinggan/xinggan')
VALUES = {'PSNR': float('inf'), 'SSIM': 0.5, 'FD_judge': 12.0}


@pytest.fixture
def done(tmp_path, monkeypatch):
    """What was done, in order; nothing of it takes time."""
    calls = []

    def train(run, tools):
        calls.append(f'train {run.name}')
        if (tmp_path / f'{run.name}.fails').exists():
            raise InputError(f'{run.name}: the training failed')
        run.final_checkpoint.parent.mkdir(parents=True, exist_ok=True)
        if not run.final_checkpoint.exists():
            run.final_checkpoint.write_text(run.name)
        return run.final_checkpoint

    def publish(checkpoint, cfg, out, command):
        calls.append(f'publish {checkpoint.parent.name}')
        out.mkdir(exist_ok=True)
        path = out / f'{checkpoint.parent.name}.safetensors'
        path.write_text(checkpoint.read_text())
        return path

    def measure(cfg, weights, protocol, images):
        calls.append(f'measure {Path(cfg.filename).stem}')
        return [Row(name, value, 4, '') for name, value in VALUES.items()]

    def benchmark(cfg, settings):
        calls.append(f'time {Path(cfg.filename).stem}')
        return Measurement('train', 0.25, 100.0, 4, settings.iterations, False, False, 'a machine')

    costs = [NetworkCost('generator', 'generator', 2_000_000, 5 * 10 ** 9),
             NetworkCost('discriminator', 'discriminator', 250_000, 3 * 10 ** 9)]
    monkeypatch.setattr(judged_row, 'model_complexity', lambda cfg: costs)
    for name, stand_in in dict(train_in_process=train, publish=publish, measure=measure,
                               benchmark=benchmark).items():
        monkeypatch.setattr(judged_row, name, stand_in)
    monkeypatch.setattr(judged_row, 'read_log', lambda work_dir: [dict(iter=10, time=0.5)])
    monkeypatch.setattr(judged_row, 'copy_baseline', lambda cfg, key: calls.append(f'copy {key}') or VALUES)
    return calls


def judge(tmp_path, tell=lambda line: None, timing='missing'):
    runs = [plan_run(CONFIGS / f'{name}_toyworld-64.py', tmp_path / 'runs', iterations=10) for name in NAMES]
    return driver.judge_everything(runs, Place(tmp_path, tmp_path), timing=timing, tell=tell)


def test_everything_is_done_once(tmp_path, done):
    gaugan, _, _ = judge(tmp_path)
    names = [Path(name).name + '_toyworld-64' for name in NAMES]
    assert [call for call in done if call.startswith('publish')] == [f'publish {name}' for name in names]
    assert done[-3:] == [f'time {name}' for name in names]  # when nothing else runs any more
    copied = [call.removeprefix('copy ') for call in done if call.startswith('copy')]
    assert copied == ['target_image', 'target_image', 'source_image', 'target_image', 'source_image']
    assert gaugan['metrics'] == {'PSNR': None, 'SSIM': 0.5, 'FD_judge': 12.0}
    assert gaugan['seconds'] == 5.0 and gaugan['iterations'] == 10 and gaugan['step_seconds'] == 0.25
    assert gaugan['parameters'] == dict(generator=2_000_000, discriminator=250_000)
    assert gaugan['gflops'] == dict(generator=5, discriminator=3)
    assert gaugan['system'] == 'gaugan'
    assert gaugan['command'].startswith('python tools/train.py configs/gaugan/gaugan_toyworld-64.py --seed 0')
    done.clear()
    assert judge(tmp_path)[0] == gaugan
    assert done == [f'train {name}' for name in names]  # each finds its final checkpoint there


def test_images_of_a_system_that_is_not_guided_are_judged_as_a_set_alone(tmp_path, done):
    gaugan, wgan_gp, xinggan = judge(tmp_path)
    assert wgan_gp['metrics'] == {'FD_judge': 12.0}
    assert set(gaugan['metrics']) == set(xinggan['metrics']) == set(VALUES)


def test_what_has_changed_is_done_again(tmp_path, done, monkeypatch):
    judge(tmp_path)
    done.clear()
    (tmp_path / 'runs/gaugan_toyworld-64/iter_10.pth').write_text('trained longer')
    judge(tmp_path)
    assert [call for call in done if not call.startswith('train')] == \
        [f'{action} gaugan_toyworld-64' for action in ('publish', 'measure', 'time')]
    done.clear()
    monkeypatch.setattr(judged_row, 'protocol_digest', lambda name, images: f'another {name}')
    judge(tmp_path)
    assert sum(call.startswith('measure') for call in done) == 3
    assert not any(call.startswith(('publish', 'time')) for call in done)


def test_steps_are_timed_when_it_is_asked_for(tmp_path, done):
    assert 'step_seconds' not in judge(tmp_path, timing='never')[0]
    assert not any(call.startswith('time') for call in done)
    for timing, calls in (('missing', 3), ('missing', 3), ('again', 6)):
        judge(tmp_path, timing=timing)
        assert sum(call.startswith('time') for call in done) == calls


def test_one_failure_does_not_stop_the_others(tmp_path, done):
    (tmp_path / 'gaugan_toyworld-64.fails').touch()
    told = []
    with pytest.raises(InputError, match='1 of 3 systems could not be judged: gaugan_toyworld-64'):
        judge(tmp_path, told.append)
    assert 'gaugan_toyworld-64: gaugan_toyworld-64: the training failed' in told
    assert (tmp_path / 'rows/xinggan_toyworld-64.json').is_file()
    assert 'time xinggan_toyworld-64' in done


def test_the_tables_hold_what_the_rows_say(tmp_path, done):
    rows = judge(tmp_path)
    content = json.loads((tmp_path / 'toyworld.json').read_text())
    assert content['systems'] == rows and set(content['references']) == \
        {'toyworld_street', 'toyworld_face', 'toyworld_figure'}
    page = (tmp_path / 'toyworld.md').read_text()
    assert 'Timed on: a machine.' in page and page.count('*the source image*') == 2
    street = page[page.index('## Street scenes'):page.index('## People')]
    assert '| config | PSNR | SSIM | FD_judge | iterations x batch |' in street
    assert '| `gaugan_toyworld-64` | – | 0.5000 | 12.00 | 10 x 4 | 2.00M + 0.25M | 0.250 | 100 |' in street
    assert street.rstrip().endswith('| 2.00M + 0.25M | 0.250 | 100 |')
