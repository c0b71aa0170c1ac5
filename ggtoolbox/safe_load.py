"""Reading files of tensors so that nothing in them can run, and fetching them by URL."""
from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from mmengine.logging import HistoryBuffer
from torch import Tensor

from .errors import InputError


def _statistic(owner: type, name: str) -> Callable:
    """The one use of ``getattr`` in mmengine's files: the statistics that a log history knows."""
    if owner is not HistoryBuffer or name not in ('min', 'max', 'mean', 'current', 'statistics'):
        raise pickle.UnpicklingError(f'GLOBAL getattr({owner!r}, {name!r})')
    return getattr(owner, name)


# What mmengine's own checkpoints hold besides tensors and plain containers: log histories.
ALLOWED = [HistoryBuffer, (_statistic, 'builtins.getattr'), np.ndarray, np.dtype,
           np._core.multiarray._reconstruct, np._core.multiarray.scalar,
           *{type(np.dtype(t)) for t in 'bBhHiIlLqQefd?'}]


def load_tensors(path: str | Path, map_location: str | torch.device = 'cpu') -> dict:
    """A checkpoint, by its ending: ``.safetensors`` as :func:`save_safetensors` writes it, a dict of ``meta``
    and ``state_dict``; all else ``torch.load`` with ``weights_only=True`` and the allow-list above.

    Raises:
        InputError: no such file; truncated, or no checkpoint at all; objects that could run code.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f'{path}: there is no such checkpoint file')
    if path.suffix == '.safetensors':
        return _load_safetensors(path, map_location)
    try:
        with torch.serialization.safe_globals(ALLOWED):
            return torch.load(path, map_location=map_location, weights_only=True)
    except pickle.UnpicklingError as error:
        refused = re.search(r'GLOBAL (\S+)', str(error))
        if refused:
            raise InputError(f'{path}: refused, because it holds {refused.group(1)!r} where only '
                             'tensors and plain containers are expected') from None
        raise InputError(f'{path}: not a checkpoint, or damaged ({_first_sentence(error)})') from None
    except (RuntimeError, EOFError, ValueError, LookupError, OSError) as error:
        raise InputError(f'{path}: truncated, or not a checkpoint ({_first_sentence(error)})') from None


def _load_safetensors(path: Path, device: str | torch.device) -> dict:
    try:
        with safetensors.safe_open(path, framework='pt', device=str(device)) as file:
            state_dict = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
            meta = json.loads((file.metadata() or {}).get('meta', '{}'))
    except (safetensors.SafetensorError, json.JSONDecodeError, OSError) as error:
        raise InputError(f'{path}: truncated, or no safetensors file ({_first_sentence(error)})') from None
    if not isinstance(meta, dict):
        raise InputError(f"{path}: expected 'meta' to be a JSON object, found {type(meta).__name__}")
    return dict(meta=meta, state_dict=state_dict)


def save_safetensors(path: str | Path, state_dict: dict[str, Tensor], meta: dict) -> None:
    """Write tensors and what belongs to them; the same content gives the same bytes.

    Args:
        meta: plain values that JSON knows, kept in the file's metadata under the key ``meta``.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
               for name, tensor in state_dict.items()}
    # One key alone: safetensors writes several in a random order, and the digest would change.
    content = safetensors.torch.save(tensors, metadata=dict(meta=json.dumps(meta, sort_keys=True)))
    incomplete = path.with_name(f'.{path.name}.incomplete')
    incomplete.write_bytes(content)
    os.replace(incomplete, path)


def _first_sentence(error: Exception) -> str:
    return str(error).strip().split('\n')[0][:160]


def fetch(path_or_url: str, sha256: str | None = None) -> Path:
    """A local file as it is, or a URL through torch's hub cache (``$TORCH_HOME/hub/checkpoints``).

    Args:
        sha256: expected digest, or its first digits; checked for local files, too.

    Raises:
        InputError: no such file, a download that fails, or another digest.
    """
    if re.match(r'https?://', path_or_url):
        path = Path(torch.hub.get_dir()) / 'checkpoints' / os.path.basename(path_or_url)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                torch.hub.download_url_to_file(path_or_url, str(path), progress=False)
            except OSError as error:
                raise InputError(f'{path_or_url}: the download failed ({error}); fetch it by other '
                                 f'means and put it at {path}') from None
    else:
        path = Path(path_or_url).expanduser()
        if not path.is_file():
            raise InputError(f'{path}: there is no such weights file')
    if sha256 is not None:
        with path.open('rb') as file:
            found = hashlib.file_digest(file, 'sha256').hexdigest()
        if not found.startswith(sha256.lower()):
            raise InputError(f'{path}: its sha256 is {found}, expected {sha256}')
    return path
