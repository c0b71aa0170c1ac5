"""From arrays to the vocabulary's tensors."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from mmcv.transforms import BaseTransform
from numpy.typing import NDArray
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import TRANSFORMS
from ggtoolbox.structures import VOCABULARY, picture_of_levels


def image_to_tensor(image: NDArray[np.uint8]) -> Tensor:
    """(H, W, 3) uint8 to (3, H, W) float32 in [-1, 1]: (x / 255 - 0.5) / 0.5, in this order."""
    return picture_of_levels(_planes(image))


def _planes(images: NDArray[np.uint8]) -> Tensor:
    """(..., H, W, 3) to (..., 3, H, W)."""
    return torch.from_numpy(np.array(np.moveaxis(images, -1, -3), order='C'))


@TRANSFORMS.register_module()
class PackTensors(BaseTransform):
    """Turn a sample's arrays into tensors as ``structures.VOCABULARY`` describes them.

    uint8 pictures (H, W, 3), or frames of them, become float32 in [-1, 1]; ``label`` and ``instance`` become
    int64; ``edge`` and ``mask`` (H, W) become float32 (1, H, W); anything else becomes float32 as it is.

    Args:
        keys: what to keep of the sample beside ``name``; None = every word of the vocabulary in it.
        scale: False: pictures stay uint8, (3, H, W) or (F, 3, H, W), a quarter of the bytes between processes
            and on the way to the device; training algorithms take them to [-1, 1] there.
    """

    def __init__(self, keys: Sequence[str] | None = None, scale: bool = True) -> None:
        for key in keys or ():
            if key not in VOCABULARY:
                raise InputError(f'PackTensors: unknown key {key!r} (known: {", ".join(VOCABULARY)})')
        self.keys, self.scale = keys, scale

    def transform(self, results: dict) -> dict:
        keys = [key for key in VOCABULARY if key in results] if self.keys is None else self.keys
        packed = {'name': results['name']}
        for key in keys:
            if key not in results:
                raise InputError(f"PackTensors: sample '{results['name']}' has no {key!r}; it has "
                                 f'{", ".join(map(str, results))}')
            packed[key] = self._pack(key, np.asarray(results[key]))
        return packed

    def _pack(self, key: str, array: NDArray) -> Tensor:
        field = VOCABULARY[key]
        if field.dtype is torch.int64:
            return torch.from_numpy(array.astype(np.int64))
        if array.dtype == np.uint8 and array.ndim in (3, 4):
            planes = _planes(array)
            return picture_of_levels(planes) if self.scale else planes
        tensor = torch.from_numpy(array.astype(np.float32))
        return tensor[None] if tensor.dim() == field.dimensions - 2 else tensor
