"""Training and testing a config."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmengine.config import Config
from mmengine.runner import Runner

from ggtoolbox.engine import checkpoint
from ggtoolbox.engine.fine_tuning import MISFITS
from ggtoolbox.engine.hooks.rank_watch import RankWatchHook
from ggtoolbox.engine.hooks.stop import StopHook
from ggtoolbox.engine.runner import ResumableRunner
from ggtoolbox.errors import InputError
from ggtoolbox.registry import RUNNERS
from ggtoolbox.writing import make_folder

from .fast_testing import FastTestHook
from .outputs import input_folders, output_folder
from .settings.agreement import check_groups
from .settings.building import building
from .settings.prepared import prepare_training
from .switches import use_fast
from .zoo.models import weights_of


def build_runner(cfg: Config) -> Runner:
    """The runner for a config: ours, or the one that ``runner_type`` names."""
    if cfg.get('work_dir') is not None:
        make_folder(cfg.work_dir)
    return RUNNERS.build(cfg) if 'runner_type' in cfg else ResumableRunner.from_cfg(cfg)


def resume_from(cfg: Config, where: str) -> None:
    """Let a run go on: ``'auto'`` from its newest checkpoint that is whole and finite (or start, if there is
    none), else from the checkpoint ``where``.

    Raises:
        InputError: ``where`` is no checkpoint of training, not whole, or not finite.
    """
    found = checkpoint.latest_checkpoint(cfg.work_dir) if where == 'auto' else where
    if found is None:
        print(f'{cfg.work_dir}: no complete checkpoint to resume from, starting anew')
        return
    if where != 'auto':
        try:
            checkpoint.load_to_resume(found)
        except InputError as error:
            raise InputError(f'--resume: {error}') from None
    cfg.load_from, cfg.resume = found, True


def fine_tune(cfg: Config, start: str | None = None, draw_anew: Sequence[str] | None = None) -> None:
    """Let a training begin with another model's weights; as ``load_from`` and
    ``default_hooks.model_state.draw_anew`` in a config, which this sets.

    Args:
        start: name of a model of the zoo, or path or URL of a checkpoint; None is the config's.
        draw_anew: see :class:`~ggtoolbox.engine.hooks.model_state.ModelStateHook`; None is the config's.

    Raises:
        InputError: there is nothing to start from.
    """
    cfg.load_from = start or cfg.get('load_from')
    if cfg.load_from is None:
        raise InputError('--draw-anew: expected --load-from with it, found none')
    if draw_anew:
        kept = MISFITS if list(draw_anew) == [MISFITS] else tuple(draw_anew)
        cfg.merge_from_dict({'default_hooks.model_state': dict(type='ModelStateHook', draw_anew=kept)})


def train(cfg: Config) -> Runner:
    """Train, validate and save as the config says, with ``fast`` as :func:`use_fast` has it; returns the
    runner.

    Raises:
        StoppedBySignal: a signal asked for it; what was learnt is saved (:class:`StopHook`).
        InputError: whatever stands in the way of a training, before it begins.
    """
    if cfg.get('load_from') and not cfg.get('resume'):
        cfg.load_from = weights_of(cfg.load_from)
    turned_on = use_fast(cfg) if cfg.get('fast') else []
    runner = prepare_training(cfg, build_runner)
    for sentence in turned_on:
        runner.logger.info(sentence)
    try:
        runner.train()
    finally:
        for hook in runner.hooks:
            if isinstance(hook, StopHook):
                hook.restore()
            elif isinstance(hook, RankWatchHook):
                hook.stop()
    return runner


def build_test_runner(cfg: Config, checkpoint_path: str, out: str | None = None,
                      show_dir: str | None = None, fast: bool = False) -> Runner:
    """A runner whose ``test()`` evaluates a checkpoint on the config's test data.

    Args:
        out: folder for ``metrics.json`` and ``images/<name>.png``.
        show_dir: folder for sheets (label | real | generated).
        fast: draw as fast as the first batch stays within one of 255 levels with (:class:`FastTestHook`).
    """
    cfg.load_from, cfg.resume = checkpoint_path, False
    if 'losses' in cfg.model:
        cfg.model.losses = None  # not computed in a test, and a perceptual one would need its weights
    hooks = list(cfg.get('custom_hooks') or ())
    if out is not None:
        hooks += [dict(type='ImageWriterHook', out_dir=str(Path(out) / 'images')),
                  dict(type='MetricFileHook', path=str(Path(out) / 'metrics.json'))]
    cfg.custom_hooks = hooks
    if show_dir is not None:
        cfg.merge_from_dict({'default_hooks.samples': dict(type='SampleSheetHook', out_dir=show_dir)})
    if cfg.get('test_dataloader') is None:
        raise InputError(f'{cfg.filename}: expected a test_dataloader, found none')
    check_groups(cfg)
    with building(str(cfg.filename)):
        runner = build_runner(cfg)
    with building('test_dataloader'):
        folders = input_folders(runner.test_loop.dataloader.dataset)
    for folder, flag in ((out, '--out'), (out and Path(out) / 'images', '--out'), (show_dir, '--show-dir')):
        if folder is not None:
            output_folder(folder, folders, flag)
    if fast:
        runner.register_hook(FastTestHook())
    return runner


def test(cfg: Config, checkpoint_path: str, out: str | None = None,
         show_dir: str | None = None) -> dict[str, float]:
    """Evaluate a checkpoint on the config's test data; see :func:`build_test_runner`.

    Returns:
        The metrics.
    """
    return build_test_runner(cfg, checkpoint_path, out, show_dir).test()


test.__test__ = False  # an action, not a test of pytest's
