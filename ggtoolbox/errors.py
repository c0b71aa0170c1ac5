"""The errors that a user's input can cause."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class InputError(ValueError):
    """A config, file, checkpoint or argument that cannot be used.

    The message is one sentence that names the file or field, what was found and what was
    expected. The command lines print it without a traceback.

    Attributes:
        others: what else was wrong with the same input, where all of it was looked at.
    """

    others: tuple[InputError, ...] = ()

    def sentences(self) -> list[str]:
        """The message, and those of the others."""
        return [str(error) for error in (self, *self.others)]


class UnknownTypeError(InputError, KeyError):
    """A ``type`` that no registry knows."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would print the repr


class UnknownArgumentError(InputError, TypeError):
    """An argument that the class named by ``type`` does not take, or one that it lacks."""


_noted: ContextVar[list[str] | None] = ContextVar('_noted', default=None)


@contextmanager
def noting_faults() -> Iterator[list[str]]:
    """Lists are read without what is wrong in them, and the sentences about it are collected here.

    Outside of this, the first fault of a list ends its reading.
    """
    sentences: list[str] = []
    token = _noted.set(sentences)
    try:
        yield sentences
    finally:
        _noted.reset(token)


class Faults:
    """Things that can each be wrong: all are tried, and at the end of ``with`` the first fault is raised.

    Args:
        can_go_on: what is left is of use without what was wrong, so that under :func:`noting_faults`
            nothing need be raised.
    """

    def __init__(self, can_go_on: bool = False) -> None:
        self.can_go_on = can_go_on
        self.found: list[InputError] = []

    def add(self, sentence: str) -> None:
        """One more fault."""
        self.found.append(InputError(sentence))

    def attempt(self, call: Callable, *arguments: Any) -> Any:
        """What ``call`` returns, or None where it raises an :class:`InputError`, which is kept."""
        try:
            return call(*arguments)
        except InputError as error:
            self.found.append(error)
            return None

    def __enter__(self) -> Faults:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if kind is not None or not self.found:
            return
        first, *others = self.found
        if self.can_go_on and _noted.get() is not None:
            _noted.get().extend(sentence for fault in self.found for sentence in fault.sentences())
            return
        first.others = (*first.others, *others)
        raise first


class StoppedBySignal(Exception):
    """A run that ended early because a signal asked for it, and saved what it had; no error.

    Attributes:
        code: exit status of the command.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code
