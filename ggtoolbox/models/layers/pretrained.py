"""Weights of published feature networks, from a file or an address."""
from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError


def read_weights(source: str, sha256: str | None = None) -> dict[str, Tensor]:
    """A state dict from a path, or from an http(s) address (kept in torch.hub's cache).

    Only tensors and plain containers are read (``weights_only``): a file cannot run code.

    Args:
        sha256: of the file, or its first digits; checked where given.

    Raises:
        InputError: where the file is missing, damaged, another one, or no state dict.
    """
    path = Path(source)
    if source.startswith(('http://', 'https://')):
        path = Path(torch.hub.get_dir()) / 'checkpoints' / source.rsplit('/', 1)[-1]
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                torch.hub.download_url_to_file(source, str(path))
            except OSError as error:
                raise InputError(f'{source}: cannot be downloaded ({error}); fetch it elsewhere and '
                                 'give its path') from error
    if not path.is_file():
        raise InputError(f'{source}: no such file of weights')
    if sha256 is not None:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if not found.startswith(sha256.lower()):
            raise InputError(f'{path}: expected the SHA-256 {sha256}, found {found}')
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
    except pickle.UnpicklingError as error:
        raise InputError(f'{path}: expected a state dict of tensors, found a damaged file or one with '
                         'other objects, which are not loaded because they could run code') from error
    except (RuntimeError, EOFError, OSError) as error:
        raise InputError(f'{path}: expected a state dict of tensors, found a truncated or damaged '
                         'file') from error
    if isinstance(state, dict) and isinstance(state.get('state_dict'), dict):
        state = state['state_dict']
    if not isinstance(state, dict) or not any(isinstance(value, Tensor) for value in state.values()):
        raise InputError(f'{path}: expected a state dict (names to tensors), found '
                         f'{type(state).__name__}')
    return {name: value for name, value in state.items() if isinstance(value, Tensor)}


def load_pretrained(module: nn.Module, source: str, dropped: tuple[str, ...] = (),
                    sha256: str | None = None) -> None:
    """Fill ``module`` from ``source`` strictly.

    Args:
        dropped: beginnings of names that the file may hold beyond what ``module`` has.

    Raises:
        InputError: as :func:`read_weights`, and where names or shapes do not fit.
    """
    state, wanted = read_weights(source, sha256), module.state_dict()
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
