"""The golden cases that lie in the repository, and the runner that compares with them."""
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
GOLDENS = HERE.parent / 'data' / 'goldens'
sys.path.insert(0, str(HERE))

import run  # noqa: E402
from golden import Golden  # noqa: E402

# Full widths of networks that are compared narrow as well, and LGGAN's steps, in double precision; its losses
# and, of the cross-view system, its gradients are compared in every run.
LONG = ('dagan_generator_full', 'lggan_city_generator_full', 'lggan_city_step')
CASES = [pytest.param(case, id=case.name, marks=[pytest.mark.long] * (case.name in LONG))
         for case in run.find_cases([str(GOLDENS)])]


@pytest.mark.parametrize('case', CASES)
def test_equals_the_released_network(case, capsys):
    verdict = run.run_case(case)
    case.__dict__.pop('official_state', None)  # cached; all cases together would fill the memory
    assert verdict == 'passed', capsys.readouterr().out


def write_case(folder, source='spade_ganloss', name=None, config=None, **outputs):
    """A copy of a case with other outputs, or with a few options changed."""
    meta = json.loads((GOLDENS / f'{source}.json').read_text())
    meta['name'] = name or source
    meta['config'].update(config or {})
    (folder / f'{meta["name"]}.json').write_text(json.dumps(meta))
    np.savez(folder / f'{meta["name"]}.npz', **{**Golden(GOLDENS / source).expected, **outputs})


def test_a_line_for_each_output_and_a_last_one(tmp_path, capsys):
    write_case(tmp_path)
    write_case(tmp_path, name='spade_else', config=dict(runner='else'))
    write_case(tmp_path, name='unheard_of')
    (tmp_path / 'notes.json').write_text('{}')
    assert run.main([str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 13
    assert lines[0].split()[:2] == ['spade_ganloss', 'hinge_D_fake']
    assert lines[0].split()[3] == 'ok'
    assert lines[-1] == 'cases: 1 passed, 0 failed, 2 not covered'


def test_a_wrong_or_missing_output_fails(tmp_path, capsys):
    right = Golden(GOLDENS / 'spade_ganloss').expected['ls_G']
    write_case(tmp_path, ls_G=right * np.float32(1.0003), another=right)
    assert run.main([str(tmp_path / 'spade_ganloss.json')]) == 1
    lines = {line.split()[1]: line.split()[2:] for line in capsys.readouterr().out.splitlines()}
    assert lines['ls_G'] == ['3.00e-04', 'FAIL']
    assert lines['another'][1] == 'MISSING'
    assert lines['0'] == ['passed,', '1', 'failed,', '0', 'not', 'covered']


def test_an_official_tensor_without_a_place_fails(tmp_path, capsys):
    meta = json.loads((GOLDENS / 'spade_encoder.json').read_text())
    meta['state'].append(['layer9.extra', [3]])
    (tmp_path / 'spade_encoder.json').write_text(json.dumps(meta))
    shutil.copy(GOLDENS / 'spade_encoder.npz', tmp_path)
    assert run.main([str(tmp_path)]) == 1
    assert "no place for 'layer9.extra'" in capsys.readouterr().err


def test_tolerances_follow_output_notes_and_rounding():
    step = Golden(GOLDENS / 'spade_step')
    assert step.tolerance('step1_G_GAN') == 1e-5
    assert step.tolerance('step1_D_D_real') == step.tolerance('sumsq.netG.fc.weight') == 1e-4
    assert step.tolerance('buffer.netG.up_1.conv_0.weight_u') == 2e-3
    assert step.tolerance('gradnorm.netG.fc.weight') == pytest.approx(9.8e-3)
    step.meta['notes'] = ''
    assert step.tolerance('delta_l1.netG.fc.weight') == 5e-3
    assert step.tolerance('step1_G_GAN') == 1e-4
    assert Golden(GOLDENS / 'spade_losses').tolerance('fake') == pytest.approx(1.1e-4)


def test_runs_as_a_program():
    command = [sys.executable, str(HERE / 'run.py'), str(GOLDENS / 'spade_ganloss.json')]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == 'cases: 1 passed, 0 failed, 0 not covered'
    result = subprocess.run([*command, 'absent.json'], capture_output=True, text=True)
    assert result.returncode != 0
    assert 'absent.json: expected a golden case' in result.stderr
