"""Pictures of ``Inferencer(fast=True)`` are the plain ones', to one of 255 levels."""
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from inferencers import LATENT, STREET, scene
from torch import nn

from ggtoolbox.apis.fast_generation import FastGeneration, Recipe, _full_precision, _order_of_calls
from ggtoolbox.apis.fast_testing import FastTestHook
from ggtoolbox.errors import InputError


@pytest.fixture(autouse=True)
def bfloat16_is_fast(monkeypatch):
    """Times by recipe, in place of a clock's."""
    monkeypatch.setattr(FastGeneration, '_seconds', lambda self, batch, recipe: (
        4.0 - recipe.channels_last - (recipe.full_stages is not None)))


@pytest.mark.parametrize('name', [STREET, LATENT])
def test_pictures_are_within_one_level(name, build_inferencer):
    plain, fast = build_inferencer(name), build_inferencer(name, fast=True)
    given = dict(label=[scene(plain, number)['label'] for number in range(3)]) if name == STREET else dict(
        latent=np.linspace(-1, 1, plain.latent_dim, dtype=np.float32)[None])
    expected, found = (inferencer(**given, progress=False) for inferencer in (plain, fast))
    assert fast.fast.recipe.channels_last and fast.fast.speed_up in (4 / 3, 2.0)
    assert fast.fast.difference <= 1
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one['image'].astype(int) - other['image']).max() <= 1


def test_more_stages_stay_in_float32_until_pictures_are_alike(build_inferencer, monkeypatch):
    inferencer = build_inferencer(STREET, fast=True)
    fast, batch = inferencer.fast, dict(label=torch.arange(64 * 64).view(1, 64, 64) // 300 % 17,
                                        edge=torch.zeros(1, 1, 64, 64))
    tried, draw = [], FastGeneration._draw
    monkeypatch.setattr(FastGeneration, '_draw',
                        lambda self, batch, recipe: tried.append(recipe) or draw(self, batch, recipe))
    monkeypatch.setattr('ggtoolbox.apis.fast_generation.LEVEL', 1e-9)
    fast(batch)
    assert fast.recipe == Recipe(True) and str(fast.recipe) == 'float32, channels last'
    assert tried == [Recipe(), *(Recipe(True, count) for count in range(5)), Recipe(True)]
    monkeypatch.setattr('ggtoolbox.apis.fast_generation.LEVEL', 10.0)
    fast.recipe = None
    fast(batch)
    assert fast.recipe == Recipe(True, 0) and '2.0 times as fast' in str(fast)


def test_a_test_draws_fast_and_leaves_the_model_as_it_was(build_inferencer):
    model, said = build_inferencer(STREET).model, []
    batch = dict(label=torch.arange(64 * 64).view(1, 64, 64) // 300 % 17, edge=torch.zeros(1, 1, 64, 64))
    expected = model.test_step(batch)[0]['image']
    strides = [parameter.stride() for parameter in model.parameters()]
    runner = SimpleNamespace(model=model, logger=SimpleNamespace(info=said.append))
    hook = FastTestHook()
    hook.before_test_epoch(runner)
    found = model.test_step(batch)[0]['image']
    assert any(weight.stride(1) == 1 for weight in model.parameters() if weight.dim() == 4)
    hook.after_test_epoch(runner, {})
    assert not torch.equal(found, expected) and (found - expected).abs().max() <= 2 / 255
    assert 'channels last' in said[0] and 'test_step' not in vars(model)
    assert [parameter.stride() for parameter in model.parameters()] == strides


def test_the_last_stages_are_those_called_last():
    network = nn.ModuleDict(dict(a=nn.Linear(3, 3), b=nn.ModuleList([nn.Linear(3, 3), nn.Tanh()]),
                                 c=nn.Linear(3, 3)))
    seen = []
    with _order_of_calls(network) as order:
        for stage in (network['c'], network['a'], network['b'][1], network['b'][0], network['c']):
            stage(torch.zeros(1, 3))
    assert order == [network['a'], network['b'][0], network['c']]
    with torch.autocast('cpu', torch.bfloat16), _full_precision(order[-1:]):
        seen = [stage(torch.ones(1, 3, dtype=torch.bfloat16)).dtype for stage in order]
    assert seen == [torch.bfloat16, torch.bfloat16, torch.float32]
    with pytest.raises(RuntimeError), torch.autocast('cpu', torch.bfloat16), _full_precision(order):
        network['a'](torch.ones(1, 4))
    assert not torch.is_autocast_enabled('cpu') and not network['a']._forward_hooks


def test_amp_and_fast_exclude_each_other(build_inferencer):
    with pytest.raises(InputError, match='amp and fast: expected one of them, found both'):
        build_inferencer(STREET, amp=True, fast=True)


def test_spectral_norm_is_folded(build_inferencer):
    model = build_inferencer(STREET).model
    assert not any(name.endswith('weight_u') for name in model.generator.state_dict())
