"""Testing by the fastest recipe that pictures stay the same with."""
from __future__ import annotations

from mmengine.hooks import Hook
from mmengine.runner import Runner

from ggtoolbox.engine.wrapped import unwrapped

from .fast_generation import FastGeneration


class FastTestHook(Hook):
    """Lets a test draw by :class:`FastGeneration`, and says in the log what its first batch found.

    Each process finds its own. Weights are as they were after the test, their layout in memory included.
    """

    priority = 'VERY_LOW'  # after weights are replaced by their averages

    def before_test_epoch(self, runner: Runner) -> None:
        model = unwrapped(runner.model)
        model.test_step = FastGeneration(model, next(model.parameters()).device)

    def after_test_epoch(self, runner: Runner, metrics: dict[str, float] | None = None) -> None:
        model = unwrapped(runner.model)
        fast = model.test_step
        fast.end()
        del model.test_step
        runner.logger.info(f'fast: {fast}')
