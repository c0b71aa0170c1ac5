"""Reading a config, and refusing one that does not mean what it says."""
from __future__ import annotations

import inspect
import os
from datetime import timedelta
from pathlib import Path

import torch
from mmengine.config import Config, ConfigDict
from mmengine.runner import Runner

from ggtoolbox.errors import InputError
from ggtoolbox.registry import (
    DATASETS,
    HOOKS,
    METRICS,
    MODELS,
    TRANSFORMS,
    Registry,
    check_arguments,
    import_custom_modules,
    nearest,
)

RUNNER_KEYS = set(inspect.signature(Runner.__init__).parameters) - {'self', 'cfg'} | {
    'custom_imports', 'model_wrapper_cfg', 'sync_bn', 'env_cfg', 'compile', 'find_unused_parameters'}
ROLES = ('train', 'val', 'test')


def load_config(path: str | Path, options: dict | None = None) -> Config:
    """Read a config file, apply ``--cfg-options``, import the user's modules, check what is named.

    Args:
        path: a Python config with ``_base_``, or one of mmengine's pure-Python configs.
        options: dotted key -> value.

    Raises:
        InputError: no such file; a key that looks like a misspelt one; a type that no registry
            knows; an argument that the class does not take.
    """
    if not Path(path).is_file():
        raise InputError(f'{path}: there is no such config file')
    try:
        cfg = Config.fromfile(str(path), import_custom_modules=False)
    except (SyntaxError, OSError, KeyError, TypeError, InputError) as error:
        raise InputError(f'{path}: the config cannot be read: {error}') from error
    for key in options or {}:
        top = key.split('.')[0]
        if top not in cfg and top not in RUNNER_KEYS:
            raise InputError(f'--cfg-options: neither mmengine nor {path} knows the key '
                             f'{top!r}{nearest(top, {*cfg.keys(), *RUNNER_KEYS})}')
    cfg.merge_from_dict(options or {})
    if cfg.get('custom_imports'):
        import_custom_modules(**cfg.custom_imports)
    check_config(cfg)
    return cfg


def check_config(cfg: Config) -> None:
    """Raise :class:`InputError` for a misspelt key, type or argument; builds nothing."""
    if 'model' not in cfg:
        raise InputError(f"{cfg.filename}: the config has no 'model'")
    for key in cfg:
        misspelt = nearest(key, RUNNER_KEYS, cutoff=0.88)
        if misspelt and key not in RUNNER_KEYS:
            raise InputError(f'{cfg.filename}: unknown key {key!r}{misspelt}')
    if cfg.get('data_preprocessor'):
        raise InputError(f'{cfg.filename}: data_preprocessor is expected as model.options.data_preprocessor, '
                         'found beside model')
    _check(cfg.model, MODELS, 'model')
    for role in ROLES:
        loader = cfg.get(f'{role}_dataloader') or {}
        dataset = loader.get('dataset')
        while dataset:
            _check(dataset, DATASETS, f'{role}_dataloader.dataset')
            for step in dataset.get('pipeline') or ():
                _check(step, TRANSFORMS, f'{role}_dataloader.dataset.pipeline')
            dataset = dataset.get('dataset')
        evaluators = cfg.get(f'{role}_evaluator') or ()
        for metric in [evaluators] if isinstance(evaluators, dict) else evaluators:
            _check(metric, METRICS, f'{role}_evaluator')
    for name, hook in (cfg.get('default_hooks') or {}).items():
        _check(hook, HOOKS, f'default_hooks.{name}')
    for hook in cfg.get('custom_hooks') or ():
        _check(hook, HOOKS, 'custom_hooks')


def _check(cfg: ConfigDict | None, registry: Registry, field: str) -> None:
    if not isinstance(cfg, dict) or 'type' not in cfg:
        return
    arguments = {key: value for key, value in cfg.items() if key not in ('type', '_scope_')}
    if registry is HOOKS:
        arguments.pop('priority', None)  # the runner's own word
    kind = cfg['type']
    check_arguments(registry.get(kind) if isinstance(kind, str) else kind, arguments, field)


def prepare_devices(cfg: Config, launcher: str) -> None:
    """Choose what depends on the machine: synchronised batch norm with several GPUs, gloo without.

    mmengine starts processes on GPUs only; without one, the group that torchrun describes is joined
    here, and mmengine finds it in being.
    """
    cfg.launcher = launcher
    if launcher == 'none':
        return
    _check_environment(launcher)
    watch = (cfg.get('default_hooks') or {}).get('rank_watch') or {}
    # Later than the watch, which knows which rank hangs.
    patience = float(watch.get('timeout', 1800)) + 600
    if torch.cuda.is_available():
        cfg.setdefault('sync_bn', 'torch')
        cfg.merge_from_dict({'env_cfg.dist_cfg.timeout': patience})
    elif launcher == 'pytorch':
        torch.distributed.init_process_group('gloo', timeout=timedelta(seconds=patience))
        if cfg.get('model_wrapper_cfg'):
            cfg.model_wrapper_cfg.device_ids = None
    else:
        raise InputError(f'--launcher {launcher} needs GPUs; without one, use --launcher pytorch')


_ENVIRONMENT = dict(pytorch=('RANK', 'WORLD_SIZE', 'MASTER_ADDR', 'MASTER_PORT'),
                    slurm=('SLURM_PROCID', 'SLURM_NTASKS', 'SLURM_NODELIST'),
                    mpi=('OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE', 'OMPI_COMM_WORLD_LOCAL_RANK'))
_STARTED_BY = dict(pytorch='tools/dist_train.sh, tools/dist_test.sh or torchrun', slurm='srun', mpi='mpirun')


def _check_environment(launcher: str) -> None:
    """Raise :class:`InputError` unless the environment says which process this is, and of how many."""
    for name in _ENVIRONMENT[launcher]:
        if name not in os.environ:
            raise InputError(f'--launcher {launcher}: {name} is not in the environment; start the processes '
                             f'with {_STARTED_BY[launcher]}')
    rank, size = (_number(name) for name in _ENVIRONMENT[launcher][:2])
    if not 0 <= rank < size:
        raise InputError(f'--launcher {launcher}: process {rank} of {size}, expected 0 to {size - 1}')


def _number(name: str) -> int:
    if not os.environ[name].isdecimal():
        raise InputError(f'{name} in the environment: expected a whole number, found {os.environ[name]!r}')
    return int(os.environ[name])
