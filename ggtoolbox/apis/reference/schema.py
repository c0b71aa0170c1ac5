"""A JSON schema of configs, by which editors complete and check those that are written in YAML or JSON.

It is as lenient as what it cannot know: a type of one's own is allowed, and so are parts of a config, which
the bases complete. A type that it knows must have its arguments, by name and kind.
"""
from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from numbers import Number
from typing import Any, Literal, Union

from ggtoolbox.arguments import constructor_arguments
from ggtoolbox.registry import Registry

from ..config import RUNNER_KEYS
from .described import Argument, arguments_of, plain, summary
from .places import BY_RUNNER, HOLDS, READ_BY, known_in, our_registries, registry_at

PLAIN = {bool: 'boolean', int: 'integer', float: 'number', str: 'string', type(None): 'null', None: 'null'}
MMENGINES_OWN = {'_delete_': {'type': 'boolean'}, '_scope_': {'type': 'string'}}
BASE = {'anyOf': [{'type': 'string'}, {'type': 'array', 'items': {'type': 'string'}}]}


def config_schema() -> dict[str, Any]:
    """The schema, of JSON Schema's draft 2020-12."""
    top = {name: argument for reader in BY_RUNNER for name, argument in arguments_of(reader).items()}
    keys = {key: _value(top[key]) if key in top else {} for key in sorted(RUNNER_KEYS)}
    keys |= {key: _fields(READ_BY[key]) for key in READ_BY if key in keys}
    keys |= {key: _component(HOLDS[key]) for key in HOLDS if key in keys}
    registries = list(dict.fromkeys(our_registries()))
    parts = {_name(registry): _one_of(registry) for registry in registries}
    for registry in registries:
        parts |= {_name(registry, name): _fields([cls]) for name, cls in known_in(registry).items()}
    return {'$schema': 'https://json-schema.org/draft/2020-12/schema', 'title': 'a config of ggtoolbox',
            'type': 'object', 'properties': {'_base_': BASE, **keys}, '$defs': parts}


def _name(registry: Registry, component: str = '') -> str:
    return '.'.join(filter(None, (registry.name.replace(' ', '_'), component)))


def _component(registry: Registry) -> dict:
    """A component, a list or a dict of them, or none."""
    one = {'$ref': f'#/$defs/{_name(registry)}'}
    return {'anyOf': [one, {'type': 'array'}, {'type': 'null'}]}


def _one_of(registry: Registry) -> dict:
    """A dict whose ``type`` says what else it may have."""
    known = known_in(registry)
    cases = [{'if': {'properties': {'type': {'const': name}}, 'required': ['type']},
              'then': {'$ref': f'#/$defs/{_name(registry, name)}'}} for name in known]
    return {'description': plain(inspect.cleandoc(registry.__doc__ or '')), 'type': 'object',
            'properties': {'type': {'anyOf': [{'enum': list(known)}, {'type': 'string'}]}}, 'allOf': cases}


def _fields(readers: Iterable[Callable]) -> dict:
    """The arguments of what reads a dict; others only where some reader takes others or hands them on."""
    found, others = {}, False
    for reader in readers:
        found |= {name: _value(argument) for name, argument in arguments_of(reader).items()}
        others |= constructor_arguments(reader)[1] or not reader.__module__.startswith('ggtoolbox.')
    more = {'type': {'type': 'string'}, **MMENGINES_OWN}
    said = {'description': plain(summary(readers[0]))} if len(list(readers)) == 1 else {}
    return {**said, 'type': ['object', 'null'], 'properties': {**found, **more},
            'additionalProperties': others}


def _value(argument: Argument) -> dict:
    """What an argument may be, with its sentences."""
    registry = registry_at(argument.name)
    kind = kind_of(argument.hint)
    if registry is not None and kind.get('type', 'object') in ('object', 'array'):
        kind = _component(registry)
    elif argument.name in READ_BY and argument.name == 'options':
        kind = _fields(READ_BY[argument.name])
    text = plain(argument.text)
    shown = [] if argument.default in (None, 'None') else [f'Default: {argument.default}.']
    description = ' '.join(filter(None, (text, *shown)))
    return {**kind, **({'description': description} if description else {})}


def kind_of(hint: Any) -> dict:
    """An annotation as a schema; ``{}``, anything, where it says nothing that JSON knows."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint in PLAIN:
        return {'type': PLAIN[hint]}
    if origin in (Union, types.UnionType):
        kinds = [kind_of(one) for one in inner]
        return {'anyOf': kinds} if all(kinds) else {}
    if origin is Literal:
        return {'enum': list(inner)}
    kind = origin or hint
    if not inspect.isclass(kind) or kind in (object, type) or issubclass(kind, Number):
        return {}
    if issubclass(kind, Mapping):
        return {'type': 'object'}
    if issubclass(kind, Iterable) and kind.__module__ in ('builtins', 'collections.abc'):
        items = kind_of(inner[0]) if inner and (len(inner) == 1 or inner[1] is Ellipsis) else {}
        return {'type': 'array', **({'items': items} if items else {})}
    return {}
