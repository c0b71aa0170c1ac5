"""Learning rates when a run goes on under other settings than it was begun with.

Rule: what the config or the command changed is taken, as if the run had been so from its beginning, and
said. If only the training became longer, a schedule that ended with it is stretched with it; one that would
leave the rest of the training at rate 0 is refused.
"""
from __future__ import annotations

import math
import warnings
from collections.abc import Iterator

from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.runner import Runner

from ggtoolbox.errors import InputError

Length = dict[str, int | None]  # 'epochs' (None: it is counted in iterations) and 'iterations'

_SCALED = ('begin', 'T_max', 'total_steps', 'step_size')
_SCALED_LISTS = ('milestones', 'periods')


def stretched(schedule: dict | list | None, planned: Length, length: Length) -> dict | list | None:
    """A ``param_scheduler`` that was written for a training of one length, for one of another.

    A scheduler that ends with the training, or never: all that it counts in iterations or epochs is
    multiplied by the quotient of the lengths, and rounded; its end stays as far behind the training's. One
    that ends earlier (a warm-up) stays as it is.

    Args:
        schedule: a scheduler, a list of them, or player -> one of these.
        planned, length: of the training, then and now.
    """
    if isinstance(schedule, list | tuple):
        return [stretched(one, planned, length) for one in schedule]
    if not isinstance(schedule, dict):
        return schedule
    if 'type' not in schedule:
        return {player: stretched(one, planned, length) for player, one in schedule.items()}
    unit = 'epochs' if schedule.get('by_epoch', True) else 'iterations'
    before, now = planned[unit], length[unit]
    if before is None or now is None or before == now or schedule.get('end', before) < before:
        return schedule

    def scaled(steps: int) -> int:
        return math.floor(steps * now / before + 0.5)

    new = dict(schedule)
    for key in _SCALED:
        if isinstance(schedule.get(key), int):
            new[key] = scaled(schedule[key])
    for key in _SCALED_LISTS:
        if key in schedule:
            new[key] = [scaled(step) for step in schedule[key]]
    if 'end' in schedule:
        new['end'] = max(now + schedule['end'] - before, new.get('begin', 0) + 1)
    if 'step_size' in new:
        new['step_size'] = max(1, new['step_size'])
    return new


def effective(description: dict) -> dict | list | None:
    """The schedule of a run that :func:`~.run_state.describe` describes."""
    schedule, planned, length = (description[key] for key in ('param_scheduler', 'planned', 'length'))
    longer = length['iterations'] > planned['iterations']
    return stretched(schedule, planned, length) if longer else schedule


def wrappers(optim_wrapper: OptimWrapper) -> dict[str, OptimWrapper]:
    """Player -> its optimiser's wrapper; a single one is called ``generator``."""
    if isinstance(optim_wrapper, OptimWrapperDict):
        return dict(optim_wrapper.items())
    return dict(generator=optim_wrapper)


def settings(optim_wrapper: OptimWrapper) -> dict[str, list[dict]]:
    """Player -> the settings of each of its groups of parameters, before any schedule changed them."""
    return {player: [{key: group.get(f'initial_{key}', value) for key, value in group.items()
                      if key != 'params' and not key.startswith('initial_')}
                     for group in wrapper.param_groups]
            for player, wrapper in wrappers(optim_wrapper).items()}


def changes(before: dict[str, list[dict]], now: dict[str, list[dict]]) -> Iterator[tuple[str, int, str]]:
    """Player, group and key of the :func:`settings` that differ."""
    for player in now.keys() & before.keys():
        for number, (old, new) in enumerate(zip(before[player], now[player])):
            for key in new:
                if key in old and old[key] != new[key]:
                    yield player, number, key


def take_settings(optim_wrapper: OptimWrapper, found: list[tuple[str, int, str]],
                  now: dict[str, list[dict]]) -> None:
    """Let the :func:`changes` hold that were ``found``."""
    for player, number, key in found:
        group = wrappers(optim_wrapper)[player].param_groups[number]
        value = now[player][number][key]
        group[key] = tuple(value) if isinstance(value, list) else value
        if f'initial_{key}' in group:
            group[f'initial_{key}'] = group[key]


def take_changes(runner: Runner, before: dict, now: dict) -> None:
    """Let rates and schedules that were changed between two runs hold, and say so.

    Args:
        before, now: what :func:`~.run_state.describe` says of them. ``now['planned']`` becomes what the
            schedule was written for: the former run's, where its schedule is the configured one still.

    Raises:
        InputError: the changed schedule leaves the rest of the training at rate 0.
    """
    configured = now['param_scheduler']
    if configured == before['param_scheduler']:
        now['planned'] = before['planned']
    new, old = effective(now), effective(before)
    scheduled = {key.removeprefix('initial_') for wrapper in wrappers(runner.optim_wrapper).values()
                 for group in wrapper.param_groups for key in group if key.startswith('initial_')}
    found = list(changes(before['optimizers'], now['optimizers']))
    for player, number, key in found:
        is_now, was = (said['optimizers'][player][number][key] for said in (now, before))
        runner.logger.warning(f'optim_wrapper.{player}: {key} is {is_now}, was {was}')
    take_settings(runner.optim_wrapper, found, now['optimizers'])
    if new != old:
        why = '' if new == configured else '; it is stretched with the training'
        runner.logger.warning(f'param_scheduler: it is {new}, was {old}{why}')
    changed = new != old or any(key in scheduled for _, _, key in found)
    if changed:
        reschedule(runner, new)
    if changed or now['length']['iterations'] > before['length']['iterations']:
        refuse_rate_zero(runner)


def reschedule(runner: Runner, schedule: dict | list | None) -> None:
    """Build the schedulers anew and take them to where the run is, step by step.

    One that follows a metric (``ReduceOnPlateauLR``) begins anew: what it saw is not kept.
    """
    for wrapper in wrappers(runner.optim_wrapper).values():
        for group in wrapper.param_groups:
            for key in [key for key in group if key.startswith('initial_')]:
                group[key.removeprefix('initial_')] = group[key]
    runner.param_schedulers = None if schedule is None else runner.build_param_scheduler(schedule)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # no optimiser steps between
        for by_epoch, steps in ((False, runner.iter), (True, runner.epoch)):
            due = [one for one in schedulers(runner)
                   if one.by_epoch == by_epoch and not getattr(one, 'need_val_args', False)]
            for _ in range(steps):
                for scheduler in due:
                    scheduler.step()


def schedulers(runner: Runner) -> list:
    """All schedulers of all players."""
    built = runner.param_schedulers or []
    return [one for group in built.values() for one in group] if isinstance(built, dict) else list(built)


def refuse_rate_zero(runner: Runner) -> None:
    """Raise :class:`InputError` where a player would not move any more though iterations are left."""
    if runner.iter >= runner.max_iters:
        return
    for player, wrapper in wrappers(runner.optim_wrapper).items():
        own = runner.param_schedulers or []
        own = own.get(player, []) if isinstance(own, dict) else own
        ended = all(one._global_step + 1 >= one.end for one in own)
        if ended and own and all(group['lr'] == 0 for group in wrapper.param_groups):
            raise InputError(
                f'param_scheduler: that of the {player} has ended (at {max(one.end for one in own)}) with '
                f'rate 0, and {runner.iter} of {runner.max_iters} iterations are done; expected one that '
                'ends with the training (set its begin and end in the command)')
