"""Switches that change a config; what they make of a training is tested where it is made."""
import logging

import pytest
import torch
from mmengine.config import Config

from ggtoolbox.apis import running
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.switches import fastest, use_amp, use_fast
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.gaugan import GauGAN
from ggtoolbox.models.gans.selectiongan import SelectionGAN
from ggtoolbox.models.generators.dagan import DAGANGenerator
from ggtoolbox.models.layers.fastest import Fastest

ADAM = dict(type='Adam', lr=1e-4)


def config(fast=True, **model):
    model = {'type': 'GauGAN', 'generator': dict(type='SPADEGenerator'), **model}
    players = ('generator', 'discriminator')
    return Config(dict(model=model, fast=fast,
                       optim_wrapper={player: dict(optimizer=ADAM) for player in players}))


@pytest.fixture
def computes(monkeypatch):
    """As on a processor that computes in bfloat16, where systems have said nothing."""
    monkeypatch.setattr(torch.cpu, 'get_capabilities', lambda: dict(avx512_bf16=True))
    monkeypatch.setattr(GauGAN, 'fastest', {})


@pytest.mark.parametrize(('wrapper', 'entries'), [
    (dict(constructor='PlayerOptimWrapperConstructor', generator=dict(optimizer=ADAM),
          discriminator=dict(type='OptimWrapper', optimizer=ADAM)), ('generator', 'discriminator')),
    (dict(type='OptimWrapper', optimizer=ADAM), (None,))])
def test_amp_reaches_every_player_and_one_alone(wrapper, entries):
    cfg = Config(dict(optim_wrapper=wrapper))
    use_amp(cfg)
    found = [cfg.optim_wrapper if name is None else cfg.optim_wrapper[name] for name in entries]
    assert [entry.type for entry in found] == ['BFloat16OptimWrapper'] * len(entries)


def test_amp_leaves_another_wrapper_alone_and_says_so():
    with pytest.raises(InputError, match="holds a 'AmpOptimWrapper' already"):
        use_amp(Config(dict(optim_wrapper=dict(generator=dict(type='AmpOptimWrapper', optimizer=ADAM)))))


def test_fast_turns_on_what_the_system_says_and_tells_it(computes, monkeypatch):
    monkeypatch.setattr(GauGAN, 'fastest', dict(cpu=Fastest(channels_last=('generator',))))
    cfg = config()
    cfg.default_hooks = dict(execution=dict(type='ExecutionHook', channels_last=('discriminator',)))
    cfg.train_dataloader = dict(dataset=dict(dataset=dict(pipeline=[dict(type='PackTensors')])))
    said = use_fast(cfg, 'cpu')
    assert [cfg.optim_wrapper[player].type for player in ('generator', 'discriminator')] == \
        ['BFloat16OptimWrapper'] * 2
    assert cfg.model.options.reuse_fakes is True
    assert cfg.default_hooks.execution.channels_last == ('discriminator', 'generator')
    assert [line.split(' (')[0].removeprefix('fast on cpu: ') for line in said] == [
        'bfloat16 in forward passes', 'fakes of one forward pass in all turns', 'channels_last of generator',
        'pictures as 8 bits up to the device']
    assert cfg.train_dataloader.dataset.dataset.pipeline == [dict(type='PackTensors', scale=False)]
    assert all('changes' in line for line in said)
    assert use_fast(cfg, 'cpu') == ['fast on cpu: nothing that was not on already']


def test_the_generators_word_goes_before_the_algorithms(monkeypatch):
    monkeypatch.setattr(GauGAN, 'fastest', dict(cpu=Fastest(amp=False)))
    monkeypatch.setattr(DAGANGenerator, 'fastest', dict(cpu=Fastest(compile=('generator',))), raising=False)
    dagan = config(generator=dict(type='DAGANGenerator'))
    assert fastest(config(), 'cpu') == Fastest(amp=False) and fastest(config(), 'cuda:1') == Fastest()
    assert fastest(dagan, 'cpu') == Fastest(compile=('generator',))
    dagan.fast = dict(compile=(), reuse_fakes=False)
    assert fastest(dagan, 'cpu') == Fastest(reuse_fakes=False)


def test_turns_are_recorded_on_a_gpu_where_a_config_says_so():
    cfg = config(fast=dict(amp=False, reuse_fakes=False, cuda_graphs=True))
    assert use_fast(cfg, 'cpu') == ['fast on cpu: nothing that was not on already']
    said, = use_fast(cfg, 'cuda')
    assert said.startswith('fast on cuda: turns as CUDA graphs') and cfg.default_hooks.execution.cuda_graphs
    assert use_fast(cfg, 'cuda') == ['fast on cuda: nothing that was not on already']


def test_steps_inside_of_backward_passes_are_turned_on_where_a_system_says_so():
    cfg = config(type='C2GAN', fast=dict(amp=False, reuse_fakes=False))
    assert use_fast(cfg, 'cpu') == ['fast on cpu: steps inside of backward passes (changes nothing)']
    assert cfg.default_hooks.execution.step_in_backward
    assert use_fast(cfg, 'cpu') == ['fast on cpu: nothing that was not on already']


def test_what_does_not_pay_or_go_is_left_out(computes, monkeypatch):
    cfg = config(fast=dict(reuse_fakes=False))
    use_fast(cfg, 'cpu')
    assert 'options' not in cfg.model
    cfg = config(type='PG2')  # two players generate, and the second one's fakes need a graph of their own
    assert len(use_fast(cfg, 'cpu')) == 1 and 'options' not in cfg.model
    cfg = config(type='SelectionGAN', fast=dict(amp=False, channels_last=()))
    assert SelectionGAN.default_options.reuse_fakes
    assert use_fast(cfg, 'cpu') == ['fast on cpu: nothing that was not on already']
    monkeypatch.setattr(torch.cpu, 'get_capabilities', dict)
    cfg = config()
    assert 'no bfloat16' in use_fast(cfg, 'cpu')[0] and 'type' not in cfg.optim_wrapper.generator


def test_the_key_is_checked():
    path = 'configs/gaugan/gaugan_toyworld-64.py'
    assert load_config(path, {'fast.amp': False}).fast == dict(amp=False)
    with pytest.raises(InputError, match="fast: .*no argument 'apm'; did you mean 'amp'"):
        load_config(path, {'fast': dict(apm=False)})
    with pytest.raises(InputError, match='fast: expected True, False or a dict'):
        load_config(path, {'fast': 'yes'})


def test_training_turns_it_on_before_anything_is_built_and_logs_it(computes, monkeypatch, caplog):
    built = []

    class Built(Exception):
        logger, hooks = logging.getLogger('switches'), ()

        def train(self):
            raise self

    def build(cfg, build_runner):
        built.append(cfg.model.options)
        return Built()

    monkeypatch.setattr(running, 'prepare_training', build)
    with caplog.at_level(logging.INFO, 'switches'), pytest.raises(Built):
        running.train(config())
    assert built == [dict(reuse_fakes=True)]
    assert [record.message[:13] for record in caplog.records] == ['fast on cpu: '] * 2
    with pytest.raises(AttributeError):  # no options: the switch is off
        running.train(config(fast=False))
