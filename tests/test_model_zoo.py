"""The model zoo says what is there: page, index, metafiles, configs and weights agree."""
import json
import shutil
from pathlib import Path

import pytest
import torch
import yaml

from ggtoolbox.apis.zoo.metafiles import RESULTS, WEIGHTS, count_parameters, zoo_files
from ggtoolbox.apis.zoo.models import METAFILES, read_metafile
from ggtoolbox.errors import InputError
from ggtoolbox.fetching import file_sha256
from ggtoolbox.safe_load import load_tensors, save_safetensors

ROOT = Path(__file__).resolve().parents[1]
FILES = {path: read_metafile(path) for path in sorted(ROOT.glob(METAFILES))}
MODELS = [model for content in FILES.values() for model in content['Models']]
EACH_MODEL = pytest.mark.parametrize('model', MODELS, ids=lambda model: model['Name'])


def test_every_written_file_is_up_to_date():
    assert [str(path) for path in zoo_files(ROOT, recount=False)] == [], 'run python tools/model_zoo.py'


@pytest.mark.long
@EACH_MODEL
def test_parameters_are_those_of_the_config(model):
    assert model['Metadata']['Parameters'] == count_parameters(ROOT / model['Config'])


def test_every_config_is_in_one_metafile():
    configs = {path.relative_to(ROOT).as_posix() for path in (ROOT / 'configs').glob('*/*.py')
               if path.parent.name != '_base_'}
    named = [model['Config'] for model in MODELS]
    assert sorted(named) == sorted(configs)


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.parent.name)
def test_a_metafile_is_as_mim_reads_it(path):
    content = FILES[path]
    collections = {collection['Name'] for collection in content['Collections']}
    assert content.keys() == {'Collections', 'Models'}
    for collection in content['Collections']:
        assert collection['Paper'].keys() == {'Title', 'URL'} and collection['Metadata']['Architecture']
        assert collection.get('Code', {'URL': ''}).keys() == {'URL'}
    for model in content['Models']:
        assert model['In Collection'] in collections
        config = Path(model['Config'])
        assert model['Name'] == config.stem and config.parts[1] == path.parent.name
        assert model['Metadata'].keys() == {'Training Data', 'Parameters'}
        for row in model.get('Results', ()):
            assert {'Task', 'Dataset', 'Metrics', 'Command', 'Training', 'Hardware'} <= row.keys()
        for row in (*model.get('Results', ()), *model.get('Paper Results', ())):
            assert row['Metrics'] and {type(value) for value in row['Metrics'].values()} <= {int, float}
        assert all(row.keys() == {'Table', 'Dataset', 'Metrics'} for row in model.get('Paper Results', ()))


def test_the_index_imports_every_metafile():
    index = yaml.safe_load((ROOT / 'model-index.yml').read_text())
    assert index == dict(Import=[path.relative_to(ROOT).as_posix() for path in FILES])


def test_weights_are_the_stated_ones_and_small():
    shipped = sorted((ROOT / WEIGHTS).glob('*.safetensors'))
    stated = {model['Weights']: model for model in MODELS if 'SHA256' in model}
    assert sorted(stated) == [path.relative_to(ROOT).as_posix() for path in shipped]
    for path in shipped:
        model = stated[path.relative_to(ROOT).as_posix()]
        assert (file_sha256(path), path.stat().st_size) == (model['SHA256'], model['Size'])
        assert load_tensors(path)['meta']['config'] == model['Name'] and model['Size'] <= 8e6
    assert sum(path.stat().st_size for path in shipped) <= 60e6


@pytest.fixture
def small_zoo(tmp_path):
    """A checkout with one system."""
    shutil.copytree(ROOT / 'configs/_base_', tmp_path / 'configs/_base_')
    folder = tmp_path / 'configs/cyclegan'
    folder.mkdir()
    shutil.copy(ROOT / 'configs/cyclegan/cyclegan_toyworld-64.py', folder)
    entry = {'Name': 'cyclegan_toyworld-64', 'In Collection': 'CycleGAN',
             'Config': 'configs/cyclegan/cyclegan_toyworld-64.py', 'Metadata': {'Training Data': 'ToyWorld'},
             'Paper Results': [dict(Table='table 1', Dataset='maps', Metrics=dict(FID=1.5))]}
    collection = dict(Name='CycleGAN', Paper=dict(Title='Cycles', URL='https://example.org'))
    (folder / 'metafile.yml').write_text(yaml.safe_dump(dict(Collections=[collection], Models=[entry])))
    return tmp_path


