"""What a generator made, as arrays and as files."""
from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ggtoolbox.engine.sheets import motion_picture, write_image
from ggtoolbox.structures import image_to_uint8


def as_array(name: str, value: Tensor) -> NDArray:
    """A generator's output as it is handed out: ``image`` as (H, W, 3) uint8, all else as it is."""
    if name == 'image':
        return image_to_uint8(value)
    value = value.detach().cpu()
    return (value.float() if value.is_floating_point() else value).numpy()


def motion_result(name: str, output: dict[str, Tensor]) -> dict:
    """The result of a model that makes a ``motion``: a strip of skeletons stands in for its ``image``."""
    arrays = {key: as_array(key, value) for key, value in output.items()}
    return dict(arrays, name=name, image=motion_picture(arrays['motion']))


def map_pictures(result: dict) -> dict[str, NDArray[np.uint8]]:
    """The maps of a result that can be shown, by name: each (H, W, 3) of 8 bits.

    Images in [-1, 1] are shown as they are, weights in [0, 1] from black to white; of a map with other than
    one or three channels the largest value at each place is shown; other ranges are stretched.
    """
    shown = {}
    for name, value in result.items():
        if not isinstance(value, np.ndarray) or name in ('image', 'samples') or value.ndim != 3:
            continue
        planes = value if len(value) in (1, 3) else value.max(axis=0, keepdims=True)
        low, high = float(planes.min()), float(planes.max())
        if low >= 0 and high <= 1:
            low, high = 0.0, 1.0
        elif low >= -1 and high <= 1:
            low, high = -1.0, 1.0
        levels = np.rint((planes - low) / max(high - low, 1e-12) * 255).astype(np.uint8)
        shown[name] = np.broadcast_to(levels, (3, *levels.shape[1:])).transpose(1, 2, 0).copy()
    return shown


def write_result(result: dict, folder: Path, save_maps: bool = False) -> list[Path]:
    """Write a result's pictures; returns their paths.

    ``<name>.png``, or of several samples ``<name>/<i>.png`` (as ``tools/evaluate.py --metrics diversity``
    reads them). A dance's motion lies beside its picture, as ``<name>.npy``.

    Args:
        save_maps: also the generator's other maps, as ``<map>/<name>.png``.
    """
    pictures = {f"{result['name']}.png": result['image']}
    if 'samples' in result:
        pictures = {f"{result['name']}/{i}.png": image for i, image in enumerate(result['samples'])}
    if save_maps:
        pictures |= {f"{key}/{result['name']}.png": shown for key, shown in map_pictures(result).items()}
    for path, picture in pictures.items():
        write_image(folder / path, picture)
    if 'motion' in result:
        np.save(folder / f"{result['name']}.npy", result['motion'])
    return [folder / path for path in pictures]
