"""Numbers that are not finite, in losses, gradients and parameters."""
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn
from torch.nn import functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.gans.watch import StepWatch


class Norm(nn.Module):
    """A generator with running statistics."""

    def __init__(self):
        super().__init__()
        self.net, self.norm = nn.Conv2d(1, 3, 1), nn.BatchNorm2d(3)

    def forward(self, edge):
        return dict(image=self.norm(self.net(edge)))


class RootGAN(BaseGAN):
    """The derivative of a root is infinite at zero, where the root itself is finite."""

    loss_names = ()

    def generate(self, batch):
        return self.generator(batch['edge'])

    def generator_losses(self, batch, fakes):
        pixel = F.l1_loss(fakes['image'], batch['target_image'])
        return dict(pixel=pixel, root=(self.generator.net.weight.sum() * 0 * batch['mask'].mean()).sqrt()
                    if batch['mask'].sum() == 0 else pixel * 0)


def batch(mask=1.0, pixel=0.0):
    generator = torch.Generator().manual_seed(1)
    data = dict(edge=torch.rand(2, 1, 4, 4, generator=generator), target_image=torch.zeros(2, 3, 4, 4),
                mask=torch.full((2, 1, 4, 4), mask))
    data['target_image'][0, 0, 0, 0] = pixel
    return data


def build(skip_steps=0, wrapper=OptimWrapper, accumulate=1, lr=0.1, **options):
    torch.manual_seed(0)
    model = RootGAN(generator=dict(type=Norm), options=dict(init=dict(method=None)))
    model.watch = StepWatch(skip_steps)
    optimiser = torch.optim.Adam(model.generator.parameters(), lr=lr)
    return model, OptimWrapperDict(generator=wrapper(
        optimizer=optimiser, accumulative_counts=accumulate, **options))


def state(model, wrappers):
    tensors = {**model.state_dict()}
    for i, entries in wrappers['generator'].optimizer.state_dict()['state'].items():
        tensors.update({f'{i}.{key}': value for key, value in entries.items()})
    return {name: value.clone() for name, value in tensors.items()}


def equal(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_a_gradient_under_a_finite_loss_stops_before_the_step():
    model, wrappers = build()
    model.train_step(batch(), wrappers)
    before = state(model, wrappers)
    with pytest.raises(FloatingPointError, match='iteration 1: the gradient of generator.net.weight in the '
                                                 'turn of the generator is not finite, though its losses'):
        model.train_step(batch(mask=0.0), wrappers)
    after = state(model, wrappers)
    parameters = [name for name in before if 'running' not in name and 'batches' not in name]
    assert equal({n: before[n] for n in parameters}, {n: after[n] for n in parameters})


def test_parameters_are_watched():
    model, wrappers = build(lr=1e37)
    model.train_step(batch(), wrappers)
    with pytest.raises(FloatingPointError, match='iteration 1: .*is not finite'):
        model.train_step(batch(), wrappers)
    model, wrappers = build()
    model.generator.net.bias.data[0] = float('inf')
    model.generator_losses = lambda batch, fakes: dict(pixel=model.generator.net.weight.sum())
    with pytest.raises(FloatingPointError, match='generator.net.bias of the generator is not finite after'):
        model.train_step(batch(), wrappers)


@pytest.mark.parametrize('fault', [dict(mask=0.0), dict(pixel=float('nan'))])
@pytest.mark.parametrize('accumulate', [1, 2])
def test_a_step_left_out_leaves_nothing_behind(fault, accumulate):
    """Not in weights, not in the optimiser, not in running statistics; the count begins anew after a step."""
    model, wrappers = build(skip_steps=2, accumulate=accumulate)
    reference, others = build(skip_steps=2, accumulate=accumulate)
    for _ in range(2):
        assert model.train_step(batch(), wrappers)
        reference.train_step(batch(), others)
        for _ in range(2):
            assert model.train_step(batch(**fault), wrappers) == {}
            reference.iteration += 1
        assert equal(state(model, wrappers), state(reference, others))
        assert model.iteration == reference.iteration
    with pytest.raises(FloatingPointError, match='after 2 steps in a row that were left out'):
        model.train_step(batch(**fault), wrappers)


class ScaledWrapper(OptimWrapper):
    """mmengine's ``AmpOptimWrapper``, which asks for a GPU, with the same scaler on the CPU."""

    def __init__(self, scale, static=None, **options):
        super().__init__(**options)
        self.loss_scaler = torch.amp.GradScaler('cpu', init_scale=scale)
        self._scale_update_param = static

    def backward(self, loss):
        self.loss_scaler.scale(loss).backward()
        self._inner_count += 1

    def step(self):
        self.loss_scaler.step(self.optimizer)
        self.loss_scaler.update(self._scale_update_param)


def test_a_scaler_that_looks_for_its_scale_is_let_alone():
    model, wrappers = build(wrapper=ScaledWrapper, scale=2.0 ** 127)
    start = state(model, wrappers)
    for _ in range(60):
        assert model.train_step(batch(), wrappers)
    assert wrappers['generator'].loss_scaler.get_scale() < 2.0 ** 127
    assert not equal(start, state(model, wrappers))


@pytest.mark.parametrize(('scale', 'static', 'before'), [(4.0, None, 2), (1024.0, 1024.0, 0)])
def test_a_gradient_that_no_scale_mends_ends_the_run(scale, static, before):
    model, wrappers = build(wrapper=ScaledWrapper, scale=scale, static=static)
    for _ in range(before):  # 4 -> 2 -> 1
        model.train_step(batch(mask=0.0), wrappers)
    with pytest.raises(FloatingPointError, match='the gradient of generator.net.weight'):
        model.train_step(batch(mask=0.0), wrappers)


def test_scaled_steps_are_left_out_and_go_on():
    model, wrappers = build(skip_steps=1, wrapper=ScaledWrapper, scale=1.0)
    model.train_step(batch(), wrappers)
    before = model.generator.net.weight.clone()
    assert model.train_step(batch(mask=0.0), wrappers) == {}
    assert torch.equal(before, model.generator.net.weight)
    assert model.train_step(batch(), wrappers)
    assert not torch.equal(before, model.generator.net.weight)


@pytest.mark.parametrize('wrong', [-1, 1.5, True, None, '3'])
def test_steps_are_counted_in_whole_numbers(wrong):
    with pytest.raises(InputError, match='skip_steps: expected a number of steps, 0 or more, found'):
        StepWatch(wrong)
