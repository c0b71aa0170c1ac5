"""What metrics read of a sample."""
from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.structures import image_to_uint8


def read_field(sample: dict, field: str, owner: str) -> Tensor | NDArray:
    """``sample[field]``; :class:`InputError` where a metric's sample lacks it."""
    if field not in sample:
        raise InputError(f"{owner}: the sample {sample.get('name')!r} has no {field!r} to compare with")
    return sample[field]


def read_array(sample: dict, field: str, owner: str) -> NDArray:
    """As :func:`read_field`, as an array."""
    value = read_field(sample, field, owner)
    return value.detach().cpu().numpy() if isinstance(value, Tensor) else np.asarray(value)


def image_bytes(sample: dict, field: str, owner: str) -> NDArray[np.uint8]:
    """A field as (H, W, 3) of 8 bits: the pixels of the file that the released code would have saved.

    Args:
        sample: the field is (3, H, W) or (1, H, W) in [-1, 1] (cut off, not rounded), or an (H, W, 3) array
            of 8 bits, which stays as it is.
        owner: the metric, for errors.

    Raises:
        InputError: no such field; values that are not finite; another shape.
    """
    value = read_field(sample, field, owner)
    if isinstance(value, np.ndarray):
        if value.dtype != np.uint8 or value.ndim != 3 or value.shape[2] != 3:
            raise InputError(f"{owner}: {field} of the sample {sample.get('name')!r} must be (H, W, 3) of 8 "
                             f'bits, found {value.shape} of {value.dtype}')
        return value
    if value.dim() != 3 or value.shape[0] not in (1, 3):
        raise InputError(f"{owner}: {field} of the sample {sample.get('name')!r} must be (3, H, W), found "
                         f'{tuple(value.shape)}')
    if not torch.isfinite(value).all():
        raise InputError(f"{owner}: {field} of the sample {sample.get('name')!r} holds values that are not "
                         'finite')
    return image_to_uint8(value)


def image_pair(sample: dict, generated: str, target: str, owner: str) \
        -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Two fields of a sample as bytes; :class:`InputError` where their sizes differ."""
    pair = image_bytes(sample, generated, owner), image_bytes(sample, target, owner)
    check_sizes(*pair, sample, owner)
    return pair


def check_sizes(generated: NDArray, target: NDArray, sample: dict, owner: str) -> None:
    """Raise :class:`InputError` where two arrays of a sample differ in height or width."""
    if generated.shape[:2] != target.shape[:2]:
        (height, width), (rows, columns) = generated.shape[:2], target.shape[:2]
        raise InputError(f"{owner}: the sample {sample.get('name')!r} is {width} x {height} pixels, expected "
                         f'{columns} x {rows} as its target')


def network_images(images: list[NDArray[np.uint8]], device: torch.device) -> Tensor:
    """Arrays of one size as (B, 3, H, W) in [-1, 1]."""
    stacked = torch.from_numpy(np.stack(images)).to(device)
    return stacked.permute(0, 3, 1, 2).float() / 255 * 2 - 1
