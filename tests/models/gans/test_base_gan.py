"""The mechanics of a training step, on networks small enough to follow by hand."""
import copy

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn
from torch.nn import functional as F

from ggtoolbox.engine.optimisers import BFloat16OptimWrapper, PlayerOptimWrapperConstructor
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.gans.turns import cut


class LinearGenerator(nn.Module):
    def __init__(self, dropout: float = 0.0):
        super().__init__()
        self.net = nn.Conv2d(1, 3, 1)
        self.dropout = nn.Dropout(dropout)
        self.calls = []

    def forward(self, edge):
        self.calls.append(torch.is_grad_enabled())
        return dict(image=self.dropout(self.net(edge)))


class LinearDiscriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Conv2d(3, 1, 1)

    def forward(self, image):
        return self.net(image)


class TinyGAN(BaseGAN):
    loss_names = ('adversarial', 'pixel')

    def generate(self, batch):
        return self.generator(edge=batch['edge'])

    def generator_losses(self, batch, fakes):
        self.order_seen = [*getattr(self, 'order_seen', []), 'generator']
        return dict(adversarial=-self.discriminator(fakes['image']).mean(),
                    pixel=F.l1_loss(fakes['image'], batch['target_image']))

    def discriminator_losses(self, batch, fakes):
        self.order_seen = [*getattr(self, 'order_seen', []), 'discriminator']
        assert not fakes['image'].requires_grad
        return dict(real=F.relu(1 - self.discriminator(batch['target_image'])).mean(),
                    fake=F.relu(1 + self.discriminator(fakes['image'])).mean())


def build(accumulate=1, wrapper=OptimWrapper, dropout=0.0, losses=None,
          discriminator=dict(type=LinearDiscriminator), **options):  # noqa: B006
    torch.manual_seed(0)
    model = TinyGAN(generator=dict(type=LinearGenerator, dropout=dropout),
                    discriminator=discriminator, losses=losses,
                    options=dict(init=dict(method=None), **options))
    wrappers = OptimWrapperDict(**{
        name: wrapper(optimizer=torch.optim.SGD(nn.ModuleList(networks).parameters(), lr=0.1),
                      accumulative_counts=accumulate)
        for name, networks in model.players().items()})
    return model, wrappers


def batch(size=4):
    generator = torch.Generator().manual_seed(1)
    return dict(edge=torch.randint(0, 2, (size, 1, 8, 8), generator=generator).float(),
                target_image=torch.rand(size, 3, 8, 8, generator=generator) * 2 - 1)


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_a_step_equals_the_two_updates_written_out():
    model, wrappers = build()
    expected = copy.deepcopy(model)
    data = batch()
    log = model.train_step(data, wrappers)

    g, d = expected.generator, expected.discriminator
    fake = g.net(data['edge'])
    loss = -d(fake).mean() + F.l1_loss(fake, data['target_image'])
    for p, grad in zip(g.parameters(), torch.autograd.grad(loss, list(g.parameters()))):
        p.data -= 0.1 * grad
    fake = g.net(data['edge']).detach()  # drawn again after the update
    loss = F.relu(1 - d(data['target_image'])).mean() + F.relu(1 + d(fake)).mean()
    for p, grad in zip(d.parameters(), torch.autograd.grad(loss, list(d.parameters()))):
        p.data -= 0.1 * grad
    torch.testing.assert_close(weights(model), weights(expected), rtol=0, atol=1e-7)
    assert set(log) == {'generator/loss_adversarial', 'generator/loss_pixel', 'discriminator/loss_real',
                        'discriminator/loss_fake'}


@pytest.mark.parametrize('reuse', [False, True])
def test_accumulation_equals_one_step(reuse):
    one, wrappers_one = build(reuse_fakes=reuse)
    many, wrappers_many = build(accumulate=4, reuse_fakes=reuse)
    for _ in range(3):
        log_one = one.train_step(batch(), wrappers_one)
        log_many = many.train_step(batch(), wrappers_many)
    torch.testing.assert_close(weights(one), weights(many), rtol=0, atol=1e-6)
    for name in log_one:
        torch.testing.assert_close(log_one[name], log_many[name], rtol=1e-5, atol=1e-6)


def test_accumulation_must_divide_the_batch():
    model, wrappers = build(accumulate=3)
    with pytest.raises(InputError, match='accumulative_counts=3 must divide the batch size, which is 4'):
        model.train_step(batch(), wrappers)


def test_cut_keeps_every_field():
    pieces = cut(dict(edge=torch.arange(4).view(4, 1), name=['a', 'b', 'c', 'd']), 2)
    assert [p['name'] for p in pieces] == [['a', 'b'], ['c', 'd']]
    assert torch.equal(torch.cat([p['edge'] for p in pieces]), torch.arange(4).view(4, 1))


@pytest.mark.parametrize(('reuse', 'order', 'calls'), [
    (False, ('generator', 'discriminator'), [True, False]),
    (True, ('generator', 'discriminator'), [True]),
    (True, ('discriminator', 'generator'), [True]),
    (False, ('discriminator', 'generator'), [False, True])])
def test_how_often_fakes_are_drawn(reuse, order, calls):
    model, wrappers = build(reuse_fakes=reuse, update_order=order)
    before = weights(model)
    model.train_step(batch(), wrappers)
    assert model.generator.calls == calls
    assert model.order_seen == list(order)
    moved = weights(model) != before
    assert moved[:6].all() and moved[6:].any()  # 6 generator parameters, then the discriminator's


