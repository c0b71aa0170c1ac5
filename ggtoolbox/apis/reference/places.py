"""Which classes read what stands at a place of a config."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mmengine.model import MMSeparateDistributedDataParallel
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner, TestLoop, ValLoop
from torch.utils.data import DataLoader

from ggtoolbox import registry as registries
from ggtoolbox.engine.loops import ResumableEpochLoop, ResumableIterLoop
from ggtoolbox.errors import UnknownTypeError
from ggtoolbox.models.gans.options import GANOptions
from ggtoolbox.registry import Registry

from ..settings import read_by_runner
from ..settings.components import ROLES

# Dicts without a type, or with one that need not be said.
READ_BY = dict(
    **dict.fromkeys(('train_dataloader', 'val_dataloader', 'test_dataloader'), (DataLoader,)),
    train_cfg=(ResumableIterLoop, ResumableEpochLoop, read_by_runner.train_cfg),
    val_cfg=(ValLoop,), test_cfg=(TestLoop,),
    randomness=(read_by_runner.randomness,), env_cfg=(read_by_runner.env_cfg,), options=(GANOptions,),
    optim_wrapper=(OptimWrapper,), paramwise_cfg=(read_by_runner.paramwise_cfg,),
    auto_scale_lr=(read_by_runner.auto_scale_lr,), model_wrapper_cfg=(MMSeparateDistributedDataParallel,))
# Dicts and lists of components, beside those of ROLES.
HOLDS = dict(
    model=registries.MODELS, sampler=registries.DATA_SAMPLERS, batch_sampler=registries.DATA_SAMPLERS,
    val_evaluator=registries.METRICS, test_evaluator=registries.METRICS, default_hooks=registries.HOOKS,
    custom_hooks=registries.HOOKS, param_scheduler=registries.PARAM_SCHEDULERS,
    visualizer=registries.VISUALIZERS, log_processor=registries.LOG_PROCESSORS, **ROLES)
BY_RUNNER = (Runner, read_by_runner.switches)


def registry_at(key: str) -> Registry | None:
    """Whose types stand under a key of a config, if any do."""
    return HOLDS[key] if key in HOLDS else HOLDS.get(key.rsplit('_', 1)[-1])


def known_in(registry: Registry) -> dict[str, Callable]:
    """Name -> class of all that a type may name there, ours and mmengine's; none that is private."""
    ours = registry.known()  # which fills mmengine's as well
    parents = registry.parent.module_dict if registry.parent is not None else {}
    return {name: cls for name, cls in sorted({**parents, **ours}.items()) if name[0] != '_'}


def class_called(name: str) -> Callable | None:
    """The class that is registered by a name, in any registry of ours."""
    for registry in our_registries():
        try:
            return registry.get(name)
        except UnknownTypeError:
            continue
    return None


def our_registries() -> Iterator[Registry]:
    """All of :mod:`ggtoolbox.registry`."""
    return (value for value in vars(registries).values() if isinstance(value, Registry))


def readers(keys: list[str], settings: Mapping | None = None) -> list[Callable]:
    """The classes of which ``keys[-1]`` may be an argument.

    Args:
        settings: a config, where the types at the place are known; None: all that may stand there.
    """
    *place, _ = keys
    if not place:
        return list(BY_RUNNER)
    said = found_at(settings, place)
    if isinstance(said, Mapping) and said.get('type') is not None:
        cls = said['type'] if callable(said['type']) else class_called(said['type'])
        return [cls] if cls is not None else []
    if (cls := class_called(place[-1])) is not None:
        return [cls]
    for key in reversed(place[-2:]):  # a term of losses, a player, a number of a list: what holds it knows
        if key in READ_BY:
            return list(READ_BY[key])
        registry = registry_at(key)
        if registry is not None:
            return list(known_in(registry).values())
    return []


def found_at(settings: Any, keys: list[str]) -> Any:
    """What lies under keys of nested dicts and lists; None where nothing does."""
    for key in keys:
        if isinstance(settings, Mapping):
            settings = settings.get(key)
        elif isinstance(settings, (list, tuple)) and key.isdecimal() and int(key) < len(settings):
            settings = settings[int(key)]
        else:
            return None
    return settings
