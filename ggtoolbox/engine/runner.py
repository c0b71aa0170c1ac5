"""mmengine's Runner, whose runs end the same to the bit whether or not they were killed between."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmengine.dist import gather_object, get_rank, is_main_process
from mmengine.hooks import CheckpointHook, Hook
from mmengine.logging import MMLogger
from mmengine.runner import BaseLoop, Runner
from torch.utils.data import DataLoader

from ggtoolbox.datasets.placed import TRAINING, VALIDATION, placed_loader
from ggtoolbox.registry import RUNNERS
from ggtoolbox.safe_load import load_meta

from . import config_text, run_state, schedules  # noqa: F401  (config_text works by being imported)
from .checkpoint import latest_checkpoint
from .loops import ResumableEpochLoop, ResumableIterLoop, _ResumableLoop
from .run_files import log_files, log_sizes, set_back


class _RunStateHook(Hook):
    """Puts a run's state into its checkpoints, and takes it out."""

    priority = 'VERY_HIGH'

    def __init__(self) -> None:
        self.gathered: list[dict] | None = None
        self.loaded: tuple[dict | None, dict | None] = (None, None)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        if not isinstance(runner.train_loop, _ResumableLoop):
            return
        logs = log_sizes(runner.log_dir, runner.visualizer)
        checkpoint['meta']['run'] = dict(runner.description, logs=logs)
        if 'optimizer' in checkpoint and self.gathered is not None:
            checkpoint['run_state'] = dict(loop=runner.train_loop.state_dict(), processes=self.gathered)

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        if runner._resume:
            self.loaded = (checkpoint.get('meta') or {}).get('run'), checkpoint.get('run_state')


@RUNNERS.register_module()
class ResumableRunner(Runner):
    """See ``docs/exact_resume.md`` for what is restored. Settings are those of mmengine's ``Runner``.

    A resumed run keeps the seed of its checkpoint, and writes on in the same log folder if that lies in its
    work dir; what was logged after the checkpoint is cut off there, and logged again.
    """

    description: dict

    _begun: Counter[str] = Counter()

    def build_logger(self, log_level: int | str = 'INFO', log_file: str | None = None, **settings: Any
                     ) -> MMLogger:
        """The first thing that is looked up by the run's name. mmengine makes that of the second in which a
        run begins, and gives two of one process that share it one logger, message hub and visualizer."""
        self._begun[self._experiment_name] += 1
        if (number := self._begun[self._experiment_name]) > 1:
            self._experiment_name = f'{self._experiment_name}_{number}'
        return super().build_logger(log_level, log_file, **settings)

    def setup_env(self, env_cfg: dict) -> None:
        super().setup_env(env_cfg)
        self._former, self._former_logs = {}, []
        self._found = None
        if self.cfg.get('resume'):
            self._found = self.cfg.get('load_from') or latest_checkpoint(self.work_dir)
        if self._found is not None and Path(self._found).is_file():
            self._former = load_meta(self._found).get('run') or {}
        timestamp = self._former.get('timestamp')
        if timestamp:
            self._former_logs = log_files(f'{self.work_dir}/{timestamp}')
        if self._former_logs:
            self._timestamp = timestamp

    def set_randomness(self, seed: int | None, diff_rank_seed: bool = False,
                       deterministic: bool = False) -> None:
        if 'seed' in self._former:
            self._randomness_cfg['seed'] = seed = self._former['seed']
        super().set_randomness(seed, diff_rank_seed, deterministic)

    def register_hooks(self, default_hooks: dict | None = None, custom_hooks: list | None = None) -> None:
        super().register_hooks(default_hooks, custom_hooks)
        self.register_hook(_RunStateHook())

    @property
    def data_seed(self) -> int:
        """The seed of samples, the same in all processes."""
        return self.seed - (get_rank() if self._randomness_cfg.get('diff_rank_seed') else 0)

    def build_train_loop(self, loop: BaseLoop | dict) -> BaseLoop:
        if isinstance(loop, dict) and 'by_epoch' in loop and 'type' not in loop:
            kind = ResumableEpochLoop if loop['by_epoch'] else ResumableIterLoop
            settings = {key: value for key, value in loop.items() if key not in ('by_epoch', '_scope_')}
            loop = kind(runner=self, dataloader=self._train_dataloader, **settings)
            loop.dataloader = placed_loader(loop.dataloader, self.data_seed, TRAINING)
            return loop
        return super().build_train_loop(loop)

    def build_val_loop(self, loop: BaseLoop | dict) -> BaseLoop:
        loop = super().build_val_loop(loop)
        if isinstance(getattr(loop, 'dataloader', None), DataLoader):
            loop.dataloader = placed_loader(loop.dataloader, self.data_seed, VALIDATION)
        return loop

    def load_or_resume(self) -> None:
        if self._resume:
            self._load_from = self._load_from or self._found
        if isinstance(self._train_loop, _ResumableLoop):
            self.description = run_state.describe(self)
        super().load_or_resume()

    def save_checkpoint(self, out_dir: str, filename: str, file_client_args: dict | None = None,
                        save_optimizer: bool = True, save_param_scheduler: bool = True,
                        meta: dict | None = None, by_epoch: bool = True,
                        backend_args: dict | None = None) -> None:
        """As mmengine's; to be called in all processes, whose states are gathered."""
        if save_optimizer and isinstance(self._train_loop, _ResumableLoop):
            self._state_hook.gathered = gather_object(run_state.process_state(self))
        super().save_checkpoint(out_dir, filename, file_client_args, save_optimizer, save_param_scheduler,
                                meta, by_epoch, backend_args)

    def resume(self, filename: str, resume_optimizer: bool = True, resume_param_scheduler: bool = True,
               map_location: str | Callable = 'default') -> None:
        """As mmengine's, and all that mmengine leaves out."""
        now = self.description
        super().resume(filename, resume_optimizer, resume_param_scheduler, map_location)
        for hook in self.hooks:
            if isinstance(hook, CheckpointHook):
                hook.last_ckpt = filename  # a validation that is caught up with saves it again with its best
        self.message_hub.update_info('cfg', self.cfg.pretty_text)
        self.message_hub.update_info('experiment_name', self.experiment_name)
        (before, state), self._state_hook.loaded = self._state_hook.loaded, (None, None)
        if before is None or state is None:
            self.train_loop.validated = self.iter
            self.logger.warning(f'{filename}: it does not say where in the data its run was, nor what it '
                                'drew; the run goes on, but not as the one that was never interrupted')
            return
        for sentence in run_state.no_longer_exact(before, now):
            self.logger.warning(sentence)
        configured = self.cfg.get('randomness', {}).get('seed')
        if configured not in (None, before['seed']):
            self.logger.warning(f"randomness.seed: {configured} is not taken, the run keeps {before['seed']}")
        schedules.take_changes(self, before, now)
        rank, processes = get_rank(), state['processes']
        own = processes[rank if rank < len(processes) else 0]
        run_state.load_process_state(self, own, before['processes'] == now['processes'])
        self.train_loop.load_state_dict(state['loop'], own)
        if is_main_process():
            set_back(self._former_logs, before['logs'])

    @property
    def _state_hook(self) -> _RunStateHook:
        return next(hook for hook in self.hooks if isinstance(hook, _RunStateHook))
