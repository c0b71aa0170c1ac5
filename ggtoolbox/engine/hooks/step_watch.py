"""Steps that are not finite: how many may be left out."""
from __future__ import annotations

from mmengine.hooks import Hook
from mmengine.runner import Runner

from ggtoolbox.engine.wrapped import unwrapped
from ggtoolbox.models.gans.watch import StepWatch
from ggtoolbox.registry import HOOKS


@HOOKS.register_module()
class StepWatchHook(Hook):
    """Sets the model's :class:`~ggtoolbox.models.gans.watch.StepWatch`.

    Args:
        skip_steps: how many steps in a row each player may leave out; the next one ends the run.
    """

    def __init__(self, skip_steps: int = 0) -> None:
        self.watch = StepWatch(skip_steps)

    def before_train(self, runner: Runner) -> None:
        model = unwrapped(runner.model)
        model.watch = self.watch
