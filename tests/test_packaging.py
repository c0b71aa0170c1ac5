"""A wheel holds what a user needs who has no checkout: configs, metafiles, weights, judges, tools."""
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import cv2
import numpy as np
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
    out = tmp_path_factory.mktemp('wheel')
    tree = out / 'tree'
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
    run([sys.executable, '-m', 'pip', 'wheel', '-q', '--no-deps', '--no-build-isolation', '--wheel-dir',
         str(out), str(tree)])
    return next(out.glob('*.whl'))


def test_a_wheel_holds_configs_metafiles_tools_and_judges(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    for folder in ('configs', 'tools', 'demo'):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob('*')
                 if path.suffix in ('.py', '.yml', '.sh', '.js', '.css', '.jpg', '.json', '.csv')}
        assert {f'ggtoolbox/.mim/{name}' for name in files} <= held
    assert {'ggtoolbox/.mim/model-index.yml', 'ggtoolbox/py.typed', 'ggtoolbox/apis/__init__.pyi'} <= held
    judges = {path.name for path in (ROOT / 'ggtoolbox/evaluation/judges').iterdir() if path.is_file()}
    assert {f'ggtoolbox/evaluation/judges/{name}' for name in judges} <= held
    assert not [name for name in held if '__pycache__' in name or name.startswith(('tests/', 'configs/'))]


@pytest.fixture(scope='module')
def fresh(wheel, tmp_path_factory):
    """A function that runs a program of a new virtual environment, which holds the wheel of an sdist.
    Of this one it has the packages, so that nothing is downloaded, and no more."""
    out, place = tmp_path_factory.mktemp('dist'), tmp_path_factory.mktemp('fresh') / 'env'
    run([sys.executable, '-m', 'build', '--no-isolation', '--outdir', str(out), str(wheel.parent / 'tree')])
    run([sys.executable, '-m', 'venv', '--without-pip', str(place)])
    run([sys.executable, '-m', 'pip', '--python', str(place / 'bin/python'), 'install', '--no-deps',
         '--no-index', '--ignore-installed', str(next(out.glob('*.whl')))])
    site = next(place.glob('lib/python*/site-packages'))
    (site / 'ours.pth').write_text(f'{sysconfig.get_path("purelib")}\n')

    def program(*words, cwd):
        return run([str(place / 'bin' / words[0]), *words[1:]], cwd=cwd,
                   env={'PATH': f'{place}/bin', 'HOME': str(cwd), 'OMP_NUM_THREADS': '1'}).stdout
    return program


def run(words, **more):
    done = subprocess.run(words, capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done


COMPONENT = """
from torch.nn import functional as F

from ggtoolbox.models.upsamplers.base import Upsampler
from ggtoolbox.registry import UPSAMPLERS


@UPSAMPLERS.register_module()
class AreaUpsampler(Upsampler):
    def upsample(self, x, guide):
        return F.interpolate(x, scale_factor=self.scale, mode='area')
"""
CHANGES = """
custom_imports = dict(imports=['my_upsampler'])
model['generator'].update(channels=4, norm_hidden_channels=4, upsampler=dict(type='AreaUpsampler'))
train_cfg.update(max_iters=2, val_interval=2)
train_dataloader.update(batch_size=2, num_workers=0, persistent_workers=False)
val_dataloader = test_dataloader = dict(batch_size=2, num_workers=0, persistent_workers=False,
                                        dataset=dict(length=2))
"""


@pytest.mark.long
def test_a_fresh_environment_trains_and_infers_with_a_component_of_its_own(fresh, tmp_path):
    """From a folder in which nothing is but what a user puts there."""
    assert fresh('ggtoolbox', '--version', cwd=tmp_path) == fresh('python', '-m', 'ggtoolbox', '--version',
                                                                  cwd=tmp_path)
    where = fresh('python', '-c', 'import ggtoolbox; print(ggtoolbox.__file__)', cwd=tmp_path).strip()
    assert 'fresh' in where and str(ROOT) not in where
    fresh('ggtoolbox', 'config', 'gaugan_toyworld-64', '--copy', 'my.py', cwd=tmp_path)
    (tmp_path / 'my_upsampler.py').write_text(COMPONENT)
    with (tmp_path / 'my.py').open('a') as file:
        file.write(CHANGES)
    fresh('ggtoolbox', 'train', 'my.py', cwd=tmp_path)
    cv2.imwrite(str(tmp_path / 'map.png'), np.tile(np.arange(64, dtype=np.uint8) // 4, (64, 1)))
    fresh('ggtoolbox', 'infer', 'my.py', 'work_dirs/my/iter_2.pth', 'map.png', '--out', 'out', cwd=tmp_path)
    assert cv2.imread(str(tmp_path / 'out/map.png')).shape == (64, 64, 3)
    assert NAME in fresh('ggtoolbox', 'models', '--shipped', cwd=tmp_path)
    assert '--models' in fresh('ggtoolbox', 'demo', '--help', cwd=tmp_path)
    script = USE.format(site=str(Path(where).parents[1]))
    config, models, parameters = fresh('python', '-c', script, cwd=tmp_path).split()[-3:]
    assert Path(config) == Path(where).parent / f'.mim/configs/gesturegan/{NAME}.py'
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
