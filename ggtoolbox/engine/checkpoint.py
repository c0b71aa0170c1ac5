"""Checkpoints that are read safely, written whole, and found again."""
from __future__ import annotations

import os
import re
from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend
from mmengine.logging import print_log

from ggtoolbox import safe_mmengine  # noqa: F401  (mmengine's loaders are replaced)
from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import load_tensors


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
