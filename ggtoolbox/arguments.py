"""Whether what a config gives to a class fits its constructor: names, types and signs of arguments.

Everything here reads signatures and annotations, so that a component is checked by being written, a user's
own and mmengine's and PyTorch's as ours.
"""
from __future__ import annotations

import difflib
import inspect
import math
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from inspect import Parameter
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from typing import Any, Literal, Union

from .errors import InputError, UnknownArgumentError

NUMBERS = {int: (Integral, 'a whole number'), float: (Real, 'a number')}
PLAIN = {bool: 'True or False', str: 'text', type(None): 'None'}


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """``'; did you mean 'a' or 'b'?'`` for the known names that look like ``name``, else ``''``."""
    close = difflib.get_close_matches(str(name), list(known), n=3, cutoff=cutoff)
    return f'; did you mean {" or ".join(map(repr, close))}?' if close else ''


@cache
def constructor_arguments(cls: Callable) -> tuple[dict[str, Parameter], bool]:
    """Name -> parameter of all that ``cls(...)`` takes, and whether it takes other names as well.

    A constructor that hands ``*args, **kwargs`` on, as mmengine's schedulers do, takes what its parents take.
    """
    found: dict[str, Parameter] = {}
    for function in _constructors(cls):
        parameters = inspect.signature(function).parameters.values()
        kinds = {parameter.kind for parameter in parameters}
        named = {p.name: p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
        found = {**named, **found}
        if Parameter.VAR_KEYWORD not in kinds:
            return found, False
        if Parameter.VAR_POSITIONAL not in kinds:
            return found, True
    return found, not inspect.isclass(cls)


def _constructors(cls: Callable) -> Iterable[Callable]:
    """``__init__`` of a class and of its parents in order, without ``self``; a function by itself."""
    if not inspect.isclass(cls):
        yield cls
        return
    for parent in cls.__mro__:
        if '__init__' in vars(parent) and parent is not object:
            yield types.MethodType(vars(parent)['__init__'], cls)


def check_arguments(cls: Callable, arguments: Mapping[str, Any], field: str = '',
                    given: Collection[str] = (), complete: bool = True) -> None:
    """Raise :class:`UnknownArgumentError` unless ``cls(**arguments)`` fits its signature.

    Args:
        field: where the arguments stand, for the sentence.
        given: arguments that somebody else adds, which therefore must not be there.
        complete: all that the class needs must be there.
    """
    parameters, others = constructor_arguments(cls)
    name, where = getattr(cls, '__name__', str(cls)), f'{field}: ' if field else ''
    known = [parameter for parameter in parameters if parameter not in given]
    for argument in arguments:
        if argument in getattr(cls, 'moved_arguments', {}):
            home = '.'.join(filter(None, (field, cls.moved_arguments[argument])))
            raise UnknownArgumentError(f'{where}{name} has no argument {argument!r} of its own: it is {home}')
        if argument in given or (argument not in parameters and not others):
            raise UnknownArgumentError(
                f'{where}{name} has no argument {argument!r}{nearest(argument, known)} '
                f'(it takes: {", ".join(known) or "none"})')
    missing = [p.name for p in parameters.values()
               if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
               and p.name not in arguments and p.name not in given]
    if missing and complete:
        raise UnknownArgumentError(f'{where}{name} needs the argument {missing[0]!r}')


@cache
def annotations(cls: Callable) -> dict[str, Any]:
    """Argument -> what its annotation says, as far as that can be read; without one, its default's kind."""
    found = {}
    for function in _constructors(cls):
        function = getattr(function, '__func__', function)
        for name, annotation in getattr(function, '__annotations__', {}).items():
            said = type('Said', (), dict(__annotations__={name: annotation}))
            try:
                found.setdefault(name, typing.get_type_hints(said, function.__globals__)[name])
            except (NameError, AttributeError, TypeError):  # a name that only a type checker imports
                continue
    for name, parameter in constructor_arguments(cls)[0].items():
        if isinstance(parameter.default, (bool, int, float)) and name not in found:
            found[name] = bool if isinstance(parameter.default, bool) else float
    return found


def check_value(cls: Callable, argument: str, value: Any, field: str) -> None:
    """Raise :class:`InputError` unless ``value`` is of the kind that the annotation says, or the default."""
    hint = annotations(cls).get(argument, Any)
    if not is_default(cls, argument, value) and not fits(value, hint):
        raise InputError(f'{field}: expected {describe(hint)}, found {value!r}')


def is_default(cls: Callable, argument: str, value: Any) -> bool:
    """Whether a value says what ``cls`` does without it."""
    parameter = constructor_arguments(cls)[0].get(argument)
    if parameter is None or value is parameter.default:
        return parameter is not None
    return isinstance(value, (int, float, str)) and type(value) is type(parameter.default) \
        and value == parameter.default


def fits(value: Any, hint: Any) -> bool:
    """Whether a value of a config is of the kind that an annotation says.

    Lists stand for tuples, which the command line cannot tell apart; whole numbers for numbers; a config or
    a function for an object of a class. What an annotation leaves open fits.
    """
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return any(fits(value, one) for one in inner)
    if origin is Literal:
        return any(value == one and type(value) is type(one) for one in inner)
    if hint in NUMBERS:
        return isinstance(value, NUMBERS[hint][0]) and not isinstance(value, bool) and not math.isnan(value)
    if hint in (None, type(None)):
        return value is None
    if hint is str:
        return isinstance(value, (str, Path))
    kind = origin or hint
    if not inspect.isclass(kind) or kind in (object, Any) or isinstance(hint, typing.TypeVar):
        return True
    if issubclass(kind, PathLike):
        return isinstance(value, (str, PathLike))
    if kind is bool:
        return isinstance(value, bool)
    if issubclass(kind, Mapping):
        return isinstance(value, Mapping) and all(fits(one, inner[1]) for one in value.values() if inner)
    if kind is not type and issubclass(kind, Iterable) and kind.__module__ in (
            'builtins', 'collections.abc', 'typing'):
        return isinstance(value, (list, tuple, set, range)) and _elements_fit(value, inner)
    if isinstance(value, (str, bool, Real)) or value is None:
        return kind is type and isinstance(value, str)  # the name of a class
    return not isinstance(value, (list, tuple)) or isinstance(value, kind)


def _elements_fit(value: Collection, inner: tuple) -> bool:
    if len(inner) == 2 and inner[1] is Ellipsis or len(inner) == 1:
        return all(fits(element, inner[0]) for element in value)
    return not inner or (len(value) == len(inner) and all(map(fits, value, inner)))


def describe(hint: Any) -> str:
    """An annotation in words."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        words = list(dict.fromkeys(describe(one) for one in inner))
        return ' or '.join(words)
    if origin is Literal:
        return ' or '.join(map(repr, inner))
    if hint in NUMBERS:
        return NUMBERS[hint][1]
    kind = type(None) if hint is None else origin or hint
    if kind in PLAIN:
        return PLAIN[kind]
    if inspect.isclass(kind) and issubclass(kind, Mapping):
        return 'a dict'
    if inspect.isclass(kind) and issubclass(kind, Iterable) and kind.__module__ != 'torch':
        if not inner:
            return 'a list'
        if len(inner) == 1 or inner[1] is Ellipsis:
            return f'a list, each {describe(inner[0])}'
        return f'a list of {len(inner)} ({", ".join(map(describe, inner))})'
    return getattr(kind, '__name__', str(kind))
