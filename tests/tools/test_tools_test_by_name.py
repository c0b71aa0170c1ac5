"""tools/test.py by the name of a model of the zoo."""
import json
import shlex

import pytest
from in_process import ROOT, run

from ggtoolbox.apis.zoo.models import METAFILES, read_metafile

MEASURED = [(model['Name'], row) for path in sorted(ROOT.glob(METAFILES))
            for model in read_metafile(path)['Models'] if 'SHA256' in model
            for row in model.get('Results', ())]


def test_a_model_whose_weights_are_not_shipped(tmp_path):
    said = run('test.py', 'gaugan_cityscapes-512x256', '--work-dir', tmp_path, fails=True)
    assert 'gaugan_cityscapes-512x256: its weights are not shipped; convert the released ones' in said


def test_a_name_that_nobody_has():
    assert "did you mean 'gaugan_toyworld-64'" in run('test.py', 'gaugan_toywrld-64', fails=True)


@pytest.mark.long
@pytest.mark.parametrize('name, row', MEASURED, ids=[name for name, _ in MEASURED])
def test_shipped_weights_reach_the_stated_figures(name, row, tmp_path):
    """By the command that the page states."""
    _, tool, *arguments = shlex.split(row['Command'])
    run(tool.removeprefix('tools/'), *arguments, '--out', tmp_path, '--work-dir', tmp_path)
    found = json.loads((tmp_path / 'metrics.json').read_text())['metrics']
    stated = row['Metrics']
    assert {key: found.get(key) for key in stated} == pytest.approx(stated, rel=0.01, abs=1e-3)
