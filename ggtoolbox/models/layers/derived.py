"""Numbers of a config that follow from others: filled in where they are absent, refused where they differ."""
from __future__ import annotations

import inspect
from typing import Any, NamedTuple

from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import Registry


class Derived(NamedTuple):
    """What an argument must be.

    Attributes:
        value: None where nothing follows.
        reason: where it comes from, by the names of a config.
        may_lack: the argument may be 0, False or an empty word all the same: what it counts is left out.
    """

    value: Any
    reason: str
    may_lack: bool = False


def with_derived(cfg: dict, registry: Registry, derived: dict[str, Derived], field: str) -> dict:
    """``cfg`` with the derived arguments that its class takes and that it does not state (or as None).

    Args:
        cfg: of a component of ``registry``.
        field: where ``cfg`` stands, for errors.

    Raises:
        InputError: a stated value that does not fit.
    """
    if not isinstance(cfg, dict) or 'type' not in cfg:
        return cfg  # which the registry refuses
    completed, takes = dict(cfg), inspect.signature(registry.class_of(cfg)).parameters
    for name, (value, reason, may_lack) in derived.items():
        if name not in takes or value is None:
            continue
        stated = cfg.get(name)
        if stated is None:
            completed[name] = value
        elif (tuple(stated) if isinstance(stated, list) else stated) != value and not (
                may_lack and not stated):
            raise InputError(f'{field}.{name} is {stated}, expected {value}: {reason}')
    return completed


def first_attribute(network: nn.Module, name: str) -> Any:
    """The attribute of a network, or of the first part of it that has it; None if none has."""
    values = (getattr(part, name, None) for part in network.modules())
    return next((value for value in values if value is not None), None)


def stated(cfg: dict, argument: str, where: str = '') -> tuple[str, Any]:
    """Where a config, or a part inside it, states an argument, and as what; its own place and None, if none
    does or it is 0 or False.

    Args:
        where: the place of ``cfg`` itself.
    """
    if cfg.get(argument):
        return f'{where}.{argument}', cfg[argument]
    for name, part in cfg.items():
        if isinstance(part, dict):
            place, value = stated(part, argument, f'{where}.{name}')
            if value is not None:
                return place, value
    return f'{where}.{argument}', None


def passed_on(cfg: dict, registry: Registry, values: dict[str, Any], owner: str, part: str,
              may_lack: bool = False) -> dict:
    """``cfg`` of a ``part`` of a network, the ``owner``, with arguments that are the owner's as well."""
    derived = {name: Derived(value, f'as {name} of {owner}', may_lack) for name, value in values.items()}
    return with_derived(cfg, registry, derived, f'{owner}: {part}')
