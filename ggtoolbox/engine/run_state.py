"""What a run is besides its weights and optimisers: said and kept in each checkpoint, put back on resume.

``meta['run']`` says what the run was, in plain values (:func:`describe`). ``run_state`` holds the place in
the data and, process by process, what no ``state_dict`` of mmengine does (:func:`process_state`).
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mmengine.dist import get_rank, get_world_size
from mmengine.hooks import EarlyStoppingHook, EMAHook, Hook
from mmengine.runner import EpochBasedTrainLoop, Runner
from mmengine.utils import apply_to
from torch import Tensor, nn

from ggtoolbox.engine.wrapped import unwrapped

from .schedules import settings, wrappers


def plain(value: Any) -> Any:
    """A setting of a config in values that a checkpoint may hold; classes become their names."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return getattr(value, '__name__', str(value))


def describe(runner: Runner) -> dict:
    """Seed, processes, batch, length, schedule and optimisers' settings of a run; before its first iteration.

    ``planned`` is the length that the schedule was written for; see :mod:`.schedules`.
    """
    by_epoch = isinstance(runner.train_loop, EpochBasedTrainLoop)
    length = dict(epochs=runner.max_epochs if by_epoch else None, iterations=runner.max_iters)
    batch_sampler = getattr(runner.train_dataloader, 'batch_sampler', None)
    return dict(
        seed=runner.seed, processes=get_world_size(), batch_size=getattr(batch_sampler, 'batch_size', None),
        length=length, planned=length, param_scheduler=plain(runner.cfg.get('param_scheduler')),
        optimizers=plain(settings(runner.optim_wrapper)), timestamp=runner.timestamp)


def no_longer_exact(before: dict, now: dict) -> list[str]:
    """A sentence for each number of :func:`describe` that makes a resumed run another one."""
    sentences = []
    if before['processes'] != now['processes']:
        sentences.append(
            f'processes: {before["processes"]} before, now {now["processes"]}: the data go on at the same '
            'sample, but random draws inside the networks, image pools and the last digits of sums are no '
            'longer those of the run as it was')
    if before['batch_size'] != now['batch_size']:
        sentences.append(
            f'train_dataloader.batch_size: {before["batch_size"]} before, now {now["batch_size"]}: the data '
            'go on at the same sample (rounded down to a whole batch), but an iteration is no longer what it '
            'was')
    return sentences


def process_state(runner: Runner) -> dict:
    """What this process alone knows.

    ``random``: its generators; ``parts``: parts of the model that are no modules (image pools); ``hooks``;
    ``counts``: of accumulated gradients; in all processes but the first ``buffers`` (running statistics) of
    the model and of averages, and everywhere ``exchange``, whether a network takes the first process's next.
    """
    model, optimisers = unwrapped(runner.model), wrappers(runner.optim_wrapper)
    state = dict(
        random=runner.train_loop.random_state(),
        parts={name: part.state_dict() for name, part in stateful_parts(model)},
        hooks={name: _hook_state(hook) for name, hook in stateful_hooks(runner)},
        counts={name: wrapper._inner_count for name, wrapper in optimisers.items()},
        exchange={name: network.require_forward_param_sync for name, network in _exchanging(runner.model)})
    if get_rank() > 0:
        state['buffers'] = dict(_buffers(runner))
    return apply_to(state, lambda value: isinstance(value, Tensor), lambda tensor: tensor.detach().cpu())


def load_process_state(runner: Runner, state: dict, same_processes: bool = True) -> None:
    """Put back :func:`process_state`, but for ``random``, which the loop takes."""
    for name, part in stateful_parts(unwrapped(runner.model)):
        if name in state['parts']:
            part.load_state_dict(state['parts'][name])
    for name, hook in stateful_hooks(runner):
        if name in state['hooks']:
            _load_hook_state(hook, state['hooks'][name])
    if not same_processes:
        return
    saved = state.get('buffers', {})
    for name, buffer in _buffers(runner):
        if name in saved:
            buffer.copy_(saved[name])
    for name, network in _exchanging(runner.model):
        if name in state['exchange']:
            network.require_forward_param_sync = state['exchange'][name]


def load_counts(runner: Runner, counts: dict[str, int]) -> None:
    """Put back how many gradients were accumulated; mmengine counts one an iteration."""
    for name, wrapper in wrappers(runner.optim_wrapper).items():
        wrapper._inner_count = counts.get(name, wrapper._inner_count)


def stateful_parts(model: nn.Module) -> Iterator[tuple[str, Any]]:
    """Attributes of a model and of its modules, and entries of their dicts and lists, that have a state but
    are no modules: image pools, and whatever a user's algorithm remembers likewise."""
    for owner, module in model.named_modules():
        for name, value in vars(module).items():
            if name.startswith('_') or isinstance(value, nn.Module):
                continue
            entries = {name: value}
            if isinstance(value, dict):
                entries = {f'{name}.{key}': entry for key, entry in value.items()}
            elif isinstance(value, list | tuple):
                entries = {f'{name}.{key}': entry for key, entry in enumerate(value)}
            for entry, part in entries.items():
                if not isinstance(part, nn.Module | type) and _has_state(part):
                    yield f'{owner}.{entry}'.lstrip('.'), part


def stateful_hooks(runner: Runner) -> Iterator[tuple[str, Hook]]:
    """Hooks with ``state_dict`` and ``load_state_dict``, and mmengine's early stopping."""
    counts: dict[str, int] = {}
    for hook in runner.hooks:
        kind = type(hook).__name__
        counts[kind] = counts.get(kind, -1) + 1
        if _has_state(hook) or isinstance(hook, EarlyStoppingHook):
            yield f'{kind}.{counts[kind]}', hook


def _has_state(part: Any) -> bool:
    return callable(getattr(part, 'state_dict', None)) and callable(getattr(part, 'load_state_dict', None))


def _hook_state(hook: Hook) -> dict:
    if _has_state(hook):
        return hook.state_dict()
    return dict(best_score=hook.best_score, wait_count=hook.wait_count)


def _load_hook_state(hook: Hook, state: dict) -> None:
    if _has_state(hook):
        hook.load_state_dict(state)
    else:
        hook.best_score, hook.wait_count = state['best_score'], state['wait_count']


def _buffers(runner: Runner) -> Iterator[tuple[str, Any]]:
    yield from unwrapped(runner.model).named_buffers()
    for hook in runner.hooks:
        if isinstance(hook, EMAHook) and hasattr(hook, 'ema_model'):
            for name, buffer in hook.ema_model.named_buffers():
                yield f'average.{name}', buffer


def _exchanging(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    for name, module in model.named_modules():
        if hasattr(module, 'require_forward_param_sync'):  # DistributedDataParallel
            yield name, module
