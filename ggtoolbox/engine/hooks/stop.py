"""Runs that are asked to stop: the iteration is finished and saved, and it is said how to go on."""
from __future__ import annotations

import signal

import torch
from mmengine.device import get_device
from mmengine.dist import all_reduce, get_world_size, is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from ggtoolbox.engine.signals import StopSignals
from ggtoolbox.errors import StoppedBySignal
from ggtoolbox.registry import HOOKS

from .checkpoint import SafeCheckpointHook


@HOOKS.register_module()
class StopHook(Hook):
    """On SIGTERM, SIGUSR1 (SLURM's warning) or Ctrl-C: finish the iteration, save, and raise
    :class:`~ggtoolbox.errors.StoppedBySignal`, in all processes in the same iteration. A second Ctrl-C ends
    at once.

    A validation that is under way is finished first, unless its iteration is saved already: then the run
    stops, and ``--resume`` begins with that validation.

    Args:
        exit_zero: whether the command ends with 0 after SIGTERM and SIGUSR1, as schedulers want it that start
            the job again; else with 128 + the signal's number, as shells have it.
    """

    priority = 'LOWEST'  # after the checkpoint that may be due in the same iteration

    def __init__(self, exit_zero: bool = False) -> None:
        self.exit_zero = exit_zero
        self.signals: StopSignals | None = None

    def before_train(self, runner: Runner) -> None:
        announce = 'this iteration is finished and saved; Ctrl-C ends at once' if is_main_process() else ''
        self.signals = StopSignals(announce)
        self.signals.install()
        for loop in (runner.train_loop, runner.val_loop):
            if isinstance(getattr(loop, 'dataloader', None), DataLoader):
                self.signals.keep_workers(loop.dataloader)

    def after_train(self, runner: Runner) -> None:
        self.restore()

    def restore(self) -> None:
        """Signals mean again what they meant before; also to be called when a training ended in an error."""
        if self.signals is not None:
            self.signals.restore()

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        if number := self._agreed():
            hook = _checkpoint_hook(runner)
            path = None if hook is None else hook.save_between(runner)
            self._stop(number, runner.iter + 1, path)

    def after_val_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                       outputs: list[dict] | None = None) -> None:
        hook = _checkpoint_hook(runner)
        if self.signals is None or hook is None or hook.saved_iteration != runner.iter:
            return
        if number := self._agreed():
            self._stop(number, runner.iter, hook.last_ckpt)

    def _agreed(self) -> int:
        """The signal that any process received, 0 for none; the same in all processes."""
        received = int(self.signals.received or 0)
        if get_world_size() == 1:
            return received
        number = torch.tensor(received, device=get_device())
        all_reduce(number, 'max')
        return int(number)

    def _stop(self, number: int, iteration: int, path: object) -> None:
        self.restore()
        number = signal.Signals(number)
        zero = self.exit_zero and number != signal.SIGINT
        how = f'saved {path}; go on with the same command and --resume' if path else (
            'nothing is saved, because default_hooks has no SafeCheckpointHook')
        raise StoppedBySignal(f'stopped by {number.name} after iteration {iteration}, {how}',
                              0 if zero else 128 + number)


def _checkpoint_hook(runner: Runner) -> SafeCheckpointHook | None:
    return next((hook for hook in runner.hooks if isinstance(hook, SafeCheckpointHook)), None)
