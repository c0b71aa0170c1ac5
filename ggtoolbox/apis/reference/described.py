"""What a class takes, in words: the arguments of its signature with the sentences of its docstring."""
from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from inspect import Parameter
from typing import Any, NamedTuple

from ggtoolbox.arguments import annotations, constructor_arguments, describe

_ENTRY = re.compile(r'^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: \(.*?\))?: ?(.*)$')


class Argument(NamedTuple):
    """An argument of a constructor.

    Attributes:
        name: which is its key in a config.
        kind: what is expected, in words; empty where the signature leaves it open.
        default: as Python writes it; None where the argument must be given.
        text: the docstring's sentences; empty where it has none.
        hint: the annotation.
    """

    name: str
    kind: str
    default: str | None
    text: str
    hint: Any

    def __str__(self) -> str:
        must = 'must be given' if self.default is None else f'default {self.default}'
        return ', '.join(filter(None, (self.kind, must)))


@cache
def arguments_of(cls: Callable) -> dict[str, Argument]:
    """Name -> argument of all that ``cls(...)`` takes, those of its parents with the parents' sentences."""
    texts: dict[str, str] = {}
    for owner in inspect.getmro(cls) if inspect.isclass(cls) else (cls,):
        if owner is not object:
            for doc in (owner.__doc__, getattr(vars(owner).get('__init__'), '__doc__', None)):
                texts = {**argument_texts(doc or ''), **texts}
    hints, found = annotations(cls), {}
    for name, parameter in constructor_arguments(cls)[0].items():
        if parameter.kind in (Parameter.POSITIONAL_ONLY, Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD):
            continue
        hint = hints.get(name, Any)
        default = None if parameter.default is Parameter.empty else _written(parameter.default)
        kind = '' if hint is Any else describe(hint)
        found[name] = Argument(name, kind, default, texts.get(name, ''), hint)
    return found


def _written(default: Any) -> str:
    text = repr(default)
    return getattr(default, '__name__', type(default).__name__) if text.startswith('<') else text


def argument_texts(doc: str) -> dict[str, str]:
    """Name -> sentences of a docstring's ``Args:``, in Google's style; several names may share a line."""
    lines = inspect.cleandoc(doc).splitlines()
    if 'Args:' not in lines:
        return {}
    texts: dict[str, list[str]] = {}
    names: list[str] = []
    block = lines[lines.index('Args:') + 1:]
    indent = next((len(line) - len(line.lstrip()) for line in block if line.strip()), 0)
    for line in block:
        if line.strip() and not line.startswith(' ' * max(indent, 1)):
            break
        entry = _ENTRY.match(line[indent:])
        if entry:
            names = [name.lstrip('*') for name in entry[1].split(', ')]
            texts.update({name: [entry[2]] for name in names})
        else:
            for name in names:
                texts[name].append(line.strip())
    return {name: ' '.join(' '.join(found).split()) for name, found in texts.items()}


def summary(cls: Callable) -> str:
    """The first paragraph of a docstring as one line."""
    return ' '.join(inspect.cleandoc(cls.__doc__ or '').split('\n\n')[0].split())


def plain(text: str) -> str:
    """A docstring's text without its markup: ``:class:`~a.b.C``` is C."""
    text = re.sub(r':\w+:`~?(?:[\w.]*\.)?([\w ]+)`', r'\1', text)
    return text.replace('``', '')
