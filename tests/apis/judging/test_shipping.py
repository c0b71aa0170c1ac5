"""Judged systems become what the package ships."""
import json
import shutil
from pathlib import Path

import pytest
import torch
import yaml

from ggtoolbox.apis.judging.shipping import ship
from ggtoolbox.apis.zoo.metafiles import RESULTS, WEIGHTS
from ggtoolbox.apis.zoo.models import read_metafile
from ggtoolbox.errors import InputError
from ggtoolbox.fetching import file_sha256
from ggtoolbox.safe_load import save_safetensors

ROOT = Path(__file__).resolve().parents[3]
NAME = 'cyclegan_toyworld-64'


@pytest.fixture
def checkout(tmp_path):
    """One system, with former weights, and a row of another."""
    root = tmp_path / 'checkout'
    shutil.copytree(ROOT / 'configs/_base_', root / 'configs/_base_')
    (root / 'configs/cyclegan').mkdir()
    shutil.copy(ROOT / f'configs/cyclegan/{NAME}.py', root / 'configs/cyclegan')
    collection = dict(Name='CycleGAN', Paper=dict(Title='Cycles', URL='https://example.org'))
    model = {'Name': NAME, 'In Collection': 'CycleGAN', 'Config': f'configs/cyclegan/{NAME}.py',
             'Metadata': {'Training Data': 'ToyWorld', 'Parameters': dict(generator=1)}}
    (root / 'configs/cyclegan/metafile.yml').write_text(
        yaml.safe_dump(dict(Collections=[collection], Models=[model])))
    save(root / WEIGHTS, 0.0)
    (root / 'docs/results').mkdir(parents=True)
    other = row(tmp_path, 0.0) | dict(config='another')
    (root / RESULTS).write_text(json.dumps(dict(systems=[other], references={})))
    return root


def save(folder, value):
    path = folder / 'new.safetensors'
    folder.mkdir(parents=True, exist_ok=True)
    save_safetensors(path, dict(w=torch.full((3,), value)), dict(config=NAME))
    return path.rename(folder / f'{NAME}-{file_sha256(path)[:8]}.safetensors')


def row(out, value):
    weights = save(out / 'weights', value)
    return dict(config=NAME, protocol='toyworld_street', images=512, metrics=dict(SSIM=0.5),
                command='train it', hardware='a core', iterations=10, batch_size=8,
                parameters=dict(generator=5), sha256=file_sha256(weights), size=weights.stat().st_size,
                weights=str(weights.relative_to(out)))


def test_weights_rows_and_metafiles_are_replaced_together(checkout, tmp_path):
    new, real = row(tmp_path, 1.0), dict(reference='real images', metrics=dict(SSIM=1.0))
    (tmp_path / Path(RESULTS).name).write_text(
        json.dumps(dict(systems=[new], references=dict(toyworld_street=[real]))))
    changed = ship([new], tmp_path, checkout)
    shipped, = (checkout / WEIGHTS).iterdir()
    assert file_sha256(shipped) == new['sha256'] and shipped in changed
    systems, references = json.loads((checkout / RESULTS).read_text()).values()
    assert references == dict(toyworld_street=[real])
    assert [system['config'] for system in systems] == ['another', NAME] and systems[1] == new
    assert f'| `{NAME}` | 0.5000 | 10 x 8 |' in (checkout / 'docs/results/toyworld.md').read_text()
    model, = read_metafile(checkout / 'configs/cyclegan/metafile.yml')['Models']
    assert model['SHA256'] == new['sha256'] and model['Results'][0]['Metrics'] == dict(SSIM=0.5)
    assert model['Metadata']['Parameters']['generator'] > 1  # counted anew
    assert shipped.name in (checkout / 'model_zoo.md').read_text()
    text = (checkout / 'model_zoo.md').read_text()
    assert shipped not in ship([new], tmp_path, checkout) and (checkout / 'model_zoo.md').read_text() == text


def test_what_was_not_measured_or_timed_is_not_shipped(checkout, tmp_path):
    new = row(tmp_path, 1.0)
    before = sorted(path.name for path in (checkout / WEIGHTS).iterdir())
    with pytest.raises(InputError, match='has not been timed'):
        ship([{key: value for key, value in new.items() if key != 'hardware'}], tmp_path, checkout)
    with pytest.raises(InputError, match='not the weights that were measured'):
        ship([new | dict(sha256='0' * 64)], tmp_path, checkout)
    assert sorted(path.name for path in (checkout / WEIGHTS).iterdir()) == before
