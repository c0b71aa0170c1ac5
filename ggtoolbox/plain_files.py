"""Text, JSON and YAML from files that anybody may have made: bounded, and refused in one sentence.

Byte-order marks are understood. JSON's NaN and Infinity, which are not JSON, are refused, and so are
nesting and references ("alias bombs") that would fill the memory or exhaust the parser.
"""
from __future__ import annotations

import codecs
import json
import math
import re
from pathlib import Path
from typing import Any

import yaml

from .errors import InputError

MOST_BYTES = 1 << 30  # of a text file
DEEPEST = 100  # levels of YAML
MOST_VALUES = 1_000_000  # of a YAML file, its references followed
_Loader = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)  # LibYAML's, where PyYAML has it
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def require_file(path: str | Path, what: str = 'file') -> Path:
    """The path of a plain file.

    Raises:
        InputError: nothing there, a link to nothing, a folder, a pipe or a device.
    """
    path = Path(path)
    if path.is_file():
        return path
    if path.is_symlink():
        raise InputError(f'{path}: this link leads to {path.readlink()}, which is not there')
    if path.is_dir():
        raise InputError(f'{path}: expected a {what}, found a folder')
    if path.exists():
        raise InputError(f'{path}: expected a {what}, found a pipe or a device')
    raise InputError(f'{path}: there is no such {what}')


def read_text(path: str | Path, what: str = 'file') -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark.

    Raises:
        InputError: see :func:`require_file`; it cannot be read, is no text, or longer than ``MOST_BYTES``.
    """
    path = require_file(path, what)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f'{path}: this {what} has {path.stat().st_size} bytes; expected at most '
                             f'{MOST_BYTES}')
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f'{path}: this {what} cannot be read ({error})') from error
    encoding = 'utf-16' if content.startswith(_UTF_16) else 'utf-8-sig'
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[:error.start].count(b'\n') + 1
        raise InputError(f'{path}, line {line}: this {what} cannot be read, because it is no text in UTF-8 '
                         f'({error.reason})') from None
    if '\0' in text:
        line = text[:text.index('\0')].count('\n') + 1
        raise InputError(f'{path}, line {line}: this {what} cannot be read, because it holds a byte 0 where '
                         'text was expected')
    return text


def read_lines(path: str | Path, what: str = 'file') -> list[str]:
    """The lines of a text file, as :func:`read_text` reads it."""
    return re.split(r'\r\n|\r|\n', read_text(path, what))


def parse_json(text: str, where: str = '', what: str = 'JSON') -> Any:
    """The value of JSON text.

    Args:
        where: file, or file and line, for errors; '' where who calls says it.
        what: what the text is, for errors.

    Raises:
        InputError: no JSON; NaN or infinities in it; nested too deeply.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except _NotFinite as error:
        found = re.search(rf'(?<![\w."]){re.escape(str(error))}(?![\w"])', text)
        line = text[:found.start()].count('\n') + 1 if found else 1
        raise InputError(f'{_at(where)}this {what} cannot be read (line {line}: expected finite numbers, '
                         f'found {error})') from None
    except json.JSONDecodeError as error:
        raise InputError(f'{_at(where)}this {what} cannot be read (line {error.lineno}: {error.msg})') \
            from None
    except RecursionError:
        raise InputError(f'{_at(where)}this {what} cannot be read (values are nested too deeply)') from None
    except ValueError as error:  # a whole number of thousands of digits
        raise InputError(f'{_at(where)}this {what} cannot be read ({error})') from None
    return value


def read_json(path: str | Path, what: str = 'JSON file') -> Any:
    """The value of a JSON file; raises as :func:`read_text` and :func:`parse_json` do."""
    return parse_json(read_text(path, what), str(path), what)


def _at(where: str, line: int | None = None) -> str:
    """The beginning of a sentence: file and line, as far as they are known."""
    known = ', '.join(filter(None, (where, f'line {line}' if line else '')))
    return f'{known}: ' if known else ''


class _NotFinite(Exception):
    """A number of JSON that is not finite, as it is written."""


def _refuse_constant(name: str) -> None:
    raise _NotFinite(name)


def _finite(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise _NotFinite(digits)
    return value


def parse_yaml(text: str, where: str = '') -> Any:
    """The plain value of YAML text; a tag that names a Python object is refused.

    Raises:
        InputError: no YAML; more than ``DEEPEST`` levels, or ``MOST_VALUES`` values once references are
            followed; a value that holds itself.
    """
    try:
        _refuse_nesting(text, where)
        root = yaml.compose(text, Loader=_Loader)
        if root is None:
            return None
        _count(root, where, {})
        return _Loader('').construct_document(root)
    except yaml.YAMLError as error:
        raise InputError(f'{_at(where)}not YAML of plain values ({" ".join(str(error).split())})') from None
    except (ValueError, TypeError) as error:  # a date that is none, a list as a key
        if isinstance(error, InputError):
            raise
        raise InputError(f'{_at(where)}not YAML of plain values ({error})') from None


def read_yaml(path: str | Path, what: str = 'YAML file') -> Any:
    """The value of a YAML file; raises as :func:`read_text` and :func:`parse_yaml` do."""
    return parse_yaml(read_text(path, what), str(path))


def _refuse_nesting(text: str, where: str) -> None:
    """Stop at the first value that lies too deep, for the parser's time grows with the depth's square."""
    depth, line = 0, 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            line = event.start_mark.line + 1
            if depth > DEEPEST:
                break
    except yaml.MarkedYAMLError as error:
        if 'maximum nesting depth' not in str(error):  # LibYAML's own, as it reads ahead
            raise
        depth, line = DEEPEST + 1, error.problem_mark.line + 1
    if depth > DEEPEST:
        raise InputError(f'{_at(where, line)}expected YAML of at most {DEEPEST} levels, found values nested '
                         'more deeply')


def _count(node: yaml.Node, where: str, known: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """Values and levels in a node, its references followed, without following any twice."""
    if isinstance(node, yaml.ScalarNode):
        return 1, 1
    line = node.start_mark.line + 1
    if id(node) not in known:
        known[id(node)] = None
        inside = [child for pair in node.value for child in (pair if isinstance(pair, tuple) else (pair,))]
        found = [_count(child, where, known) for child in inside]
        known[id(node)] = (1 + sum(count for count, _ in found),
                           1 + max((levels for _, levels in found), default=0))
    if known[id(node)] is None:
        raise InputError(f'{_at(where, line)}expected YAML, found a value that holds itself')
    count, levels = known[id(node)]
    if count > MOST_VALUES or levels > DEEPEST:
        raise InputError(f'{_at(where, line)}expected YAML of at most {MOST_VALUES} values and {DEEPEST} '
                         'levels, found references or nesting that make more')
    return count, levels