def test_reused_fakes_come_from_before_the_update():
    again, wrappers_again = build()
    reused, wrappers_reused = build(reuse_fakes=True)
    log_again = again.train_step(batch(), wrappers_again)
    log_reused = reused.train_step(batch(), wrappers_reused)
    torch.testing.assert_close(log_again['generator/loss_pixel'], log_reused['generator/loss_pixel'])
    assert log_again['discriminator/loss_fake'] != log_reused['discriminator/loss_fake']


def test_discriminator_steps():
    model, wrappers = build(discriminator_steps=3)
    for _ in range(4):
        model.train_step(batch(), wrappers)
    assert model.order_seen == ['generator', 'discriminator', 'discriminator', 'discriminator',
                                'generator', 'discriminator']


def test_no_gradient_reaches_a_frozen_player():
    model, wrappers = build()
    gradients = []
    wrappers['generator'].backward = lambda loss: (
        loss.backward(), gradients.append([p.grad for p in model.discriminator.parameters()]))
    model.train_step(batch(), wrappers)
    assert gradients == [[None, None]]
    assert all(p.requires_grad for p in model.parameters())


def test_parameters_that_a_user_froze_stay_frozen():
    model, wrappers = build()
    model.discriminator.net.bias.requires_grad_(False)
    model.train_step(batch(), wrappers)
    assert not model.discriminator.net.bias.requires_grad


def test_a_loss_that_is_not_finite_stops_the_run_with_its_name():
    model, wrappers = build()
    model.train_step(batch(), wrappers)
    data = batch()
    data['target_image'][0, 0, 0, 0] = float('nan')
    with pytest.raises(FloatingPointError, match='iteration 1: the loss pixel of the generator'):
        model.train_step(data, wrappers)


def test_amp_runs_the_forward_in_bfloat16():
    model, wrappers = build(wrapper=BFloat16OptimWrapper)
    seen = []
    model.generator.net.register_forward_hook(lambda module, inputs, output: seen.append(output.dtype))
    model.train_step(batch(), wrappers)
    assert seen == [torch.bfloat16, torch.bfloat16]
    assert all(p.dtype == torch.float32 for p in model.parameters())


def test_clipping_is_each_players_own():
    model, _ = build()
    wrappers = PlayerOptimWrapperConstructor(dict(
        generator=dict(optimizer=dict(type='SGD', lr=1.0), clip_grad=dict(max_norm=1e-3)),
        discriminator=dict(optimizer=dict(type='SGD', lr=1.0))))(model)
    before = weights(model)
    model.train_step(batch(), wrappers)
    moved = weights(model) - before
    assert moved[:6].norm() <= 1.001e-3 < moved[6:].norm()


def test_optimiser_entries_are_the_players():
    model, _ = build()
    sgd = dict(optimizer=dict(type='SGD', lr=1.0))
    with pytest.raises(InputError, match="no player 'discriminater'; did you mean 'discriminator'"):
        PlayerOptimWrapperConstructor(dict(generator=sgd, discriminater=sgd))(model)
    with pytest.raises(InputError, match="no entry for the player 'discriminator'"):
        PlayerOptimWrapperConstructor(dict(generator=sgd))(model)


def test_unknown_loss_term():
    with pytest.raises(InputError, match="TinyGAN has no term 'adverserial'; did you mean 'adversarial'"):
        build(losses=dict(adverserial=dict(type='GANLoss')))


def test_predictions_are_samples_with_their_fields():
    model, _ = build()
    samples = model.val_step(dict(batch(2), name=['a', 'b']))
    assert [s['name'] for s in samples] == ['a', 'b']
    assert samples[0]['image'].shape == samples[0]['target_image'].shape == (3, 8, 8)


@pytest.mark.parametrize(('configured', 'stored', 'used'), [
    (None, {}, False), (None, dict(dropout_at_test=True), True), (False, dict(dropout_at_test=True), False)])
def test_dropout_at_test(configured, stored, used):
    model, _ = build(dropout=0.5, dropout_at_test=configured)
    model.adopt_test_policy(stored)
    model.train()
    first, second = (model.val_step(batch())[0]['image'] for _ in range(2))
    assert torch.equal(first, second) != used
    assert model.training and model.generator.dropout.training


def test_a_checkpoints_policy_touches_no_other_option():
    model, _ = build(reuse_fakes=True, norm_at_test='running')
    model.adopt_test_policy(dict(norm_at_test='batch', dropout_at_test=True))
    assert model.options.test_policy == dict(norm_at_test='running', dropout_at_test=True)
    assert model.options.reuse_fakes


def test_a_player_without_networks_has_no_turn():
    model, wrappers = build(discriminator=None, update_order=('discriminator', 'generator'))
    assert model.order() == ('generator',) and list(model.players()) == ['generator']
    model, wrappers = build(discriminator=None, update_order=('discriminator',))
    with pytest.raises(InputError, match='names no player of TinyGAN that has networks'):
        model.train_step(batch(), wrappers)


def test_one_player_needs_no_dictionary():
    torch.manual_seed(0)

    class Regression(TinyGAN):
        def generator_losses(self, batch, fakes):
            return dict(pixel=F.l1_loss(fakes['image'], batch['target_image']))

    model = Regression(generator=dict(type=LinearGenerator), options=dict(init=dict(method=None)))
    wrapper = OptimWrapper(torch.optim.SGD(model.parameters(), lr=0.1))
    first = model.train_step(batch(), wrapper)['generator/loss_pixel']
    assert model.train_step(batch(), wrapper)['generator/loss_pixel'] < first
