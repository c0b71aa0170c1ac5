"""A run's log files, set back to where a checkpoint was saved, so that a resumed run goes on in them."""
from __future__ import annotations

import os
from pathlib import Path

from mmengine.visualization import Visualizer
from mmengine.visualization.vis_backend import TensorboardVisBackend

_KINDS = ('*.json', 'events.out.tfevents.*')


def log_files(log_dir: str | Path) -> list[Path]:
    """The files of scalars below a run's log folder: mmengine's JSON lines, TensorBoard's events."""
    return sorted(file for kind in _KINDS for file in Path(log_dir, 'vis_data').glob(kind))


def log_sizes(log_dir: str | Path, visualizer: Visualizer) -> dict[str, int]:
    """Name -> bytes of each of :func:`log_files`, after all that was logged is written."""
    for backend in getattr(visualizer, '_vis_backends', {}).values():
        if isinstance(backend, TensorboardVisBackend) and backend._env_initialized:
            backend.experiment.flush()
    return {file.name: file.stat().st_size for file in log_files(log_dir)}


def set_back(files: list[Path], sizes: dict[str, int]) -> None:
    """Cut each file to the size that it had; what came later is logged again. One that was not there goes."""
    for file in files:
        if file.name not in sizes:
            file.unlink(missing_ok=True)
        elif file.stat().st_size > sizes[file.name]:
            os.truncate(file, sizes[file.name])
