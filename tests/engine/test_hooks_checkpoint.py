"""What the checkpoint hook keeps, removes and refuses, on the model of one number of test_hooks.py."""
import math

import pytest
import torch
from mmengine.runner import Runner
from test_hooks import BrightnessGAN, Level, run, saved

from ggtoolbox.engine.checkpoint import latest_checkpoint
from ggtoolbox.engine.hooks.step_watch import StepWatchHook
from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS, MODELS

BEST = dict(save_best='Level', rule='greater')


@MODELS.register_module(force=True)
class RootGAN(BrightnessGAN):
    """From the third iteration on, a gradient that is infinite under a finite loss."""

    def generator_losses(self, batch, fakes):
        level = fakes['image'].mean()
        return dict(pixel=-level, root=(level * 0).abs().sqrt() if self.iteration >= 2 else level * 0)


@METRICS.register_module(force=True)
class Unbounded(Level):
    name = 'Unbounded'

    def compute_metrics(self, results):
        return {'Unbounded': math.inf if results[0] > 0.15 else 1.0}


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix in ('.pth', '.incomplete'))


def test_a_gradient_that_is_not_finite_is_not_saved(tmp_path):
    with pytest.raises(FloatingPointError, match='iteration 2: the gradient of generator.level'):
        run(tmp_path, 5, model='RootGAN')
    assert names(tmp_path) == ['iter_1.pth', 'iter_2.pth']
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'iter_2.pth')


def test_steps_are_left_out_by_a_switch(tmp_path):
    runner = run(tmp_path, 5, [dict(type='StepWatchHook', skip_steps=3)], model='RootGAN')
    assert runner.model.generator.level.item() == pytest.approx(0.2)
    with pytest.raises(FloatingPointError, match='after 2 steps in a row'):
        run(tmp_path / 'less', 5, [dict(type='StepWatchHook', skip_steps=2)], model='RootGAN')
    with pytest.raises(InputError, match='skip_steps: expected a number of steps, 0 or more, found -1'):
        StepWatchHook(skip_steps=-1)


@pytest.mark.parametrize('where', ['weights', 'buffer', 'average', 'optimiser'])
def test_nothing_that_is_not_finite_is_saved_or_called_best(tmp_path, monkeypatch, where):
    """Whatever made it so, also after the last step."""
    original = BrightnessGAN.train_step

    def train_step(self, data, optim_wrapper):
        log = original(self, data, optim_wrapper)
        if self.iteration == 3:
            if where == 'optimiser':
                wrapper = optim_wrapper['generator'].optimizer
                wrapper.state[self.generator.level]['momentum_buffer'] = torch.tensor([math.inf])
            elif where == 'buffer':
                self.generator.weight_u.fill_(math.inf)
            else:
                self.generator.level.data.fill_(math.nan)
        return log

    monkeypatch.setattr(BrightnessGAN, 'train_step', train_step)
    hooks = [dict(type='GeneratorEMAHook', momentum=0.5)] if where == 'average' else []
    with pytest.raises(FloatingPointError, match='iteration 3: .* is not finite, nothing is saved'):
        run(tmp_path, 3, hooks, checkpoint=BEST)
    assert names(tmp_path) == ['best_Level_iter_2.pth', 'iter_1.pth', 'iter_2.pth']


def test_a_score_that_is_not_finite_is_not_the_best(tmp_path):
    run(tmp_path, 3, checkpoint=dict(save_best='Unbounded', rule='greater'), metric='Unbounded')
    assert names(tmp_path) == ['best_Unbounded_iter_1.pth', 'iter_1.pth', 'iter_2.pth', 'iter_3.pth']


def test_one_best_after_a_kill_between_saving_and_removing(tmp_path):
    run(tmp_path, 2, checkpoint=BEST)
    (tmp_path / 'best_Level_iter_1.pth').write_bytes(b'removed too late')
    (tmp_path / '.iter_3.pth.incomplete').write_bytes(b'half')
    (tmp_path / 'best_PSNR_iter_1.pth').write_bytes(b'of another score')
    run(tmp_path, 3, checkpoint=BEST, resume=str(tmp_path / 'iter_2.pth'))
    assert names(tmp_path) == ['best_Level_iter_3.pth', 'best_PSNR_iter_1.pth', 'iter_1.pth', 'iter_2.pth',
                               'iter_3.pth']


