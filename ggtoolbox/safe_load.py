"""Reading files of tensors so that nothing in them can run, and writing safetensors."""
from __future__ import annotations

import json
import pickle
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from mmengine.logging import HistoryBuffer
from torch import Tensor

from .checksums import PLACEHOLDER, sealed_safetensors, verify
from .errors import InputError
from .finite import listed, not_finite
from .plain_files import parse_json
from .trust import checkpoints_are_trusted, torch_load_reads_only_tensors
from .writing import make_folder, write_whole


def _statistic(owner: type, name: str) -> Callable:
    """The one use of ``getattr`` in mmengine's files: the statistics that a log history knows."""
    if owner is not HistoryBuffer or name not in ('min', 'max', 'mean', 'current', 'statistics'):
        raise pickle.UnpicklingError(f'GLOBAL getattr({owner!r}, {name!r})')
    return getattr(owner, name)


# What mmengine's own checkpoints hold besides tensors and plain containers: log histories.
ALLOWED = [HistoryBuffer, (_statistic, 'builtins.getattr'), np.ndarray, np.dtype,
           np._core.multiarray._reconstruct, np._core.multiarray.scalar,
           *{type(np.dtype(t)) for t in 'bBhHiIlLqQefd?'}]
_UNREADABLE = (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, LookupError, OSError)


def load_tensors(path: str | Path, map_location: str | torch.device = 'cpu') -> dict:
    """A checkpoint, by its ending: ``.safetensors`` as :func:`save_safetensors` writes it, a dict of ``meta``
    and ``state_dict``; all else ``torch.load`` with ``weights_only=True`` and the allow-list above. A file
    that it refuses is read all the same, with a warning, after :func:`~ggtoolbox.trust.trust_checkpoints`.
    A checksum (:mod:`~ggtoolbox.checksums`) is compared first.

    Raises:
        InputError: no such file; truncated, damaged, or no checkpoint at all; objects that could run code.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f'{path}: there is no such checkpoint file')
    if path.suffix == '.safetensors':
        return _load_safetensors(path, map_location)
    try:
        verify(path)
        with torch.serialization.safe_globals(ALLOWED):
            return torch.load(path, map_location=map_location, weights_only=True)
    except InputError:
        raise
    except _UNREADABLE as error:
        refused = re.search(r'GLOBAL (\S+)', str(error))
        reason = f'it holds {refused[1]!r}' if refused else _first_sentence(error)
        if checkpoints_are_trusted():
            return _run_pickle(path, map_location, reason)
        if refused:
            raise InputError(f'{path}: refused, because {reason} where only tensors and plain containers are '
                             'expected (if it is a network saved whole, save its state_dict() where its code '
                             'is; --trust-checkpoint runs what the file says)') from None
        raise InputError(f'{path}: truncated, or not a checkpoint ({reason})') from None


def load_meta(path: str | Path) -> dict:
    """What a ``.pth`` says of itself (``meta``); its tensors stay on the disk, and no checksum is compared.

    Raises:
        InputError: it cannot be told.
    """
    try:
        with torch.serialization.safe_globals(ALLOWED):
            return torch.load(path, map_location='cpu', weights_only=True, mmap=True)['meta']
    except (*_UNREADABLE, TypeError) as error:
        raise InputError(f"{path}: no checkpoint with 'meta' ({_first_sentence(error)})") from None


def _run_pickle(path: Path, map_location: str | torch.device, reason: str) -> dict:
    warnings.warn(f'{path}: trusted as asked for, code in it may run ({reason})', stacklevel=3)
    with torch_load_reads_only_tensors(False):
        try:
            return torch.load(path, map_location=map_location, weights_only=False)
        except Exception as error:  # anything may be raised by what the file runs
            raise InputError(f'{path}: trusted, but reading it failed with {type(error).__name__}: '
                             f'{_first_sentence(error)}') from error


def _load_safetensors(path: Path, device: str | torch.device) -> dict:
    try:
        with safetensors.safe_open(path, framework='pt', device=str(device)) as file:
            state_dict = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
            text = (file.metadata() or {}).get('meta', '{}')
    except (safetensors.SafetensorError, OSError) as error:
        raise InputError(f'{path}: truncated, or no safetensors file ({_first_sentence(error)})') from None
    meta = parse_json(text, str(path), "'meta' of a safetensors file")
    if not isinstance(meta, dict):
        raise InputError(f"{path}: expected 'meta' to be a JSON object, found {type(meta).__name__}")
    verify(path)
    meta.pop('sha256', None)
    return dict(meta=meta, state_dict=state_dict)


def save_safetensors(path: str | Path, state_dict: dict[str, Tensor], meta: dict) -> None:
    """Write tensors and what belongs to them; the same content gives the same bytes.

    Args:
        meta: plain values that JSON knows, kept in the file's metadata under the key ``meta``, together with
            the digest of the file (``sha256``, which :func:`load_tensors` compares and takes away).

    Raises:
        InputError: the file cannot be written; a tensor is not finite.
    """
    path = Path(path)
    if bad := not_finite(state_dict):
        raise InputError(f'{path}: {listed(bad)} is not finite, nothing is written')
    make_folder(path.parent)
    tensors = {name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
               for name, tensor in state_dict.items()}
    # One key alone: safetensors writes several in a random order, and the digest would change.
    meta = json.dumps(dict(meta, sha256=PLACEHOLDER), sort_keys=True)
    content = safetensors.torch.save(tensors, metadata=dict(meta=meta))
    write_whole(path, [sealed_safetensors(content)])


def _first_sentence(error: Exception) -> str:
    """What happened, without PyTorch's advice on how to read the file all the same."""
    cause = re.search(r'WeightsUnpickler error:\s*(.+)', str(error))
    text = cause[1] if cause else str(error).partition(' In PyTorch 2.6')[0]
    return text.strip().split('\n')[0][:160] or type(error).__name__
