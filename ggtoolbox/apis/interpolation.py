"""Pictures between two: in latent space, between attributes, between facial landmarks (SCGAN, section 5.5).

Segmentations cannot be interpolated number by number, which only fades one into the other; landmarks can,
and a segmentation is filled from each of them.
"""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ggtoolbox.datasets.face_landmarks import NUM_LANDMARKS, landmark_segmentation, mirror_landmarks
from ggtoolbox.datasets.tables import read_numbers
from ggtoolbox.engine.sheets import picture
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN


class Axis(NamedTuple):
    """One direction of a grid.

    Attributes:
        field: what varies, by the vocabulary's names.
        at: share of the way, 0 to 1 -> the field of one sample.
        steps: how many pictures.
    """

    field: str
    at: Callable[[float], Tensor]
    steps: int

    def values(self) -> list[Tensor]:
        return [self.at(index / max(self.steps - 1, 1)) for index in range(self.steps)]


def linear_axis(field: str, start: Tensor, end: Tensor, steps: int) -> Axis:
    """(1 - t) * start + t * end, as for latent vectors and attributes."""
    return Axis(field, lambda share: torch.lerp(start, end, share), steps)


def landmark_axis(start: NDArray, end: NDArray, size: tuple[int, int], steps: int) -> Axis:
    """The segmentations, of ``size`` (H, W), of landmarks (68, .) on the way from ``start`` to ``end``."""
    def at(share: float) -> Tensor:
        points = (1 - share) * start[:, :2] + share * end[:, :2]
        return torch.from_numpy(landmark_segmentation(points, size)).long()
    return Axis('label', at, steps)


def latent_pair(model: BaseGAN, seed: int) -> tuple[Tensor, Tensor]:
    """Two latent vectors from N(0, 1).

    Raises:
        InputError: the model reads none.
    """
    if not model.latent_dim:
        raise InputError(f'interpolation: {type(model).__name__} reads no latent vector')
    first, second = torch.randn(2, model.latent_dim, generator=torch.Generator().manual_seed(seed))
    return first, second


def landmark_ends(kind: list[str], first: dict, second: dict, size: tuple[int, int]
                  ) -> tuple[NDArray, NDArray]:
    """From which landmarks to which.

    Args:
        kind: ``['expression']``, from a face at rest to its expression, if the first sample holds both
            (``source_keypoints``, ``keypoints``): NoSmile2Smile; ``['mirrored']``, from the first sample to
            its mirror image: Left2Right; ``['samples']``, from the first to the second; or two text files
            with a line ``x y`` for each of 68 landmarks, in pixels of the generated picture.
        first, second: samples; the second is read for ``['samples']`` alone.

    Raises:
        InputError: another ``kind``; a file that does not hold 68 points.
    """
    if len(kind) == 2:
        return read_landmarks(kind[0]), read_landmarks(kind[1])
    if kind == ['expression']:
        return first['source_keypoints'].numpy(), first['keypoints'].numpy()
    if kind == ['mirrored']:
        return first['keypoints'].numpy(), mirror_landmarks(first['keypoints'].numpy(), size[1])
    if kind == ['samples']:
        return first['keypoints'].numpy(), second['keypoints'].numpy()
    raise InputError("landmarks: expected 'expression', 'mirrored', 'samples' or two text files, found "
                     f'{" ".join(kind)}')


def read_landmarks(path: str | Path) -> NDArray:
    """(68, 2): x and y from the lines of a text file."""
    try:
        points = read_numbers(path)
    except InputError as error:
        reason = str(error).removeprefix(str(path)).strip(', :') if Path(path).is_file() else 'not found'
        raise InputError(f'{path}: expected a text file of landmarks, a line "x y" each ({reason})') from None
    if points.shape not in ((NUM_LANDMARKS, 2), (NUM_LANDMARKS, 3)):
        raise InputError(f'{path}: expected {NUM_LANDMARKS} lines "x y", found shape {points.shape}')
    return points


def interpolation_grid(model: BaseGAN, fixed: dict[str, Tensor], rows: Axis, columns: Axis,
                       palette: NDArray | None = None) -> NDArray[np.uint8]:
    """A grid of generated pictures; segmentations that vary stand in front of rows or over columns.

    Args:
        fixed: the generator's other inputs, of one sample.
        palette: colours of the segmentation's classes.

    Returns:
        (H, W, 3) of 8 bits.

    Raises:
        InputError: both axes vary the same.
    """
    if rows.field == columns.field:
        raise InputError('interpolation: rows and columns must vary different things, found '
                         f'{rows.field} for both')
    device, across = next(model.parameters()).device, torch.stack(columns.values())
    lines = []
    for value in rows.values():
        sample = {**fixed, rows.field: value}
        batch = {name: given.expand(len(across), *given.shape) for name, given in sample.items()}
        batch = {name: given.to(device) for name, given in {**batch, columns.field: across}.items()}
        line = [picture('image', result['image']) for result in model.predict(batch)]
        lead = [picture('label', value, palette)] if rows.field == 'label' else []
        lines.append(np.concatenate([*lead, *line], axis=1))
    if columns.field == 'label':
        lines.insert(0, np.concatenate([picture('label', value, palette) for value in across], axis=1))
    return np.concatenate(lines)
