"""Reading a config, and refusing one that does not mean what it says."""
from __future__ import annotations

import inspect
import os
from datetime import timedelta
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.runner import Runner

from ggtoolbox.arguments import nearest
from ggtoolbox.engine.meeting import meet_anew
from ggtoolbox.errors import InputError
from ggtoolbox.registry import import_custom_modules

from .config_files import find_config
from .model_and_data import settle_model_and_data
from .settings.agreement import check_agreement
from .settings.components import check_call, expect_dict
from .settings.longer import length_of, stretch_schedule
from .settings.options import apply_options
from .settings.sections import SPLITS, check_section

RUNNER_KEYS = set(inspect.signature(Runner.__init__).parameters) - {'self', 'cfg'} | {
    'custom_imports', 'model_wrapper_cfg', 'sync_bn', 'env_cfg', 'compile', 'find_unused_parameters', 'fast'}


def load_config(path: str | Path, options: dict | None = None) -> Config:
    """Read a config file, apply ``--cfg-options``, import the user's modules, check all that is named.

    What follows from the options is settled, too: a training that they make longer stretches its schedule
    (:func:`~.settings.longer.stretch_schedule`).

    Args:
        path: a Python config with ``_base_``, or one of mmengine's pure-Python configs; or the name of a
            config of the package (:func:`~.config_files.find_config`).
        options: dotted key -> value.

    Raises:
        InputError: no such file; whatever :func:`check_config` finds.
    """
    path = find_config(path)
    try:
        cfg = Config.fromfile(str(path), import_custom_modules=False)
    except Exception as error:  # the file is code, which may fail in any way
        raise InputError(f'{path}: the config cannot be read: {_in_one_line(error)}') from error
    planned = length_of(cfg.get('train_cfg'))
    apply_options(cfg, options or {}, RUNNER_KEYS)
    if cfg.get('custom_imports'):
        expect_dict(cfg.custom_imports, 'custom_imports', "a dict such as dict(imports=['my_module'])")
        check_call(import_custom_modules, cfg.custom_imports, 'custom_imports')
        import_custom_modules(**cfg.custom_imports)
    settle_loaders(cfg)
    check_config(cfg)
    stretch_schedule(cfg, planned, options or (), told=is_first_process())
    settle_model_and_data(cfg)
    return cfg


def check_config(cfg: Config) -> None:
    """Raise :class:`InputError` for what cannot be meant; builds nothing.

    That is a misspelt key, type or argument, a value of another kind or range than its argument's, and
    settings that contradict each other.
    """
    if cfg.get('model') is None:
        raise InputError(f"{cfg.filename}: the config has no 'model'")
    for key in cfg:
        misspelt = nearest(key, RUNNER_KEYS, cutoff=0.88)
        if misspelt and key not in RUNNER_KEYS:
            raise InputError(f'{cfg.filename}: unknown key {key!r}{misspelt}')
    if cfg.get('data_preprocessor'):
        raise InputError(f'{cfg.filename}: data_preprocessor is expected as model.options.data_preprocessor, '
                         'found beside model')
    for key in cfg:
        check_section(cfg, key)
    check_agreement(cfg)


def settle_loaders(cfg: Config) -> None:
    """Leave out what only a loader with processes of its own takes, where ``num_workers=0``."""
    for split in SPLITS:
        loader = cfg.get(f'{split}_dataloader')
        if isinstance(loader, dict) and loader.get('num_workers', 0) == 0:
            loader.pop('prefetch_factor', None)
            if loader.get('persistent_workers') is True:
                loader['persistent_workers'] = False


def _in_one_line(error: Exception) -> str:
    told = ' '.join(str(error).split())
    return told if isinstance(error, InputError) else f'{type(error).__name__}: {told}'


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
    meet_anew(patience)
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


def is_first_process() -> bool:
    """Of those that a launcher started; a process alone is the first."""
    return all(os.environ.get(names[0], '0') == '0' for names in _ENVIRONMENT.values())


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
