"""Steps inside of backward passes equal steps after them."""
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from test_turn_graphs import RecordedGAN, Scales, assert_same, batch, build, train

from ggtoolbox.engine.hooks.execution import ExecutionHook
from ggtoolbox.engine.optimisers import BFloat16OptimWrapper
from ggtoolbox.engine.step_in_backward import step_in_backward
from ggtoolbox.models.gans.watch import StepWatch


class Run:
    def __init__(self, model, wrappers):
        self.model, self.optim_wrapper = model, wrappers


@pytest.mark.parametrize(('wrapper', 'fused', 'options'), [
    (OptimWrapper, True, {}), (OptimWrapper, False, dict(discriminator_steps=2)),
    (BFloat16OptimWrapper, True, dict(reuse_fakes=True, update_order=('discriminator', 'generator')))])
def test_numbers_are_those_of_steps_at_the_end_and_gradients_never_exist_at_once(wrapper, fused, options):
    batches = [batch(number) for number in range(4)]
    expected = train(*build(wrapper=wrapper, fused=fused, graphs=False, **options)[:2], batches)
    model, wrappers, _ = build(wrapper=wrapper, fused=fused, graphs=False, **options)
    ExecutionHook(step_in_backward=True).before_train(Run(model, wrappers))
    most = []
    for parameter in model.parameters():
        parameter.register_post_accumulate_grad_hook(lambda p: most.append(
            sum(q.grad is not None for q in model.parameters())))
    assert_same(train(model, wrappers, batches), expected)
    assert set(most) == {0}


def test_a_gradient_that_is_not_finite_ends_the_run_by_its_name(monkeypatch):
    monkeypatch.setattr(RecordedGAN, 'generator_losses', lambda self, batch, fakes: dict(
        root=(self.generator.net.weight.sum() * 0).sqrt() + fakes['image'].mean()))
    model, wrappers, _ = build(graphs=False)
    assert step_in_backward(model, wrappers)
    before = model.generator.net.weight.clone()
    with pytest.raises(FloatingPointError, match='the gradient of generator.net.weight in the turn'):
        model.train_step(batch(0), wrappers)
    torch.testing.assert_close(model.generator.net.weight, before, rtol=0, atol=0)


def test_steps_that_may_be_left_out_wait_for_all_gradients():
    batches = [batch(number) for number in range(2)]
    expected = train(*build(graphs=False)[:2], batches)
    model, wrappers, _ = build(graphs=False)
    assert step_in_backward(model, wrappers)
    model.watch = StepWatch(1)
    counts = []
    for parameter in model.parameters():
        parameter.register_post_accumulate_grad_hook(lambda p: counts.append(p.grad is not None))
    assert_same(train(model, wrappers, batches), expected)
    assert counts and all(counts)


@pytest.mark.parametrize('settings', [
    dict(wrapped=dict(accumulative_counts=2)), dict(wrapped=dict(clip_grad=dict(max_norm=1.0))),
    dict(wrapper=Scales)])
def test_gradients_that_are_not_used_as_they_are_are_kept(settings):
    model, wrappers, _ = build(graphs=False, **settings)
    assert not step_in_backward(model, wrappers)
    assert not any(parameter._post_accumulate_grad_hooks for parameter in model.parameters())


def test_one_optimiser_alone_will_do():
    model, wrappers, _ = build(graphs=False)
    assert step_in_backward(model, wrappers['generator']) and isinstance(wrappers, OptimWrapperDict)
    assert all(p._post_accumulate_grad_hooks for p in model.generator.parameters())
