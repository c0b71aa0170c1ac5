"""Every config in the repository means what it says."""
import json
from pathlib import Path

import pytest
import torch
from torch import nn

from ggtoolbox.apis import load_config
from ggtoolbox.apis.analysis.example_batch import example_batch
from ggtoolbox.registry import MODELS

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = sorted(p for p in (ROOT / 'configs').rglob('*.py') if '_base_' not in p.parts)

# parameters/<system>.json: config -> attribute of its model -> number of parameters, exactly. They are the
# released networks' counts, or those that round to what the paper's tables print.
PARAMETERS = {}
for file in sorted((ROOT / 'tests/parameters').glob('*.json')):
    PARAMETERS |= json.loads(file.read_text())

# Table 12 of SAU's paper prints millions.
PRINTED = {'b1': 93.0, 'b2': 93.0, 'b3': 93.0, 'b4': 98.6, 'b5': 143.2, 'b6': 97.4, 'b7': 93.1, 'b8': 93.4}


def count(module):
    return sum(p.numel() for p in module.parameters())


def build(cfg):
    for name in {'perceptual', 'features'} & set(cfg.model.get('losses', ())):
        cfg.model.losses[name] = None  # its weights are a download
    with torch.device('meta'):
        return MODELS.build(cfg.model)


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.stem)
def test_it_builds_its_parts_fit_and_its_parameters_are_the_papers(path):
    cfg = load_config(path)
    model, batch = build(cfg), example_batch(cfg)
    fakes = model.generate(batch)
    made = {name: wanted for name, wanted in model.products.items() if name in fakes}
    assert made and all(fakes[name].shape == batch[wanted].shape for name, wanted in made.items())
    for player in model.order():
        losses = getattr(model, f'{player}_losses')(batch, fakes)
        assert losses and all(term.shape == () for term in losses.values())
    expected = PARAMETERS.get(path.stem, {})
    assert {name: count(getattr(model, name)) for name in expected} == expected


class Wrapped(nn.Module):
    """A network as a distributed wrapper shows it: it can be called, and that is all."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, *arguments, **named):
        return self.network(*arguments, **named)


@pytest.mark.parametrize('path', [p for p in CONFIGS if p.stem.endswith('_toyworld-64')],
                         ids=lambda path: path.stem)
def test_it_trains_with_networks_inside_a_distributed_wrapper(path):
    cfg = load_config(path)
    model, batch = build(cfg), example_batch(cfg)
    networks = [network for networks in model.players().values() for network in networks]
    for name, child in list(model.named_children()):
        if any(child is network for network in networks):
            setattr(model, name, Wrapped(child))
    assert all(isinstance(network, Wrapped) for networks in model.players().values() for network in networks)
    prepared = model.prepare(batch)
    fakes = model.generate(prepared)
    for turn in model.order():
        assert getattr(model, f'{turn}_losses')(prepared, fakes)


@pytest.mark.parametrize('path', [p for p in CONFIGS if p.match('gaugan/ablations/gaugan_b[1-8]_*')],
                         ids=lambda path: path.stem)
def test_table_12_counts_parameters(path):
    model = build(load_config(path))
    row = path.stem.split('_')[1]
    assert round(count(model.generator) / 1e6, 1) == PRINTED[row]


def test_every_named_config_exists():
    assert set(PARAMETERS) <= {path.stem for path in CONFIGS}


def test_a_pure_python_config_loads(tmp_path):
    (tmp_path / 'lazy.py').write_text(
        'from mmengine.config import read_base\n'
        'from ggtoolbox.models.gans.gaugan import GauGAN\n'
        'from ggtoolbox.models.generators.spade import SPADEGenerator\n'
        'default_scope = "ggtoolbox"\n'
        'model = dict(type=GauGAN, generator=dict(type=SPADEGenerator, num_classes=3, channels=2,\n'
        '             image_size=(32, 32), num_upsamplings=5))\n')
    model = MODELS.build(load_config(tmp_path / 'lazy.py').model)
    assert type(model).__name__ == 'GauGAN' and type(model.generator).__name__ == 'SPADEGenerator'
