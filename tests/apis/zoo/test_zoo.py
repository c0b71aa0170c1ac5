import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from mmengine.config import Config

from ggtoolbox.apis import find_model, init_model, list_models, load_config, places
from ggtoolbox.apis.zoo import models as zoo
from ggtoolbox.apis.zoo.publishing import publish
from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS

ROOT = Path(__file__).resolve().parents[3]
NAME = 'gesturegan_toyworld-64'
CONFIG = ROOT / f'configs/gesturegan/{NAME}.py'


@pytest.fixture
def entry(tmp_path, monkeypatch):
    """A zoo of one model with published weights, in the place of the package's; its entry in the metafile."""
    torch.manual_seed(0)
    torch.save(dict(state_dict=MODELS.build(load_config(CONFIG).model).state_dict()), tmp_path / 'a.pth')
    weights = publish(tmp_path / 'a.pth', CONFIG, tmp_path / 'ggtoolbox/weights')
    entry = {'Name': NAME, 'In Collection': 'GestureGAN', 'Config': str(CONFIG),
             'Weights': f'ggtoolbox/weights/{weights.name}', 'Size': weights.stat().st_size,
             'SHA256': hashlib.sha256(weights.read_bytes()).hexdigest()}
    bare = {'Name': 'bare', 'In Collection': 'GestureGAN', 'Config': 'configs/bare.py',
            'Released Weights': {'Convert': 'python convert.py a b'}}

    def write(**changes):
        path = tmp_path / 'configs/gesturegan/metafile.yml'
        path.parent.mkdir(parents=True, exist_ok=True)
        models = [{**entry, **changes}, bare]
        path.write_text(yaml.safe_dump(dict(Collections=[dict(Name='GestureGAN')], Models=models)))
        zoo._entries.cache_clear()
        return entry
    for module in (places, zoo):
        monkeypatch.setattr(module, 'PACKAGE', tmp_path / 'ggtoolbox')
    write()
    yield write
    zoo._entries.cache_clear()


def test_models_of_the_checkout():
    names = list_models()
    assert {'gaugan_sau_toyworld-64', 'scgan_celeba-128'} <= set(names) and names == sorted(names)
    assert list_models('gaugan_sau_t*world-64') == ['gaugan_sau_toyworld-64']
    found = find_model('gaugan_sau_cityscapes-512x256')
    assert found.collection == 'GauGAN+SAU' and found.config.is_file()
    assert found.content['Metadata']['Training Data'] == 'Cityscapes'


def test_a_list_of_models_waits_for_no_runner():
    asks = "import sys, ggtoolbox.apis.zoo.models; sys.exit('mmengine.runner' in sys.modules)"
    assert subprocess.run([sys.executable, '-c', asks], timeout=600).returncode == 0


def test_an_unknown_name_says_the_nearest():
    with pytest.raises(InputError, match="gaugan_sau_toywrld-64: .*; did you mean 'gaugan_sau_toyworld-64'"):
        init_model('gaugan_sau_toywrld-64')


def test_a_model_by_name_path_and_config(entry):
    state = init_model(NAME).state_dict()
    for model in (str(CONFIG), CONFIG, load_config(CONFIG)):
        loaded = init_model(model)
        assert loaded.state_dict().keys() == state.keys() and not loaded.training
        assert all(torch.equal(value, state[name]) for name, value in loaded.state_dict().items())
    assert isinstance(loaded.cfg, Config) and loaded.cfg.model.losses and loaded.discriminator is None
    options = init_model(NAME, cfg_options={'model.options.norm_at_test': 'running'}).options
    assert options.norm_at_test == 'running'


def test_weights_of_another_digest_are_refused(entry):
    entry(SHA256='1234')
    with pytest.raises(InputError, match='its sha256 is .*, expected 1234'):
        init_model(NAME)


def test_weights_that_do_not_lie_in_the_package(entry):
    entry(Weights='ggtoolbox/weights/gone.safetensors')
    with pytest.raises(InputError, match='gone.safetensors: there is no such weights file'):
        init_model(NAME)


def test_weights_at_an_address(entry, tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    entry(Weights='http://127.0.0.1:9/x.safetensors')
    with pytest.raises(InputError, match='x.safetensors: the download failed .*put it at'):
        init_model(NAME)
    cached = tmp_path / 'hub/checkpoints/x.safetensors'
    next((tmp_path / 'ggtoolbox/weights').iterdir()).rename(cached)
    assert init_model(NAME).generator is not None


def test_a_model_without_weights_says_what_to_do(entry):
    with pytest.raises(InputError, match=r'bare: its weights are not shipped; convert the released ones '
                                         r'\(python convert.py a b\), or train it \(ggtoolbox train bare\), '
                                         r'and give the checkpoint'):
        init_model('bare')


def test_a_config_of_ones_own_needs_a_checkpoint(tmp_path):
    path = tmp_path / f'{NAME}.py'
    path.write_text(f"_base_ = '{CONFIG}'")
    for model in (path, load_config(path)):
        with pytest.raises(InputError, match='no model of the zoo has this config; give a checkpoint'):
            init_model(model)


def test_a_generator_must_be_there(tmp_path):
    state = MODELS.build(load_config(CONFIG).model).state_dict()
    judge = {name: value for name, value in state.items() if name.startswith('discriminator.')}
    torch.save(dict(state_dict=judge, meta=dict(parts=['discriminator'])), tmp_path / 'd.pth')
    with pytest.raises(InputError, match='images need all weights of its generator'):
        init_model(CONFIG, tmp_path / 'd.pth')


def test_importing_the_interface_imports_no_network():
    rooms = ('generators', 'discriminators', 'heads', 'upsamplers', 'backbones', 'losses')
    code = ('import sys, ggtoolbox.apis\n'
            f'print([m for m in sys.modules if any(f"ggtoolbox.models.{{r}}" in m for r in {rooms})])')
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == '[]'
