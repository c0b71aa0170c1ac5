"""Heights and widths that a network can read."""
from __future__ import annotations

from collections.abc import Sequence

from ggtoolbox.errors import InputError


def check_size(owner: str, size: Sequence[int], step: int, why: str = '', least: int = 0) -> None:
    """Raise :class:`InputError` unless height and width are multiples of ``step``, and not too small.

    Args:
        owner: the network, for the sentence.
        why: where ``step`` comes from.
        least: of either length.
    """
    if any(length % step or length < least for length in size):
        reason, limit = f' ({why})' if why else '', f' and at least {least}' if least else ''
        raise InputError(f'{owner}: height and width must be multiples of {step}{reason}{limit}, found '
                         f'{tuple(size)}')


def check_halvings(owner: str, size: Sequence[int], num_downsamplings: int, left: int = 2) -> None:
    """Raise :class:`InputError` unless (height, width) can be halved so often and so many pixels are
    ``left`` of each; with 0 this is not looked at."""
    step = 2 ** num_downsamplings
    check_size(owner, size, step, f'2 to the power of num_downsamplings={num_downsamplings}', left * step)
