"""Checkpoints that are read safely, written whole, and found again.

Importing this module replaces mmengine's loaders: its local and http loaders fall back to unpickling
whatever a file holds. It works alike under upstream mmengine (whose resume refuses its own files
under torch >= 2.6) and its continuation onedl-mmengine.
"""
from __future__ import annotations

import os
import re
from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend
from mmengine.logging import print_log
from mmengine.runner import CheckpointLoader

from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import fetch, load_tensors

_FOREIGN_SCHEMES = ('open-mmlab://', 'openmmlab://', 'mmcls://', 'modelzoo://', 'torchvision://',
                    'pavi://', r'(\S+\:)?s3://')


@CheckpointLoader.register_scheme(prefixes='', force=True)
def load_from_local(filename: str, map_location: str | None = None) -> dict:
    return load_tensors(filename, map_location or 'cpu')


@CheckpointLoader.register_scheme(prefixes=('http://', 'https://'), force=True)
def load_from_http(filename: str, map_location: str | None = None) -> dict:
    return load_tensors(fetch(filename), map_location or 'cpu')


@CheckpointLoader.register_scheme(prefixes=_FOREIGN_SCHEMES, force=True)
def load_from_foreign(filename: str, map_location: str | None = None) -> dict:
    raise InputError(f'{filename}: checkpoints are read from a path or an http(s) URL')


class AtomicLocalBackend(LocalBackend):
    """Writes a file beside its place and moves it there: a killed run leaves the old file or the new."""

    def put(self, obj: bytes, filepath: str | Path) -> None:
        path = Path(filepath)
        path.parent.mkdir(parents=True, exist_ok=True)
        incomplete = path.with_name(f'.{path.name}.incomplete')
        with incomplete.open('wb') as file:
            file.write(obj)
            file.flush()
            os.fsync(file.fileno())
        os.replace(incomplete, path)


register_backend('atomic_local', AtomicLocalBackend, force=True)


def latest_checkpoint(work_dir: str | Path) -> str | None:
    """The newest complete checkpoint of a run: what ``last_checkpoint`` names, else the
    ``iter_*.pth`` or ``epoch_*.pth`` of the highest number that can be read; None without any."""
    work_dir = Path(work_dir)
    numbered = [p for p in work_dir.glob('*.pth') if re.fullmatch(r'(iter|epoch)_\d+', p.stem)]
    candidates = sorted(numbered, key=lambda p: int(p.stem.rsplit('_', 1)[1]), reverse=True)
    pointer = work_dir / 'last_checkpoint'
    if pointer.is_file():
        named = Path(pointer.read_text().strip())
        candidates = [named, *(p for p in candidates if p != named)]
    for candidate in candidates:
        try:
            load_tensors(candidate)
        except InputError as error:
            print_log(f'Passed over while looking for a checkpoint to resume from: {error}', 'current')
        else:
            return str(candidate)
    return None
