"""A process that hangs ends the job, and the sentence says which it was."""
from __future__ import annotations

import os
from datetime import timedelta

from mmengine.dist import barrier, get_rank, get_world_size
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.distributed import TCPStore

from ggtoolbox.engine.rank_watch import RankWatch
from ggtoolbox.errors import InputError
from ggtoolbox.registry import HOOKS


@HOOKS.register_module()
class RankWatchHook(Hook):
    """Ends a training in several processes in which nothing gets on; see
    :class:`~ggtoolbox.engine.rank_watch.RankWatch`.

    Args:
        timeout: seconds; more than the longest iteration, compilation or computation of a metric takes.
    """

    priority = 'VERY_HIGH'

    def __init__(self, timeout: float = 1800.0) -> None:
        if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout > 0:
            raise InputError(f'RankWatchHook: timeout: expected seconds, more than 0, found {timeout!r}')
        self.timeout = timeout
        self.watch: RankWatch | None = None

    def before_train(self, runner: Runner) -> None:
        if get_world_size() == 1 or 'MASTER_PORT' not in os.environ:
            return
        # A connection of its own to the store of the processes: an answer may take as long as the timeout.
        store = TCPStore(os.environ['MASTER_ADDR'], int(os.environ['MASTER_PORT']), is_master=False,
                         wait_for_workers=False, timeout=timedelta(seconds=max(300.0, self.timeout)))
        barrier()
        self.watch = RankWatch(store, get_rank(), get_world_size(), self.timeout,
                               'default_hooks.rank_watch.timeout')
        self.watch.start()

    def after_train(self, runner: Runner) -> None:
        self.stop()

    def stop(self) -> None:
        if self.watch is not None:
            self.watch.stop()
            self.watch = None

    def _progress(self, runner: Runner) -> None:
        if self.watch is not None:
            self.watch.progress(runner.iter)

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None) -> None:
        self._progress(runner)

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        self._progress(runner)

    def before_val_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None) -> None:
        self._progress(runner)

    def after_val_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                       outputs: list[dict] | None = None) -> None:
        self._progress(runner)

    def after_val_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        self._progress(runner)
