"""Activations by name."""
from __future__ import annotations

from torch import nn

from ggtoolbox.errors import InputError

_ACTIVATIONS = {'leaky_relu': lambda: nn.LeakyReLU(0.2), 'relu': nn.ReLU, None: nn.Identity}


def build_activation(name: str | None, owner: str) -> nn.Module:
    """``'leaky_relu'`` (slope 0.2), ``'relu'`` or None, which is the identity.

    Raises:
        InputError: another name; it says that it is ``owner``'s ``pre_activation``.
    """
    if name not in _ACTIVATIONS:
        raise InputError(f"{owner}: pre_activation must be 'leaky_relu', 'relu' or None, found {name!r}")
    return _ACTIVATIONS[name]()
