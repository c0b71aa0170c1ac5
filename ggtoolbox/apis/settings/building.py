"""Errors of what a config builds, as sentences that name the setting."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ggtoolbox.errors import InputError

# What constructors raise for arguments that they cannot use.
REFUSALS = (TypeError, ValueError, KeyError, IndexError, AssertionError, ZeroDivisionError, OverflowError,
            RuntimeError, AttributeError)


@contextmanager
def building(field: str) -> Iterator[None]:
    """Within, an error of a constructor is one of the settings under ``field``.

    ``GGTOOLBOX_TRACEBACK=1`` shows where it came from.

    Raises:
        InputError: the path of the settings, and what the constructor says of them.
    """
    try:
        yield
    except InputError as error:
        message = str(error)
        if message.startswith(field):
            raise
        raise InputError(f'{field}: {message}') from error
    except REFUSALS as error:
        said = ' '.join(str(error.args[0] if error.args else error).split())
        raise InputError(f'{field}: expected settings that can be built, found {type(error).__name__}: '
                         f'{said[:400]}') from error
