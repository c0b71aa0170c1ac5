"""The first line of a training's log."""
from __future__ import annotations

import time

from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from ggtoolbox.registry import HOOKS


@HOOKS.register_module()
class FirstLineHook(Hook):
    """Says after the first iteration what is trained, on what, and for how long; nobody needs to wait for the
    logger's interval to see that a training runs, and that it is the one that was meant."""

    def before_train(self, runner: Runner) -> None:
        self.begun = time.perf_counter()
        self.said = False

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        if self.said:
            return
        self.said = True
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        counts = ', '.join(f'{name} {sum(p.numel() for p in network.parameters()) / 1e6:.2f} M'
                           for name, network in model.named_networks().items())
        loader = runner.train_dataloader
        data, processes = loader.dataset, get_world_size()
        batch = f'{loader.batch_size or len(next(iter(data_batch.values())))} a step'
        if processes > 1:
            batch += f' in each of {processes} processes'
        while hasattr(data, 'dataset'):
            data = data.dataset
        runner.logger.info(
            f'iteration {runner.iter + 1} of {runner.max_iters}, after '
            f'{time.perf_counter() - self.begun:.1f} s: {type(model).__name__} ({counts} parameters) learns '
            f'from {type(data).__name__} ({len(loader.dataset)} samples, {batch}); logs, checkpoints and '
            f'samples go to {runner.work_dir}')
