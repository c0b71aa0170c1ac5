"""A training with everything built that its config names, so that nothing of it fails on the way."""
from __future__ import annotations

from collections.abc import Callable

from mmengine.config import Config
from mmengine.dataset import InfiniteSampler
from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner

from ggtoolbox.arguments import nearest
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.base import Metric

from ..outputs import input_folders, same_place
from .agreement import check_groups
from .building import building
from .dry_step import dry_step

FIELD = 'default_hooks.checkpoint.save_best'


def prepare_training(cfg: Config, build_runner: Callable[[Config], Runner]) -> Runner:
    """The runner of a config, with its loops, optimisers and schedules.

    Raises:
        InputError: the config trains nothing; a part cannot be built, or does not go with the others; the
            data set is smaller than a batch, of which none would ever be full.
    """
    if cfg.get('train_dataloader') is None:
        raise InputError(f'{cfg.filename}: expected a train_dataloader, found none')
    check_groups(cfg)
    with building(str(cfg.filename)):
        runner = build_runner(cfg)
    with building('train_dataloader'):
        loader = runner.train_loop.dataloader
        batches = loader.batch_sampler
        if not isinstance(getattr(batches, 'sampler', None), InfiniteSampler) and len(loader) == 0:
            raise InputError(f'train_dataloader: {len(loader.dataset)} samples do not fill one batch of '
                             f'{batches.batch_size}; lower batch_size or set drop_last=False')
    for folder in input_folders(loader.dataset):
        if same_place(folder, runner.work_dir):
            raise InputError(f'work_dir: expected a folder that is not read, found {runner.work_dir}, which '
                             "holds the training's data")
    with building('optim_wrapper'):
        runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
    if runner.param_schedulers is not None and not runner.auto_scale_lr:  # scaling comes before schedules
        with building('param_scheduler'):
            runner.param_schedulers = runner.build_param_scheduler(runner.param_schedulers)
    if cfg.get('val_dataloader') is not None:
        with building('val_dataloader'):
            runner.val_loop  # noqa: B018  (built by being asked for)
    _check_save_best(runner)
    dry_step(cfg, loader, runner.val_loop.dataloader if runner.val_loop is not None else None)
    return runner


def _check_save_best(runner: Runner) -> None:
    """The best checkpoint is chosen by a metric that there is."""
    for hook in runner.hooks:
        wanted = getattr(hook, 'save_best', None) if isinstance(hook, CheckpointHook) else None
        names = [wanted] if isinstance(wanted, str) else wanted or ()
        metrics = runner.val_loop.evaluator.metrics if names and runner.val_loop is not None else ()
        if not metrics or not all(isinstance(metric, Metric) for metric in metrics):
            continue  # no validation; or another's metric, which does not say what its values are called
        known = [name for metric in metrics for name in metric.value_names]
        for name in names:
            if name not in (*known, 'auto'):
                raise InputError(f'{FIELD}: expected one of {", ".join(known)}, which val_evaluator '
                                 f'measures, found {name!r}{nearest(name, known)}')
