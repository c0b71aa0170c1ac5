"""mmengine's checkpoint hook, so that being killed at any moment loses nothing that was saved."""
from __future__ import annotations

from pathlib import Path

from mmengine.dist import is_main_process
from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner

from ggtoolbox.engine import checkpoint  # noqa: F401  (registers the backend 'atomic_local')
from ggtoolbox.registry import HOOKS


@HOOKS.register_module()
class SafeCheckpointHook(CheckpointHook):
    """mmengine's ``CheckpointHook`` with two orders changed.

    A file is written beside its place and then moved there, and an outdated or formerly best
    checkpoint is removed after its successor lies on disk (mmengine removes it before).

    Args:
        interval, by_epoch, max_keep_ckpts, save_best, rule, save_last, save_optimizer,
            save_param_scheduler, out_dir, filename_tmpl, save_begin: as mmengine's.
    """

    def __init__(self, interval: int = -1, by_epoch: bool = False, max_keep_ckpts: int = -1,
                 save_best: str | list[str] | None = None, rule: str | list[str] | None = None,
                 save_last: bool = True, save_optimizer: bool = True, save_param_scheduler: bool = True,
                 out_dir: str | None = None, filename_tmpl: str | None = None,
                 save_begin: int = 0) -> None:
        super().__init__(interval, by_epoch, save_optimizer, save_param_scheduler, out_dir,
                         max_keep_ckpts, save_last, save_best, rule, filename_tmpl=filename_tmpl,
                         backend_args=dict(backend='atomic_local'), save_begin=save_begin)

    def _save_checkpoint_with_step(self, runner: Runner, step: int, meta: dict) -> None:
        outdated = None
        if self.max_keep_ckpts > 0 and step not in self.keep_ckpt_ids:
            if len(self.keep_ckpt_ids) == self.max_keep_ckpts:
                outdated = self.keep_ckpt_ids[0]
            self.keep_ckpt_ids.append(step)  # a deque of max_keep_ckpts: the first one falls out
            runner.message_hub.update_info('keep_ckpt_ids', list(self.keep_ckpt_ids))
        limit, self.max_keep_ckpts = self.max_keep_ckpts, -1  # mmengine's own removal stays off
        try:
            super()._save_checkpoint_with_step(runner, step, meta)
        finally:
            self.max_keep_ckpts = limit
        if outdated is not None:
            self._remove(Path(self.out_dir) / self.filename_tmpl.format(outdated))

    def _save_best_checkpoint(self, runner: Runner, metrics: dict) -> None:
        if not self.save_best:
            return
        single = len(self.key_indicators) == 1
        before = {'': self.best_ckpt_path} if single else dict(self.best_ckpt_path_dict)
        self._set_best(dict.fromkeys(before))  # mmengine finds nothing to remove
        super()._save_best_checkpoint(runner, metrics)
        after = {'': self.best_ckpt_path} if single else dict(self.best_ckpt_path_dict)
        self._set_best({key: after[key] or before[key] for key in before})
        for key, former in before.items():
            if former and after[key] and former != after[key]:
                self._remove(Path(former))

    def _set_best(self, paths: dict[str, str | None]) -> None:
        if '' in paths:
            self.best_ckpt_path = paths['']
        else:
            self.best_ckpt_path_dict = paths

    def _remove(self, path: Path) -> None:
        if is_main_process():
            path.unlink(missing_ok=True)
