"""What a key of a config means."""
from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping

from ggtoolbox.arguments import nearest
from ggtoolbox.errors import InputError

from .described import Argument, arguments_of, plain, summary
from .places import READ_BY, class_called, found_at, known_in, readers, registry_at

WIDTH = 100


def explain(key: str, settings: Mapping | None = None) -> str:
    """Of an argument: what is expected, its default and its meaning; of a class or a place: what it takes.

    Args:
        key: ``model.generator.upsampler.kernel_size``, ``SAU.kernel_size``, ``SAU``, ``upsampler``, ...
        settings: a config's, whose types say which classes are meant, and what the key is there.

    Raises:
        InputError: nothing is called so; the message names what looks like it.
    """
    keys = key.split('.')
    classes = readers(keys, settings)
    said = {cls: arguments_of(cls)[keys[-1]] for cls in classes if keys[-1] in arguments_of(cls)}
    told = [_argument(key, said)] if said else []
    value = found_at(settings, keys)
    if value is not None:
        name = value.get('type') if isinstance(value, dict) else None
        told.append(f'here: {value!r}' if name is None else f'here: {name}')
    told += _what_stands_there(keys[-1], value)
    if not told:
        known = {name for cls in classes for name in arguments_of(cls)}
        raise InputError(f'--explain: nothing is known of {key}{nearest(keys[-1], known)}'
                         + (f' ({".".join(keys[:-1])} takes: {", ".join(sorted(known))})' if known else ''))
    return '\n\n'.join(told)


def _argument(key: str, said: dict[Callable, Argument]) -> str:
    """An argument, once for all classes that mean the same by it."""
    alike: dict[tuple[str, str], list[str]] = {}
    for cls, argument in said.items():
        alike.setdefault((str(argument), argument.text), []).append(cls.__name__)
    lines = [key]
    for (expected, text), names in alike.items():
        lines += _wrapped(f'{", ".join(names)}: {expected}', 2) + _wrapped(plain(text), 6)
    return '\n'.join(lines)


def _what_stands_there(key: str, value: object) -> list[str]:
    """The class that stands under a key, or those that may."""
    kind = value.get('type') if isinstance(value, dict) else None
    cls = kind if callable(kind) else class_called(kind or key)
    if cls is not None:
        return [_class(cls)]
    if key in READ_BY:
        return [_class(cls) for cls in READ_BY[key]]
    registry = registry_at(key)
    if registry is None:
        return []
    lines = [f'type: one of ({registry.name})']
    for name, cls in known_in(registry).items():
        lines += _wrapped(f'{name}: {plain(summary(cls))}', 2)
    return ['\n'.join(lines)]


def _class(cls: Callable) -> str:
    lines = [f'{cls.__name__} ({cls.__module__})', *_wrapped(plain(summary(cls)), 2)]
    for argument in arguments_of(cls).values():
        lines += _wrapped(f'{argument.name}: {argument}', 2) + _wrapped(plain(argument.text), 6)
    return '\n'.join(lines)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=' ' * indent, subsequent_indent=' ' * (indent + 2))
