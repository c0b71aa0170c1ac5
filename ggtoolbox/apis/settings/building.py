"""Errors of what a config builds, as sentences that name the setting."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor, nn

from ggtoolbox.errors import InputError

# What constructors raise for arguments that they cannot use.
REFUSALS = (TypeError, ValueError, KeyError, IndexError, AssertionError, ZeroDivisionError, OverflowError,
            RuntimeError, AttributeError)


@contextmanager
def building(field: str, model: nn.Module | None = None) -> Iterator[None]:
    """Within, an error of a constructor is one of the settings under ``field``.

    ``GGTOOLBOX_TRACEBACK=1`` shows where it came from.

    Args:
        model: that runs within, and whose network at fault is named.

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
        if model is not None and (sentence := _of_channels(error, model, field)):
            raise InputError(sentence) from error
        said = ' '.join(str(error.args[0] if error.args else error).split())
        raise InputError(f'{field}: expected settings that can be built, found {type(error).__name__}: '
                         f'{said[:400]}') from error


def _of_channels(error: Exception, model: nn.Module, field: str) -> str:
    """A sentence about the layer that an error arose in, if it was given other channels than it takes."""
    names, step = {id(module): name for name, module in model.named_modules() if name}, error.__traceback__
    layer, here = None, {}
    while step is not None:  # the innermost layer comes last
        if id(step.tb_frame.f_locals.get('self')) in names:
            here = step.tb_frame.f_locals
            layer = here['self']
        step = step.tb_next
    takes, given = getattr(layer, 'in_channels', None), here.get('input', here.get('x'))
    if takes is None or not isinstance(given, Tensor) or given.dim() < 3 or given.shape[1] == takes:
        return ''
    network, _, inner = names[id(layer)].partition('.')
    return (f'{field}.{network}: expected in_channels that fit what it is given, found {given.shape[1]} '
            f'channels where its layer {inner or network} takes {takes}')
