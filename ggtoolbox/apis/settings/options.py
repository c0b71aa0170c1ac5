"""``--cfg-options KEY=VALUE``: what a value means, and where it goes."""
from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from mmengine.config import Config, ConfigDict

from ggtoolbox.arguments import nearest
from ggtoolbox.errors import InputError

WORDS = {'true': True, 'false': False}
BRACKETS = {'(': ')', '[': ']'}
QUOTES = '\'"'


class ConfigOptions(argparse.Action):
    """``KEY=VALUE`` pairs as a dict, values as :func:`parse_value` reads them."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Sequence[str],
                 option_string: str | None = None) -> None:
        options = dict(getattr(namespace, self.dest, None) or {})
        for pair in values:
            key, found, value = pair.partition('=')
            if not found or not all(key.split('.')) or key != key.strip():
                parser.error(f'argument {option_string}: expected KEY=VALUE with dotted keys, found {pair!r}')
            try:
                options[key] = parse_value(value)
            except InputError as error:
                parser.error(f'argument {option_string}: {key}: {error}')
        setattr(namespace, self.dest, options)


def parse_value(text: str) -> Any:
    """A number, ``True``, ``False``, ``None``, a list (``1,2``, ``[1,2]``), a tuple (``(1,2)``) or text.

    As mmengine's, but blanks inside of text stay, and quotes make text of anything (``"'1,2'"``).

    Raises:
        InputError: brackets or quotes that do not match.
    """
    text = text.strip()
    if len(text) > 1 and text[0] in QUOTES and text[-1] == text[0] and text[0] not in text[1:-1]:
        return text[1:-1]
    parts = _split(text)
    if text[:1] in BRACKETS and text[-1:] == BRACKETS[text[0]] and len(parts) == 1:
        inner = text[1:-1].strip()
        values = [parse_value(part) for part in _split(inner.removesuffix(','))] if inner else []
        return tuple(values) if text[0] == '(' else values
    if len(parts) > 1:
        return [parse_value(part) for part in parts]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None if text == 'None' else WORDS.get(text.lower(), text)


def _split(text: str) -> list[str]:
    """The parts between commas that lie in no bracket and no quotes."""
    parts, expected, quote = [''], [], ''
    for character in text:
        if quote:
            quote = '' if character == quote else quote
        elif character in QUOTES and not parts[-1].strip():
            quote = character
        elif character in BRACKETS:
            expected.append(BRACKETS[character])
        elif character in BRACKETS.values() and (not expected or character != expected.pop()):
            raise InputError(f'expected brackets that match, found {text!r}')
        if character == ',' and not quote and not expected:
            parts.append('')
        else:
            parts[-1] += character
    if expected or quote:
        raise InputError(f'expected {"quotes" if quote else "brackets"} that match, found {text!r}')
    return parts


def apply_options(cfg: Config, options: Mapping[str, Any], known: set[str]) -> None:
    """Change a config's settings.

    Args:
        options: dotted key -> value.
        known: top-level keys that may be added.

    Raises:
        InputError: a key that leads nowhere: a misspelt first word, a number beyond a list, a word below a
            value; or a variable of the file, which others were computed from.
    """
    for key in options:
        top = key.split('.')[0]
        if top not in cfg and top not in known:
            raise InputError(f'--cfg-options: neither mmengine nor {cfg.filename} knows the key '
                             f'{top!r}{nearest(top, {*cfg.keys(), *known})}')
        if top not in known:
            _refuse_variable(cfg, top, known)
        _check_way(cfg, key)
    if options:
        cfg.merge_from_dict(dict(options))


def _refuse_variable(cfg: Config, name: str, known: set[str]) -> None:
    """A variable of a config file has done its work when the file has been read."""
    value = cfg[name]
    users = [place for key in cfg if key in known for place in _places(cfg[key], value, key)]
    hint = f'; set {" ".join(users[:4])}, where its value went' if users else ''
    raise InputError(f'--cfg-options: {name!r} is a variable of {cfg.filename}, which nothing reads once '
                     f'that is read{hint}')


def _places(settings: Any, value: Any, path: str) -> list[str]:
    if type(settings) is type(value) and settings == value:
        return [path]
    inner = settings.items() if isinstance(settings, Mapping) else \
        enumerate(settings) if isinstance(settings, (list, tuple)) else ()
    return [place for key, one in inner for place in _places(one, value, f'{path}.{key}')]


def _check_way(cfg: Config, key: str) -> None:
    here, way = cfg, []
    for word in key.split('.')[:-1]:
        if isinstance(here, (Mapping, Config)) and word in here and here[word] is None:
            here[word] = ConfigDict()  # settings that were taken out are put in
        here = _step(here, word, way, key)
        if here is None:
            return
    if isinstance(here, list):
        _step(here, key.split('.')[-1], way, key)


def _step(here: Any, word: str, way: list[str], key: str) -> Any:
    """What lies under ``word``; None where the option makes it."""
    place = '.'.join(way)
    way.append(word)
    if isinstance(here, (Mapping, Config)):
        found = here.get(word)
        if found is None or isinstance(found, (Mapping, list)):
            return found
        raise InputError(f"--cfg-options: {key}: expected a dict or a list in {'.'.join(way)}, found "
                         f'{found!r}')
    if not word.isdigit() or int(word) >= len(here):
        raise InputError(f'--cfg-options: {key}: expected a number below {len(here)} after {place}, found '
                         f'{word!r}')
    return here[int(word)]