def write(files):
    for path, text in files.items():
        path.write_text(text)


def add_weights(root, name='cyclegan_toyworld-64', inside='cyclegan_toyworld-64', value=0.0):
    path = root / WEIGHTS / 'new.safetensors'
    save_safetensors(path, dict(w=torch.full((3,), value)), dict(config=inside))
    return path.rename(path.with_name(f'{name}-{file_sha256(path)[:8]}.safetensors'))


def test_fields_are_counted_and_measured(small_zoo):
    weights = add_weights(small_zoo)
    row = dict(config='cyclegan_toyworld-64', protocol='toyworld_street', images=512,
               metrics=dict(SSIM=0.123456, FD=None), command='train it', hardware='2 cores',
               sha256=file_sha256(weights))
    write_results(small_zoo, row)
    files = zoo_files(small_zoo)
    assert {path.name for path in files} == {'metafile.yml', 'model-index.yml', 'model_zoo.md'}
    write(files)
    model = read_metafile(small_zoo / 'configs/cyclegan/metafile.yml')['Models'][0]
    counts = model['Metadata'].pop('Parameters')
    assert counts['generator'] == counts['inverse_generator'] > 0
    assert model['SHA256'] == file_sha256(weights) and model['Size'] == weights.stat().st_size
    assert model['Weights'] == f'{WEIGHTS}/{weights.name}'
    test = 'python tools/test.py cyclegan_toyworld-64 --protocol toyworld_street'
    assert model['Results'] == [dict(
        Task='Guided Image Generation', Dataset='ToyWorld', Metrics=dict(SSIM=0.1235), Images=512,
        Command=test, Training='train it', Hardware='2 cores')]
    assert model['Metadata'] == {'Training Data': 'ToyWorld'}
    assert model['Paper Results'][0]['Table'] == 'table 1'
    page = (small_zoo / 'model_zoo.md').read_text()
    assert 'FID 1.5 (table 1) | SSIM 0.1235 |' in page and model['SHA256'] in page
    assert f'`{test}`, 512 images, after `train it` (2 cores)' in page
    assert f'| {counts["generator"] / 1e6:.2f} |' in page
    assert zoo_files(small_zoo) == {}


def write_results(root, *rows):
    (root / RESULTS).parent.mkdir(parents=True)
    (root / RESULTS).write_text(json.dumps(dict(systems=rows, references={})))


def test_figures_of_other_weights_are_refused(small_zoo):
    add_weights(small_zoo)
    write_results(small_zoo, dict(config='cyclegan_toyworld-64', metrics={}, sha256='1234'),
                  dict(config='an_ablation', metrics={}, sha256='1'))
    with pytest.raises(InputError, match=r'are not those that .*toyworld.json measured \(sha256 1234\)'):
        zoo_files(small_zoo, recount=False)


def test_what_goes_out_of_date_is_found(small_zoo):
    weights = add_weights(small_zoo)
    write(zoo_files(small_zoo))
    weights.unlink()
    stale = zoo_files(small_zoo, recount=False)
    assert {path.name for path in stale} == {'metafile.yml', 'model_zoo.md'}
    write(stale)
    assert 'Weights' not in read_metafile(small_zoo / 'configs/cyclegan/metafile.yml')['Models'][0]
    page = small_zoo / 'model_zoo.md'
    page.write_text(page.read_text().replace('1.5', '1.4'))
    assert [*zoo_files(small_zoo, recount=False)] == [page]


def test_weights_that_nobody_can_place(small_zoo):
    path = add_weights(small_zoo, inside='another')
    with pytest.raises(InputError, match="found the config 'another' inside"):
        zoo_files(small_zoo, recount=False)
    path.unlink()
    path = add_weights(small_zoo, name='strange', inside='strange')
    with pytest.raises(InputError, match='no metafile names the model strange'):
        zoo_files(small_zoo, recount=False)
    path.unlink()
    for value in (0.0, 1.0):
        add_weights(small_zoo, value=value)
    with pytest.raises(InputError, match='are weights of the same model'):
        zoo_files(small_zoo, recount=False)


@pytest.mark.parametrize('text, sentence', [
    ('a: [', 'expected a metafile in YAML'), ('Models: []', "expected a list 'Collections'"),
    ('{Collections: [], Models: [{Name: x}]}', "the model x lacks 'In Collection'")])
def test_a_metafile_that_cannot_be_read(tmp_path, text, sentence):
    (tmp_path / 'metafile.yml').write_text(text)
    with pytest.raises(InputError, match=sentence):
        read_metafile(tmp_path / 'metafile.yml')
