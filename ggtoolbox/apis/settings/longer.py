"""A training that the command makes longer than its config says, and its schedule."""
from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from mmengine.config import Config

from ggtoolbox.engine.schedules import Length, stretched


def length_of(train_cfg: Any) -> Length:
    """Epochs and iterations that a ``train_cfg`` counts; None for what it does not."""
    counts = train_cfg if isinstance(train_cfg, Mapping) else {}
    return dict(epochs=counts.get('max_epochs'), iterations=counts.get('max_iters'))


def stretch_schedule(cfg: Config, planned: Length, options: Collection[str], told: bool = True) -> None:
    """Let a schedule that ended with the training end with it still, and say so in one line.

    So ``--cfg-options train_cfg.max_iters=N`` means the same of a new run and of one that is resumed
    (:mod:`~ggtoolbox.engine.schedules`). A shorter training, a trial mostly, keeps its schedule, and so does
    one whose schedule the command sets.

    Args:
        planned: the length in the config file.
        options: dotted keys that the command changes.
        told: False says nothing (processes but the first).
    """
    length, schedule = length_of(cfg.get('train_cfg')), cfg.get('param_scheduler')
    longer = [unit for unit in length if planned[unit] and length[unit] and length[unit] > planned[unit]]
    if not longer or any(key.split('.')[0] == 'param_scheduler' for key in options):
        return
    new = stretched(schedule, planned, length)
    if new == schedule:
        return
    cfg.param_scheduler = new
    if told:
        before, now = planned[longer[0]], length[longer[0]]
        logging.getLogger('ggtoolbox').warning(
            f'param_scheduler: it is stretched with the training, from {before} to {now} {longer[0]}; name '
            'another in the command to have that')
