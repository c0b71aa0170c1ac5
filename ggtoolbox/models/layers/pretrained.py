"""Weights of published feature networks, from a file or an address."""
from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.fetching import fetch
from ggtoolbox.safe_load import load_tensors


def read_weights(source: str, sha256: str | None = None) -> dict[str, Tensor]:
    """A state dict from a path, or from an http(s) address (kept in torch.hub's cache).

    Args:
        sha256: of the file, or its first digits; None takes the digits that a name such as
            ``vgg19-dcbb9e9d.pth`` holds. Checked where there is one.

    Raises:
        InputError: where the file is missing, damaged, another one, or holds no tensors.
    """
    state = load_tensors(fetch(source, sha256 or digest_in_name(source)))
    if isinstance(state, dict) and isinstance(state.get('state_dict'), dict):
        state = state['state_dict']
    if not isinstance(state, dict) or not any(isinstance(value, Tensor) for value in state.values()):
        raise InputError(f'{source}: expected a state dict (names to tensors), found '
                         f'{type(state).__name__}')
    return {name: value for name, value in state.items() if isinstance(value, Tensor)}


def digest_in_name(source: str) -> str | None:
    """The first digits of the sha256 that torch.hub's convention puts into a file's name, or None."""
    found = re.search(r'-([0-9a-f]{8,})\.(?:pth|safetensors)$', source)
    return found[1] if found else None


def require_weights(owner: str, weights: str | None, allow_random: bool, address: str) -> None:
    """Raise :class:`InputError` where a network has no weights and may not be random.

    Args:
        owner: the network.
        address: where its weights can be had.
    """
    if weights is None and not allow_random:
        raise InputError(
            f'{owner}: weights are not given; download {address} and put its path (or this address) into '
            f"the config as network=dict(type='{owner}', weights=...), or say allow_random=True")


@contextmanager
def drawn_the_same() -> Iterator[None]:
    """Weights drawn in here are the same each time; the global generator goes on as if nothing had been."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def load_strictly(module: nn.Module, state: dict[str, Tensor], source: str,
                  dropped: tuple[str, ...] = ()) -> None:
    """Fill ``module`` from a state dict.

    Args:
        source: where it comes from, for errors.
        dropped: beginnings of names that it may hold beyond what ``module`` has.

    Raises:
        InputError: where names or shapes do not fit.
    """
    wanted = module.state_dict()
    missing = [name for name in wanted if name not in state]
    misshapen = [name for name in wanted
                 if name in state and state[name].shape != wanted[name].shape]
    unknown = [name for name in state if name not in wanted and not name.startswith(dropped)]
    for problem, names in (('lacks', missing), ('has another shape for', misshapen),
                           ('also holds', unknown)):
        if names:
            more = f' and {len(names) - 1} more' if names[1:] else ''
            raise InputError(f'{source}: expected weights of {type(module).__name__}, but the file '
                             f'{problem} {names[0]!r}{more}')
    module.load_state_dict({name: state[name] for name in wanted})
