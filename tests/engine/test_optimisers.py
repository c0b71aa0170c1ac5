"""The form of an optimiser: fused where it can be, equal to the plain one to rounding."""
import copy

import pytest
import torch
from mmengine.optim import OptimWrapper
from torch import nn

from ggtoolbox.engine.optimisers import PlayerOptimWrapperConstructor, TensorFlowRMSprop, fused

ADAM = dict(type='Adam', lr=0.01, betas=(0.5, 0.9), weight_decay=0.1)


class OnePlayer(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.generator = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh(), nn.Conv2d(4, 2, 3))

    def players(self):
        return dict(generator=[self.generator])


def optimiser_of(model, **settings):
    entries = dict(generator=dict(optimizer={**ADAM, **settings}))
    return PlayerOptimWrapperConstructor(entries)(model)['generator']


def train(model, wrapper, steps=4):
    torch.manual_seed(1)
    for _ in range(steps):
        wrapper.update_params(model.generator(torch.randn(2, 3, 8, 8)).square().mean())


@pytest.mark.parametrize('settings', [dict(), dict(type='AdamW'), dict(type='SGD', momentum=0.9, betas=None)])
def test_the_fused_form_is_taken_and_equals_the_plain_one(settings):
    settings = {**ADAM, **settings}
    settings = {name: value for name, value in settings.items() if value is not None}
    models = OnePlayer(), OnePlayer()
    ours = PlayerOptimWrapperConstructor(dict(generator=dict(optimizer=settings)))(models[0])['generator']
    cls = getattr(torch.optim, settings.pop('type'))
    plain = cls(models[1].generator.parameters(), foreach=False, **settings)
    assert ours.optimizer.defaults['fused'] is True
    for model, wrapper in zip(models, (ours, OptimWrapper(plain))):
        train(model, wrapper)
    for found, expected in zip(models[0].parameters(), models[1].parameters()):
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5)


def test_a_form_that_is_stated_or_not_to_be_had_is_left():
    network = OnePlayer().generator
    for settings in (dict(ADAM, foreach=True), dict(ADAM, fused=False), dict(type='RMSprop', lr=0.1),
                     dict(type=TensorFlowRMSprop)):
        assert fused(settings, network) is settings
    assert fused(ADAM, network.to(torch.device('meta'))) is ADAM


def test_a_run_that_goes_on_keeps_the_form_of_its_checkpoint():
    model = OnePlayer()
    plain = optimiser_of(model, fused=False)
    train(model, plain)
    other = copy.deepcopy(model)
    resumed = optimiser_of(other)
    resumed.load_state_dict(copy.deepcopy(plain.state_dict()))
    for one, wrapper in ((model, plain), (other, resumed)):
        train(one, wrapper)
    assert all(map(torch.equal, model.state_dict().values(), other.state_dict().values()))


@pytest.mark.parametrize('first, then', [(torch.contiguous_format, torch.channels_last),
                                         (torch.channels_last, torch.contiguous_format)])
def test_weights_that_change_their_memory_format_keep_their_moments(first, then):
    models = OnePlayer().to(memory_format=first), OnePlayer()
    wrappers = optimiser_of(models[0]), optimiser_of(models[1], fused=False, foreach=False)
    for model, wrapper in zip(models, wrappers):
        train(model, wrapper)
        if model is models[0]:
            model.to(memory_format=then)
        train(model, wrapper)
    for found, expected in zip(models[0].parameters(), models[1].parameters()):
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5)
    weight = models[0].generator[0].weight
    moment = wrappers[0].optimizer.state[weight]['exp_avg']
    assert moment.stride() == weight.stride()
    before = moment.data_ptr()
    train(models[0], wrappers[0], 1)  # nothing is copied where all lies alike
    assert wrappers[0].optimizer.state[weight]['exp_avg'].data_ptr() == before
