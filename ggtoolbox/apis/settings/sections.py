"""What stands under each key of a config, and who reads it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from mmengine.config import Config
from mmengine.optim.scheduler.lr_scheduler import LRSchedulerMixin
from mmengine.optim.scheduler.momentum_scheduler import MomentumSchedulerMixin
from mmengine.runner import EpochBasedTrainLoop, IterBasedTrainLoop, Runner
from torch.utils.data import DataLoader

from ggtoolbox import registry as registries
from ggtoolbox.arguments import check_value, constructor_arguments, nearest
from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.fastest import Fastest

from . import read_by_runner
from .components import check_call, check_component, class_of, expect_dict

SPLITS = ('train', 'val', 'test')
DEFAULT_HOOKS = dict(
    runtime_info='RuntimeInfoHook', timer='IterTimerHook', sampler_seed='DistSamplerSeedHook',
    logger='LoggerHook', param_scheduler='ParamSchedulerHook', checkpoint='CheckpointHook')
PRIORITIES = ('HIGHEST', 'VERY_HIGH', 'HIGH', 'ABOVE_NORMAL', 'NORMAL', 'BELOW_NORMAL', 'LOW', 'VERY_LOW',
              'LOWEST')
LAUNCHERS = 'none', 'pytorch', 'slurm', 'mpi'
LOG_LEVELS = ('CRITICAL', 'FATAL', 'ERROR', 'WARNING', 'WARN', 'INFO', 'DEBUG', 'NOTSET')


def check_section(cfg: Config, key: str) -> None:
    """Raise :class:`InputError` unless what stands under ``key`` can be built."""
    value = cfg.get(key)
    if value is not None and key in SECTIONS:
        SECTIONS[key](value, key)


def _model(settings: Any, field: str) -> None:
    check_component(settings, registries.MODELS, field)


def _dataloader(settings: Any, field: str) -> None:
    expect_dict(settings, field, 'a dict with dataset, sampler, batch_size, ...')
    own = {key: value for key, value in settings.items() if key not in PARTS_OF_A_LOADER}
    check_call(DataLoader, own, field, given=PARTS_OF_A_LOADER)
    for key in ('dataset', 'sampler'):
        if key not in settings:
            raise InputError(f'{field}: expected the key {key!r}, found {", ".join(settings) or "none"}')
    if 'batch_size' not in settings and 'batch_sampler' not in settings:
        raise InputError(f"{field}: expected the key 'batch_size', found {', '.join(settings)}")
    check_component(settings['dataset'], registries.DATASETS, f'{field}.dataset')
    check_component(settings['sampler'], registries.DATA_SAMPLERS, f'{field}.sampler', ('dataset',))
    if settings.get('batch_sampler') is not None:
        check_component(settings['batch_sampler'], registries.DATA_SAMPLERS, f'{field}.batch_sampler',
                        ('sampler', 'batch_size'))
    for key, given in (('collate_fn', 1), ('worker_init_fn', 1)):
        if settings.get(key) is not None and not callable(settings[key]):
            check_function(settings[key], f'{field}.{key}', given)
    known = constructor_arguments(read_by_runner.dataloader)[0]
    check_call(read_by_runner.dataloader, {key: settings[key] for key in settings if key in known}, field)


PARTS_OF_A_LOADER = ('dataset', 'sampler', 'batch_sampler', 'collate_fn', 'worker_init_fn',
                     'num_batch_per_epoch', 'disable_subprocess_warning')


def check_function(settings: Any, field: str, given: int) -> None:
    """A function by name, whose first ``given`` arguments the loader adds."""
    expect_dict(settings, field)
    function = class_of(settings.get('type'), registries.FUNCTIONS, field)
    first = list(constructor_arguments(function)[0])[:given]
    check_call(function, {k: v for k, v in settings.items() if k not in ('type', '_scope_')}, field, first)


def _train_cfg(settings: Any, field: str) -> None:
    expect_dict(settings, field, 'a dict such as dict(by_epoch=False, max_iters=1000, val_interval=200)')
    if 'type' in settings:
        if 'by_epoch' in settings:
            raise InputError(f"{field}: expected 'type' or 'by_epoch', found both")
        check_component(settings, registries.LOOPS, field, RUNNERS_OWN)
        return
    if not isinstance(settings.get('by_epoch'), bool):
        raise InputError(f'{field}.by_epoch: expected True or False, found {settings.get("by_epoch")!r}')
    loop = EpochBasedTrainLoop if settings['by_epoch'] else IterBasedTrainLoop
    arguments = {key: value for key, value in settings.items() if key != 'by_epoch'}
    check_call(loop, arguments, field, RUNNERS_OWN)


RUNNERS_OWN = ('runner', 'dataloader')


def _other_loop(settings: Any, field: str, loop: str) -> None:
    expect_dict(settings, field, 'a dict, which may be empty')
    check_component(settings, registries.LOOPS, field, (*RUNNERS_OWN, 'evaluator'), default=loop)


def _evaluator(settings: Any, field: str) -> None:
    if isinstance(settings, (list, tuple)):
        if not settings:
            raise InputError(f'{field}: expected one metric at least, found none')
        for index, metric in enumerate(settings):
            check_component(metric, registries.METRICS, f'{field}.{index}')
    elif isinstance(settings, Mapping) and 'metrics' in settings:
        check_component(settings, registries.EVALUATOR, field, default='Evaluator')
    else:
        check_component(settings, registries.METRICS, field)


def _optim_wrapper(settings: Any, field: str) -> None:
    expect_dict(settings, field, 'a dict with an entry for each player')
    constructor = settings.get('constructor', 'DefaultOptimWrapperConstructor')
    class_of(constructor, registries.OPTIM_WRAPPER_CONSTRUCTORS, f'{field}.constructor')
    if 'type' in settings:
        class_of(settings['type'], registries.OPTIM_WRAPPERS, field)
    if 'optimizer' in settings:
        _one_optim_wrapper({k: v for k, v in settings.items() if k != 'constructor'}, field)
        return
    players = {k: v for k, v in settings.items() if k not in ('constructor', 'type', 'paramwise_cfg')}
    if not players:
        raise InputError(f'{field}: expected an entry for each player, found {", ".join(settings) or "none"}')
    for player, entry in players.items():
        _one_optim_wrapper(entry, f'{field}.{player}')


def _one_optim_wrapper(settings: Any, field: str) -> None:
    expect_dict(settings, field, "a dict with the key 'optimizer'")
    if not isinstance(settings.get('optimizer'), Mapping):
        raise InputError(f"{field}.optimizer: expected a dict with the key 'type', found "
                         f'{settings.get("optimizer")!r}')
    check_component(settings['optimizer'], registries.OPTIMIZERS, f'{field}.optimizer', ('params',))
    check_component(settings, registries.OPTIM_WRAPPERS, field, default='OptimWrapper',
                    given=(), aside=('paramwise_cfg',))
    if settings.get('paramwise_cfg') is not None:
        _called(read_by_runner.paramwise_cfg, settings['paramwise_cfg'], f'{field}.paramwise_cfg')
    clip = settings.get('clip_grad')
    if clip is None:
        return
    kinds = dict(norm=torch.nn.utils.clip_grad_norm_, value=torch.nn.utils.clip_grad_value_)
    if clip.get('type', 'norm') not in kinds:
        raise InputError(f"{field}.clip_grad.type: expected 'norm' or 'value', found {clip['type']!r}")
    arguments = {key: value for key, value in clip.items() if key != 'type'}
    check_call(kinds[clip.get('type', 'norm')], arguments, f'{field}.clip_grad', ('parameters',))


def _param_scheduler(settings: Any, field: str) -> None:
    if isinstance(settings, (list, tuple)):
        for index, entry in enumerate(settings):
            _one_param_scheduler(entry, f'{field}.{index}')
    elif isinstance(settings, Mapping) and 'type' not in settings:
        for player, entry in settings.items():
            _param_scheduler(entry, f'{field}.{player}')
    else:
        _one_param_scheduler(settings, field)


def _one_param_scheduler(settings: Any, field: str) -> None:
    expect_dict(settings, field)
    cls = class_of(settings.get('type'), registries.PARAM_SCHEDULERS, field)
    named = isinstance(cls, type) and issubclass(cls, (LRSchedulerMixin, MomentumSchedulerMixin))
    check_component(settings, registries.PARAM_SCHEDULERS, field,
                    ('optimizer', 'param_name') if named else ('optimizer',))


def _hook(settings: Any, field: str, default: str | None = None) -> None:
    expect_dict(settings, field)
    priority = settings.get('priority')
    if isinstance(priority, bool) or not (priority is None or priority in PRIORITIES or (
            isinstance(priority, int) and 0 <= priority <= 100)):
        raise InputError(f'{field}.priority: expected 0 to 100 or one of {", ".join(PRIORITIES)}, found '
                         f'{priority!r}')
    check_component(settings, registries.HOOKS, field, default=default, aside=('priority',))


def _default_hooks(settings: Any, field: str) -> None:
    expect_dict(settings, field, 'a dict of hooks')
    for name, hook in settings.items():
        if hook is None and name not in DEFAULT_HOOKS:
            raise InputError(f'{field}.{name}: expected a hook, or None for one of '
                             f'{", ".join(DEFAULT_HOOKS)}, found None{nearest(name, DEFAULT_HOOKS)}')
        if hook is not None:
            if isinstance(hook, Mapping) and 'type' not in hook:
                raise InputError(f"{field}.{name}: expected the key 'type', found {', '.join(hook) or 'none'}"
                                 f'{nearest(name, [k for k in settings if k != name])}')
            _hook(hook, f'{field}.{name}')


def _custom_hooks(settings: Any, field: str) -> None:
    if not isinstance(settings, (list, tuple)):
        raise InputError(f'{field}: expected a list of hooks, found {settings!r}')
    for index, hook in enumerate(settings):
        _hook(hook, f'{field}.{index}')


def _visualizer(settings: Any, field: str) -> None:
    check_component(settings, registries.VISUALIZERS, field, default='Visualizer')


def _called(function: Callable, settings: Any, field: str, given: tuple[str, ...] = ()) -> None:
    expect_dict(settings, field, 'a dict')
    check_call(function, settings, field, given)


def _env(settings: Any, field: str) -> None:
    _called(read_by_runner.env_cfg, settings, field)
    if settings.get('mp_cfg') is not None:
        _called(read_by_runner.mp_cfg, settings['mp_cfg'], f'{field}.mp_cfg')
        method = settings['mp_cfg'].get('mp_start_method', 'fork')
        methods = torch.multiprocessing.get_all_start_methods()
        if method not in methods:
            raise InputError(f'{field}.mp_cfg.mp_start_method: expected one of {", ".join(methods)}, found '
                             f'{method!r}')


def _model_wrapper(settings: Any, field: str) -> None:
    check_component(settings, registries.MODEL_WRAPPERS, field, ('module',))


def _of_runner(settings: Any, field: str) -> None:
    """A value that the runner takes as it is."""
    check_value(Runner, field, settings, field)


def _switch(settings: Any, field: str) -> None:
    check_value(read_by_runner.switches, field, settings, field)
    if field == 'sync_bn' and settings not in ('torch', 'mmcv'):
        raise InputError(f"{field}: expected 'torch', 'mmcv' or None, found {settings!r}")


def _fast(settings: Any, field: str) -> None:
    if not isinstance(settings, bool):
        expect_dict(settings, field, 'True, False or a dict such as dict(amp=False)')
        check_call(Fastest, settings, field)


def _default_scope(settings: Any, field: str) -> None:
    scopes = {registry.scope for registry in registries.all_registries()}
    if settings not in scopes:
        raise InputError(f'{field}: expected one of {", ".join(sorted(scopes))}, found {settings!r}')


def _launcher(settings: Any, field: str) -> None:
    if settings not in LAUNCHERS:
        raise InputError(f'{field}: expected one of {", ".join(LAUNCHERS)}, found {settings!r}')


def _log_level(settings: Any, field: str) -> None:
    if settings not in LOG_LEVELS and not (isinstance(settings, int) and not isinstance(settings, bool)
                                           and 0 <= settings <= 50):
        raise InputError(f'{field}: expected one of {", ".join(LOG_LEVELS)}, found {settings!r}')


SECTIONS: dict[str, Callable[[Any, str], None]] = dict(
    model=_model,
    **{f'{split}_dataloader': _dataloader for split in SPLITS},
    train_cfg=_train_cfg, val_cfg=partial(_other_loop, loop='ValLoop'),
    test_cfg=partial(_other_loop, loop='TestLoop'),
    val_evaluator=_evaluator, test_evaluator=_evaluator,
    optim_wrapper=_optim_wrapper, param_scheduler=_param_scheduler,
    default_hooks=_default_hooks, custom_hooks=_custom_hooks,
    visualizer=_visualizer,
    log_processor=lambda settings, field: check_component(
        settings, registries.LOG_PROCESSORS, field, default='LogProcessor'),
    randomness=partial(_called, read_by_runner.randomness),
    env_cfg=_env, model_wrapper_cfg=_model_wrapper,
    log_level=_log_level,
    auto_scale_lr=partial(_called, read_by_runner.auto_scale_lr),
    default_scope=_default_scope, launcher=_launcher, fast=_fast,
    **dict.fromkeys(('sync_bn', 'compile', 'find_unused_parameters'), _switch),
    **dict.fromkeys(('load_from', 'resume', 'work_dir', 'experiment_name'), _of_runner))
