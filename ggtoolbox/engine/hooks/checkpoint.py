"""mmengine's checkpoint hook, so that being killed at any moment loses nothing that was saved."""
from __future__ import annotations

import math
import re
from collections import deque
from pathlib import Path

from mmengine.dist import is_main_process
from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner

from ggtoolbox.engine.checkpoint import POINTER, names_not_finite
from ggtoolbox.errors import InputError
from ggtoolbox.finite import listed
from ggtoolbox.registry import HOOKS
from ggtoolbox.writing import clear_incomplete, make_folder, write_whole

RULES = ('greater', 'less')


@HOOKS.register_module()
class SafeCheckpointHook(CheckpointHook):
    """mmengine's ``CheckpointHook`` that loses nothing and keeps nothing that is not finite.

    A file is written beside its place, with a checksum, and then moved there; an outdated or formerly best
    checkpoint is removed after its successor lies on disk (mmengine removes it before), and never outside of
    this run's folder. What is not finite is not saved, and a score that is not finite is not the best. What a
    killed run left half written is cleared at the start.

    Args:
        interval, by_epoch, max_keep_ckpts, save_best, rule, save_last, save_optimizer,
            save_param_scheduler, out_dir, filename_tmpl, save_begin: as mmengine's.
    """

    def __init__(self, interval: int = -1, by_epoch: bool = False, max_keep_ckpts: int = -1,
                 save_best: str | list[str] | None = None, rule: str | list[str] | None = None,
                 save_last: bool = True, save_optimizer: bool = True, save_param_scheduler: bool = True,
                 out_dir: str | None = None, filename_tmpl: str | None = None,
                 save_begin: int = 0) -> None:
        for word in [rule] if isinstance(rule, str) else rule or ():
            if word not in RULES:
                raise InputError(f"{type(self).__name__}: expected the rule 'greater' or 'less', found "
                                 f'{word!r}')
        if filename_tmpl is not None and filename_tmpl.count('{}') != 1:
            raise InputError(f"{type(self).__name__}: expected a filename_tmpl with '{{}}' for the number, "
                             f'found {filename_tmpl!r}')
        super().__init__(interval, by_epoch, save_optimizer, save_param_scheduler, out_dir,
                         max_keep_ckpts, save_last, save_best, rule, filename_tmpl=filename_tmpl,
                         backend_args=dict(backend='atomic_local'), save_begin=save_begin)
        self.saved_iteration = -1  # of the last checkpoint that can be resumed from
        self._earlier_bests: tuple[Path, ...] = ()

    def before_train(self, runner: Runner) -> None:
        super().before_train(runner)
        if is_main_process():
            make_folder(self.out_dir)
            for folder in {self.out_dir, runner.work_dir}:
                clear_incomplete(folder)
        if runner._resume:
            self._remove_older_bests()
        self._earlier_bests = () if runner._resume else tuple(Path(self.out_dir).glob('best_*.pth'))
        for path in self._earlier_bests:
            runner.logger.warning(f'{path}: of an earlier run in this folder; it stays')

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        if bad := names_not_finite(checkpoint):
            raise FloatingPointError(f'iteration {checkpoint["meta"]["iter"]}: {listed(bad)} is not finite, '
                                     'nothing is saved; a lower learning rate may help')

    def save_between(self, runner: Runner) -> Path:
        """Save after an iteration that is not due, where a run is to stop: ``iter_<n>.pth``, which the next
        due checkpoint replaces. Called in ``after_train_iter``; returns the file."""
        iteration = runner.iter + 1
        path = Path(self.out_dir) / f'iter_{iteration}.pth'
        if self.saved_iteration == iteration:
            return Path(self.last_ckpt)
        runner.message_hub.update_info('checkpoint_between', path.name)
        self._save(runner, path.name, dict(epoch=runner.epoch, iter=iteration))
        return path

    def _save_checkpoint_with_step(self, runner: Runner, step: int, meta: dict) -> None:
        outdated = []
        if self.max_keep_ckpts > 0 and step not in self.keep_ckpt_ids:
            kept = [*self.keep_ckpt_ids, step]
            # The file names one too many: a run killed before it is removed removes it when it goes on.
            runner.message_hub.update_info('keep_ckpt_ids', kept)
            self.keep_ckpt_ids = deque(kept, self.max_keep_ckpts)  # the first one falls out
            outdated = [self.filename_tmpl.format(old) for old in kept[:-self.max_keep_ckpts]]
        filename = self.filename_tmpl.format(step)
        between = runner.message_hub.runtime_info.get('checkpoint_between')
        if between not in (None, filename):
            outdated.append(between)
        self._save(runner, filename, meta)
        runner.message_hub.pop_info('checkpoint_between', None)
        for name in outdated:
            self._remove(Path(self.out_dir) / name)
        if self.max_keep_ckpts > 0:
            runner.message_hub.update_info('keep_ckpt_ids', list(self.keep_ckpt_ids))

    def _save(self, runner: Runner, filename: str, meta: dict) -> None:
        path = str(Path(self.out_dir) / filename)
        runner.message_hub.update_info('last_ckpt', path)
        iteration = meta['iter']  # the runner adds to meta
        runner.save_checkpoint(self.out_dir, filename, save_optimizer=self.save_optimizer,
                               save_param_scheduler=self.save_param_scheduler, meta=meta,
                               by_epoch=self.by_epoch, backend_args=self.backend_args)
        self.last_ckpt, self.saved_iteration = path, iteration
        if is_main_process():
            write_whole(Path(runner.work_dir) / POINTER, [path.encode()])

    def _save_best_checkpoint(self, runner: Runner, metrics: dict) -> None:
        if not self.save_best:
            return
        finite, keys = dict(metrics), self.key_indicators
        for key in list(metrics)[:1] if 'auto' in keys else keys:
            if metrics.get(key) is not None and not math.isfinite(metrics[key]):
                runner.logger.warning(f'{key} is {metrics[key]}: this checkpoint is not called the best')
                finite[key] = None  # mmengine passes over it
        single = len(self.key_indicators) == 1
        before = {'': self.best_ckpt_path} if single else dict(self.best_ckpt_path_dict)
        self._set_best(dict.fromkeys(before))  # mmengine finds nothing to remove
        super()._save_best_checkpoint(runner, finite)
        after = {'': self.best_ckpt_path} if single else dict(self.best_ckpt_path_dict)
        self._set_best({key: after[key] or before[key] for key in before})
        for key, path in after.items():
            if path:
                self._remove_former_bests(Path(path), key or self.key_indicators[0])

    def _remove_older_bests(self) -> None:
        """Those that a run which was killed had no time to remove, after it had saved a better one."""
        if not self.save_best:
            return
        single = len(self.key_indicators) == 1
        bests = {self.key_indicators[0]: self.best_ckpt_path} if single else self.best_ckpt_path_dict
        for key, path in bests.items():
            best = Path(self.out_dir) / Path(path).name if path else None  # the folder may have been moved
            if best is not None and best.is_file():
                self._remove_former_bests(best, key, older=True)

    def _remove_former_bests(self, best: Path, key: str, older: bool = False) -> None:
        """All of this run's, also one that a killed process saved and could not tell of; or older ones."""
        name = re.compile(rf'best_{re.escape(key.replace("/", "_"))}_(?:iter|epoch)_(\d+)\.pth')
        kept = name.fullmatch(best.name)
        for path in Path(self.out_dir).glob('best_*.pth'):
            found = name.fullmatch(path.name)
            if path == best or found is None or path in self._earlier_bests:
                continue
            if not older or kept is not None and int(found[1]) < int(kept[1]):
                self._remove(path)

    def _set_best(self, paths: dict[str, str | None]) -> None:
        if '' in paths:
            self.best_ckpt_path = paths['']
        else:
            self.best_ckpt_path_dict = paths

    def _remove(self, path: Path) -> None:
        if is_main_process():
            path.unlink(missing_ok=True)
