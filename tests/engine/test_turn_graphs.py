"""Recorded turns equal turns without a graph; CUDA's part is played by a tape of operators."""
import random
from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from tape import TapeRecorder
from torch import nn
from torch.nn import functional as F

from ggtoolbox.engine.hooks.execution import ExecutionHook
from ggtoolbox.engine.optimisers import BFloat16OptimWrapper
from ggtoolbox.engine.turn_graphs import TurnGraphs
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.gans.watch import StepWatch
from ggtoolbox.models.layers.image_pool import ImagePool
from ggtoolbox.models.layers.spectral_norm import spectral_norm

ROUNDS = 6


class Draws(nn.Module):
    """A generator with noise and running statistics."""

    def __init__(self):
        super().__init__()
        self.net, self.norm = nn.Conv2d(2, 3, 3, padding=1, bias=False), nn.BatchNorm2d(3)

    def forward(self, edge):
        return dict(image=torch.tanh(self.norm(self.net(torch.cat([edge, torch.randn_like(edge)], 1)))))


class Judges(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = spectral_norm(nn.Conv2d(3, 1, 3))

    def forward(self, image):
        return F.dropout(self.net(image), 0.2)


class RecordedGAN(BaseGAN):
    loss_names = ()

    def __init__(self, options=None):
        options = dict(init=dict(method=None), **(options or {}))
        super().__init__(dict(type=Draws), dict(type=Judges), {}, options)

    def generate(self, batch):
        return self.generator(batch['edge'])

    def generator_losses(self, batch, fakes):
        return dict(adversarial=-self.discriminator(fakes['image']).mean(),
                    pixel=F.l1_loss(fakes['image'], batch['target_image']))

    def discriminator_losses(self, batch, fakes):
        return dict(real=F.relu(1 - self.discriminator(batch['target_image'])).mean(),
                    fake=F.relu(1 + self.discriminator(fakes['image'])).mean())


class PooledGAN(RecordedGAN):
    pooled_turns = ('discriminator',)

    def __init__(self):
        super().__init__(dict(reuse_fakes=True))
        self.pool = ImagePool(2)

    def discriminator_losses(self, batch, fakes):
        return super().discriminator_losses(batch, dict(image=self.pool.exchange(fakes['image'])))


def build(kind=RecordedGAN, wrapper=OptimWrapper, fused=True, graphs=True, wrapped=None, **options):
    torch.manual_seed(0)
    model = kind(options) if kind is RecordedGAN else kind()
    wrappers = OptimWrapperDict(**{
        player: wrapper(torch.optim.Adam(network.parameters(), 0.01, fused=fused or None), **(wrapped or {}))
        for player, (network,) in model.players().items()})
    recorder = TapeRecorder()
    if graphs:
        model.take_turns = TurnGraphs(recorder, warm_up=2)
    return model, wrappers, recorder


def batch(number, size=8, count=2):
    generator = torch.Generator().manual_seed(number)
    return dict(edge=torch.rand(count, 1, size, size, generator=generator), name=['a'] * count,
                target_image=torch.rand(count, 3, size, size, generator=generator) * 2 - 1)


def train(model, wrappers, batches):
    """The terms of each step and all that has been learnt."""
    torch.manual_seed(1)
    random.seed(1)
    logs = []
    for number, data in enumerate(batches):
        for wrapper in wrappers.values():
            wrapper.optimizer.param_groups[0]['lr'] = 0.01 / (1 + number)
        logs.append({name: float(value) for name, value in model.train_step(data, wrappers).items()})
    optimisers = [wrapper.optimizer for wrapper in wrappers.values()]
    states = [value for optimiser in optimisers for parameter in optimiser.param_groups[0]['params']
              for value in optimiser.state[parameter].values()]
    return logs, [*model.state_dict().values(), *states]


def assert_same(found, expected):
    """Equal but for learning rates, which graphs hold in float32."""
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(('kind', 'options', 'wrapper', 'recordings', 'replays'), [
    (RecordedGAN, {}, OptimWrapper, 1, 4), (RecordedGAN, dict(reuse_fakes=True), BFloat16OptimWrapper, 1, 4),
    (RecordedGAN, dict(reuse_fakes=True, update_order=('discriminator', 'generator')), OptimWrapper, 1, 4),
    (RecordedGAN, dict(discriminator_steps=2), OptimWrapper, 2, 2),  # with the generator's turn and without
    (PooledGAN, {}, OptimWrapper, 1, 4)])  # the discriminator's turn stays without a graph
def test_recorded_turns_equal_turns_without_a_graph(kind, options, wrapper, recordings, replays):
    batches = [batch(number) for number in range(ROUNDS)]
    expected = train(*build(kind, wrapper, graphs=False, **options)[:2], batches)
    *training, recorder = build(kind, wrapper, **options)
    assert_same(train(*training, batches), expected)
    assert (recorder.recordings, recorder.replays) == (recordings, replays)


def test_another_shape_is_another_graph_and_a_log_stays_when_the_next_comes():
    sizes = (8, 8, 8, 12, 8, 12, 12)
    batches = [batch(number, size) for number, size in enumerate(sizes)]
    expected = train(*build(graphs=False)[:2], batches)
    model, wrappers, recorder = build()
    assert_same(train(model, wrappers, batches), expected)
    assert recorder.recordings == 2 and recorder.replays == 3
    first = model.train_step(batch(0), wrappers)
    kept = {name: float(value) for name, value in first.items()}
    model.train_step(batch(1), wrappers)
    assert kept == {name: float(value) for name, value in first.items()}


def test_one_kind_too_many_is_taken_without_a_graph():
    model, wrappers, recorder = build()
    model.take_turns.most = 1
    train(model, wrappers, [batch(number, size) for number, size in enumerate((8, 8, 8, 12, 12, 12, 12))])
    assert recorder.recordings == 1 and recorder.replays == 1 and len(model.take_turns.refused) == 1


@pytest.mark.parametrize('settings', [
    dict(wrapped=dict(accumulative_counts=2)), dict(wrapped=dict(clip_grad=dict(max_norm=1.0))),
    dict(fused=False)])
def test_what_no_graph_can_hold_is_taken_without(settings):
    expected = train(*build(graphs=False, **settings)[:2], [batch(number) for number in range(4)])
    *training, recorder = build(**settings)
    assert_same(train(*training, [batch(number) for number in range(4)]), expected)
    assert recorder.recordings == 0


class Scales(OptimWrapper):
    """An optimiser wrapper that is not known to step and nothing else."""


@pytest.mark.parametrize(('wrapper', 'skip_steps', 'reason'), [
    (Scales, 0, 'an optimiser wrapper does more than to step'), (OptimWrapper, 1, 'steps may be left out')])
def test_scaled_losses_and_steps_that_may_be_left_out_have_no_graph(wrapper, skip_steps, reason):
    model, wrappers, recorder = build(wrapper=wrapper)
    model.watch = StepWatch(skip_steps)
    train(model, wrappers, [batch(number) for number in range(4)])
    assert recorder.recordings == 0 and any(reason in sentence for sentence in model.take_turns.said)


@pytest.mark.parametrize('reads', [lambda image: image.sum().item(), lambda image: random.random()])
def test_turns_that_the_processor_takes_part_in_go_on_without_a_graph(reads, monkeypatch):
    plain = RecordedGAN.generator_losses
    monkeypatch.setattr(RecordedGAN, 'generator_losses', lambda self, batch, fakes: plain(
        self, batch, fakes) | dict(extra=fakes['image'].mean() * reads(fakes['image'])))
    batches = [batch(number) for number in range(5)]
    expected = train(*build(graphs=False)[:2], batches)
    *training, recorder = build()
    assert_same(train(*training, batches), expected)
    assert recorder.replays == 0 and len(training[0].take_turns.refused) == 1


@pytest.mark.parametrize(('spoil', 'said'), [
    (lambda model, data: data['target_image'].fill_(float('nan')), 'the loss pixel of the generator is not'),
    (lambda model, data: model.generator.norm.bias.data.fill_(float('inf')),
     'generator.norm.bias of the generator is not finite after the step before')])
def test_what_is_not_finite_ends_the_run_before_it_reaches_the_weights(spoil, said):
    model, wrappers, recorder = build()
    for number in range(3):
        model.train_step(batch(number), wrappers)
    data = batch(3)
    spoil(model, data)
    before = {name: value.clone() for name, value in model.named_parameters()}
    with pytest.raises(FloatingPointError, match=f'iteration 3: {said}'):
        model.train_step(data, wrappers)
    assert recorder.replays == 2
    for name, value in model.named_parameters():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0, equal_nan=True)


def test_a_gradient_that_is_not_finite_is_named(monkeypatch):
    """The derivative of a root is infinite at zero, where the root itself is finite."""
    monkeypatch.setattr(RecordedGAN, 'generator_losses', lambda self, batch, fakes: dict(
        root=(fakes['image'].square().sum() * (batch['target_image'] > 0).any()).sqrt()))
    model, wrappers, recorder = build()
    for number in range(3):
        model.train_step(batch(number), wrappers)
    data = batch(3)
    data['target_image'].fill_(-1)
    with pytest.raises(FloatingPointError, match='the gradient of generator.net.weight.* in the turn'):
        model.train_step(data, wrappers)
    assert recorder.replays == 2


def test_the_hook_leaves_turns_alone_where_there_is_no_gpu():
    model, wrappers, _ = build(graphs=False)
    before = model.take_turns
    ExecutionHook(cuda_graphs=True).before_train(SimpleNamespace(model=model))
    assert model.take_turns is before