def test_one_best_after_a_kill_at_the_very_end(tmp_path):
    """All is saved, but for the removal of the former best; nothing is left to be trained."""
    run(tmp_path, 2, checkpoint=BEST)
    (tmp_path / 'best_Level_iter_1.pth').write_bytes(b'removed too late')
    run(tmp_path, 2, checkpoint=BEST, resume=str(tmp_path / 'iter_2.pth'))
    assert names(tmp_path) == ['best_Level_iter_2.pth', 'iter_1.pth', 'iter_2.pth']


def test_one_best_in_a_folder_that_was_moved(tmp_path):
    run(tmp_path / 'a', 2, checkpoint=BEST)
    (tmp_path / 'a').rename(tmp_path / 'b')
    run(tmp_path / 'b', 3, checkpoint=BEST, resume=str(tmp_path / 'b/iter_2.pth'))
    assert names(tmp_path / 'b') == ['best_Level_iter_3.pth', 'iter_1.pth', 'iter_2.pth', 'iter_3.pth']


def test_a_run_removes_nothing_of_another(tmp_path):
    """Not of the run that it goes on from, not of an earlier one in its folder."""
    run(tmp_path / 'a', 2, checkpoint=BEST)
    before = names(tmp_path / 'a')
    run(tmp_path / 'b', 3, checkpoint=dict(BEST, max_keep_ckpts=1), resume=str(tmp_path / 'a/iter_2.pth'))
    assert names(tmp_path / 'a') == before
    assert names(tmp_path / 'b') == ['best_Level_iter_3.pth', 'iter_3.pth']
    run(tmp_path / 'b', 1, checkpoint=BEST)
    assert [n for n in names(tmp_path / 'b') if n[0] == 'b'] == ['best_Level_iter_1.pth',
                                                                 'best_Level_iter_3.pth']


def test_a_run_killed_before_it_removed_an_outdated_checkpoint(tmp_path, monkeypatch):
    unlink = []
    with monkeypatch.context() as patch:
        patch.setattr('ggtoolbox.engine.hooks.checkpoint.SafeCheckpointHook._remove',
                      lambda self, path: unlink.append(path.name))
        run(tmp_path, 3, checkpoint=dict(max_keep_ckpts=1))
    assert set(unlink) == {'iter_1.pth', 'iter_2.pth'}
    (tmp_path / 'iter_1.pth').unlink()
    run(tmp_path, 4, checkpoint=dict(max_keep_ckpts=1), resume=str(tmp_path / 'iter_3.pth'))
    assert names(tmp_path) == ['iter_4.pth']


def test_a_pointer_is_written_whole(tmp_path, monkeypatch):
    run(tmp_path, 1)
    original = Runner.save_checkpoint

    def killed(self, *args, **kwargs):
        original(self, *args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(Runner, 'save_checkpoint', killed)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, 2, resume=str(tmp_path / 'iter_1.pth'))
    assert (tmp_path / 'last_checkpoint').read_text() == str(tmp_path / 'iter_1.pth')
    assert latest_checkpoint(tmp_path) == str(tmp_path / 'iter_2.pth')
    assert saved(tmp_path / 'iter_2.pth')['meta']['iter'] == 2


def test_a_folder_that_is_taken_away_is_one_sentence(tmp_path, monkeypatch):
    original = BrightnessGAN.train_step

    def train_step(self, data, optim_wrapper):
        if self.iteration == 1:
            tmp_path.joinpath('run').rename(tmp_path / 'taken')
        return original(self, data, optim_wrapper)

    monkeypatch.setattr(BrightnessGAN, 'train_step', train_step)
    with pytest.raises(InputError, match='iter_2.pth: cannot be written .the folder .*run does not exist'):
        run(tmp_path / 'run', 2)
    assert names(tmp_path / 'taken') == ['iter_1.pth'] and not (tmp_path / 'run').exists()
