"""A wheel holds what a user needs who has no checkout: configs, metafiles, weights, judges, tools."""
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch

from ggtoolbox.apis import list_models, load_config
from ggtoolbox.apis.zoo.metafiles import WEIGHTS, zoo_files
from ggtoolbox.apis.zoo.publishing import publish
from ggtoolbox.registry import MODELS

ROOT = Path(__file__).resolve().parents[1]
NAME = 'gesturegan_toyworld-64'
USE = f"""
import ggtoolbox
from ggtoolbox.apis import find_model, init_model, list_models
assert ggtoolbox.__file__.startswith({{site!r}}), ggtoolbox.__file__
entry = find_model({NAME!r})
print(entry.config, len(list_models()), sum(p.numel() for p in init_model({NAME!r}).generator.parameters()))
"""


@pytest.fixture(scope='module')
def wheel(tmp_path_factory):
    """Of a copy of this checkout in which one model has weights."""
    tree, out = tmp_path_factory.mktemp('tree'), tmp_path_factory.mktemp('wheel')
    hidden = shutil.ignore_patterns('__pycache__', '.mim')
    for folder in ('ggtoolbox', 'configs', 'tools', 'demo'):
        shutil.copytree(ROOT / folder, tree / folder, ignore=hidden)
    for name in ('setup.py', 'pyproject.toml', 'MANIFEST.in', 'README.md', 'model-index.yml'):
        shutil.copy(ROOT / name, tree)
    config = ROOT / f'configs/gesturegan/{NAME}.py'
    for path in (tree / WEIGHTS).glob(f'{NAME}-*'):
        path.unlink()
    torch.save(dict(state_dict=MODELS.build(load_config(config).model).state_dict()), out / 'a.pth')
    publish(out / 'a.pth', config, tree / WEIGHTS)
    for path, text in zoo_files(tree, recount=False).items():
        path.write_text(text)
    subprocess.run([sys.executable, '-m', 'pip', 'wheel', '-q', '--no-deps', '--no-build-isolation',
                    '--wheel-dir', str(out), str(tree)], check=True, capture_output=True, text=True)
    return next(out.glob('*.whl'))


def test_a_wheel_holds_configs_metafiles_tools_and_judges(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    for folder in ('configs', 'tools', 'demo'):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob('*')
                 if path.suffix in ('.py', '.yml', '.sh', '.js', '.css')}
        assert {f'ggtoolbox/.mim/{name}' for name in files} <= held
    assert {'ggtoolbox/.mim/model-index.yml', 'ggtoolbox/py.typed'} <= held
    judges = {path.name for path in (ROOT / 'ggtoolbox/evaluation/judges').iterdir() if path.is_file()}
    assert {f'ggtoolbox/evaluation/judges/{name}' for name in judges} <= held
    assert not [name for name in held if '__pycache__' in name or name.startswith(('tests/', 'configs/'))]


@pytest.mark.long
def test_a_model_is_found_by_name_where_there_is_no_checkout(wheel, tmp_path):
    site = tmp_path / 'site'
    zipfile.ZipFile(wheel).extractall(site)
    done = subprocess.run([sys.executable, '-c', USE.format(site=str(site))], cwd=tmp_path, check=True,
                          env={'PYTHONPATH': str(site), 'PATH': ''}, capture_output=True, text=True)
    config, models, parameters = done.stdout.split()[-3:]
    assert Path(config) == site / f'ggtoolbox/.mim/configs/gesturegan/{NAME}.py'
    assert int(models) == len(list_models()) and int(parameters) > 0


def test_the_pinned_sets_hold_what_setup_names(monkeypatch):
    said = {}
    monkeypatch.setattr('setuptools.setup', lambda **settings: said.update(settings))
    runpy.run_path(str(ROOT / 'setup.py'))

    def names(lines):
        return {re.split('[=<>]', line)[0] for line in lines if line[:1] not in ('', '#', '-')}

    training, tests = (names((ROOT / f'requirements{end}.txt').read_text().splitlines())
                       for end in ('', '-tests'))
    extras = {extra: names(lines) for extra, lines in said['extras_require'].items()}
    assert names(said['install_requires']) <= training and not training & tests
    assert extras['tests'] <= training | tests
    assert not training & (extras['demo'] | extras['export'] | extras['docs'])
