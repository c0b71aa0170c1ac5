"""Files that are written whole or not at all."""
from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from .errors import InputError

INCOMPLETE = '.incomplete'


def write_whole(path: str | Path, pieces: Iterable[bytes | memoryview]) -> None:
    """Write a file beside its place, bring it to the disk, and move it there: whatever happens meanwhile,
    the old file or the new one lies there, whole. What fails leaves nothing else behind; what is killed
    leaves a file that :func:`clear_incomplete` removes.

    Raises:
        InputError: the file cannot be written: disk full, no permission, no such folder, ...
    """
    path = Path(path)
    incomplete = path.with_name(f'.{path.name}{INCOMPLETE}')
    try:
        try:
            with incomplete.open('wb') as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            os.replace(incomplete, path)
        except BaseException:
            with contextlib.suppress(OSError):
                incomplete.unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)
    except OSError as error:
        raise InputError(cannot_write(path, error)) from error


def write_text(path: str | Path, text: str) -> None:
    """As :func:`write_whole`, in UTF-8."""
    write_whole(path, [text.encode()])


def cannot_write(path: str | Path, error: OSError) -> str:
    """One sentence about a file or folder that cannot be written."""
    path = Path(path)
    reason = error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        reason = f'the folder {path.parent} does not exist (any more)'
    return f'{path}: cannot be written ({reason}); what lay there before is as it was'


def make_folder(path: str | Path) -> Path:
    """A folder that is there, its parents made.

    Raises:
        InputError: it cannot be made, or is a file.
    """
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise InputError(f'{path}: expected a folder to write to, found a file') from None
    except OSError as error:
        raise InputError(f'{path}: this folder cannot be made ({error.strerror})') from None
    return path


def clear_incomplete(folder: str | Path) -> list[Path]:
    """Remove what killed processes were writing when they were killed; returns what was removed."""
    leftovers = [path for path in Path(folder).glob(f'.*{INCOMPLETE}') if path.is_file()]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return leftovers


def _flush_folder(folder: Path) -> None:
    """Bring the move itself to the disk, where the file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
