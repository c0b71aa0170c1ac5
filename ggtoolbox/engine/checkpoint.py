"""Checkpoints that are written whole, read safely, and found again."""
from __future__ import annotations

import re
from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend
from mmengine.logging import print_log

from ggtoolbox import safe_mmengine  # noqa: F401  (mmengine's loaders are replaced)
from ggtoolbox.checksums import sealed
from ggtoolbox.errors import InputError
from ggtoolbox.finite import listed, named_tensors, not_finite
from ggtoolbox.safe_load import load_meta, load_tensors
from ggtoolbox.writing import write_whole

POINTER = 'last_checkpoint'


class AtomicLocalBackend(LocalBackend):
    """Writes a file whole or not at all, a checkpoint with its checksum; see
    :func:`~ggtoolbox.writing.write_whole`. Folders are not made: one that is gone was taken away."""

    def put(self, obj: bytes, filepath: str | Path) -> None:
        write_whole(filepath, sealed(obj))


register_backend('atomic_local', AtomicLocalBackend, force=True)


def names_not_finite(checkpoint: dict) -> list[str]:
    """Names of what is not finite in a checkpoint: weights, averages, optimisers, whatever is a tensor, but
    for the history of the log, which may tell of an infinite score."""
    content = {key: value for key, value in checkpoint.items() if key != 'message_hub'}
    return not_finite(dict(named_tensors(content)))


def load_to_resume(path: str | Path) -> dict:
    """A checkpoint that is whole, holds what a run needs to go on, and is finite.

    Raises:
        InputError: it is not.
    """
    checkpoint = load_tensors(path)
    if not isinstance(checkpoint, dict) or 'state_dict' not in checkpoint or not isinstance(
            checkpoint.get('meta'), dict) or 'iter' not in checkpoint['meta']:
        raise InputError(f"{path}: expected a checkpoint of training, with 'state_dict', and 'iter' in its "
                         "'meta'")
    if bad := names_not_finite(checkpoint):
        raise InputError(f'{path}: {listed(bad)} is not finite')
    return checkpoint


def latest_checkpoint(work_dir: str | Path) -> str | None:
    """The newest checkpoint of a run that is whole and finite; what is newer and is not is named in the log.

    Newest is what the file ``last_checkpoint`` names and what was written after it; then, or where that file
    is missing or illegible, the ``iter_*.pth`` and ``epoch_*.pth`` of the most iterations. A folder that was
    moved is searched where it lies now. None without any.
    """
    work_dir = Path(work_dir)
    pointed = _pointed(work_dir)
    candidates = {pointed} if pointed else set()
    for folder in {work_dir, *(path.parent for path in candidates)}:
        candidates |= {path for path in folder.glob('*.pth')
                       if re.fullmatch(r'(iter|epoch)_\d+', path.stem) and path.is_file()}
    iterations = {path: _iteration(path) for path in candidates}

    def age(path: Path) -> tuple:
        """Sorts the newest first; what another run left here, and the pointer's wrote nothing of, last."""
        abandoned = pointed is not None and iterations[path] > iterations[pointed] and (
            path.stat().st_mtime < pointed.stat().st_mtime)
        return abandoned, -iterations[path], path != pointed

    for path in sorted(candidates, key=age):
        try:
            load_to_resume(path)
        except InputError as error:
            print_log(f'Passed over while looking for a checkpoint to resume from: {error}', 'current')
        else:
            return str(path)
    return None


def _iteration(path: Path) -> int:
    """Of a checkpoint, or as its name has it where the file is damaged and will be refused at its turn."""
    try:
        return int(load_meta(path)['iter'])
    except (InputError, LookupError, TypeError, ValueError):
        digits = re.search(r'(\d+)$', path.stem)
        return int(digits[1]) if digits else -1


def _pointed(work_dir: Path) -> Path | None:
    """The file that ``last_checkpoint`` names: that of its name in this folder, which may have been moved or
    copied, else where it says."""
    try:
        named = Path((work_dir / POINTER).read_text().strip())
        return next((path for path in (work_dir / named.name, named) if path.is_file()), None)
    except (OSError, ValueError):
        return None
