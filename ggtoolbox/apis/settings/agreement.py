"""Settings that are right by themselves and do not go together."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmengine.config import Config
from mmengine.dataset import InfiniteSampler

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATA_SAMPLERS

GROUPS = (('train_dataloader', 'train_cfg', 'optim_wrapper'),
          ('val_dataloader', 'val_cfg', 'val_evaluator'),
          ('test_dataloader', 'test_cfg', 'test_evaluator'))


def check_agreement(cfg: Config) -> None:
    """Raise :class:`InputError` for settings that contradict each other."""
    _check_endless_samplers(cfg)
    _check_players(cfg)
    _check_counting(cfg)


def check_groups(cfg: Config) -> None:
    """Raise :class:`InputError` for a part of what is trained, validated or tested without the others."""
    for group in GROUPS:
        there = [key for key in group if cfg.get(key) is not None]
        if there and len(there) < len(group):
            lacking = next(key for key in group if key not in there)
            raise InputError(f'{lacking}: expected settings beside {" and ".join(there)} (or None for all '
                             'three), found none')
    if cfg.get('param_scheduler') is not None and cfg.get('optim_wrapper') is None:
        raise InputError('param_scheduler: expected an optim_wrapper beside it, found none')
    scaled = (cfg.get('auto_scale_lr') or {}).get('enable')
    if scaled and 'optimizer' not in cfg.optim_wrapper:
        raise InputError('auto_scale_lr.enable: expected False where each player has a rate of its own, '
                         'found True')


def _check_endless_samplers(cfg: Config) -> None:
    """What is gone through once must end."""
    by_epoch = (cfg.get('train_cfg') or {}).get('by_epoch', False) is True
    for split, once in (('train', by_epoch), ('val', True), ('test', True)):
        sampler = (cfg.get(f'{split}_dataloader') or {}).get('sampler')
        kind = sampler.get('type') if isinstance(sampler, Mapping) else None
        cls = DATA_SAMPLERS.get(kind) if isinstance(kind, str) else kind
        if once and isinstance(cls, type) and issubclass(cls, InfiniteSampler):
            what = 'train_cfg.by_epoch=True' if split == 'train' else f'{split}_cfg'
            raise InputError(f"{split}_dataloader.sampler.type: expected a sampler that ends, such as "
                             f"'DefaultSampler', for {what}, found {cls.__name__!r}, whose epoch never does")


def _check_players(cfg: Config) -> None:
    """Schedules by player name the players that have an optimiser."""
    scheduler, wrapper = cfg.get('param_scheduler'), cfg.get('optim_wrapper')
    if not isinstance(scheduler, Mapping) or 'type' in scheduler or not scheduler:
        return
    players = [key for key, value in (wrapper or {}).items()
               if isinstance(value, Mapping) and 'optimizer' in value]
    for name in scheduler:
        if name not in players:
            raise InputError(f'param_scheduler.{name}: expected a player of the optim_wrapper '
                             f'({", ".join(players) or "which has one only"}), found {name!r}')
    for name in players:
        if name not in scheduler:
            raise InputError('param_scheduler: expected a schedule for each player of the optim_wrapper, '
                             f'found none for {name!r}')


def _check_counting(cfg: Config) -> None:
    """Epochs exist only where the loop counts them."""
    train, hooks = cfg.get('train_cfg') or {}, cfg.get('default_hooks') or {}
    if train.get('by_epoch') is not False:
        return
    places: list[tuple[str, Any]] = [('log_processor', cfg.get('log_processor') or {}),
                                     ('default_hooks.checkpoint', hooks.get('checkpoint') or {})]
    for place, settings in places:
        if settings.get('by_epoch') is True:
            raise InputError(f'{place}.by_epoch: expected False, as in train_cfg, which counts iterations, '
                             'found True')
