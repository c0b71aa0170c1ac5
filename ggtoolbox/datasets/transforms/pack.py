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
from ggtoolbox.structures import VOCABULARY


def image_to_tensor(image: NDArray[np.uint8]) -> Tensor:
    """(H, W, 3) uint8 to (3, H, W) float32 in [-1, 1]: (x / 255 - 0.5) / 0.5, in this order."""
    planes = torch.from_numpy(np.array(image.transpose(2, 0, 1), order='C')).float()
    return planes.div_(255).sub_(0.5).div_(0.5)


@TRANSFORMS.register_module()
class PackTensors(BaseTransform):
    """Turn a sample's arrays into tensors as ``structures.VOCABULARY`` describes them.

    uint8 pictures (H, W, 3), or frames of them, become float32 in [-1, 1]; ``label`` and ``instance`` become
    int64; ``edge`` and ``mask`` (H, W) become float32 (1, H, W); anything else becomes float32 as it is.

    Args:
        keys: what to keep of the sample beside ``name``; None = every word of the vocabulary in it.
    """

    def __init__(self, keys: Sequence[str] | None = None) -> None:
        for key in keys or ():
            if key not in VOCABULARY:
                raise InputError(f'PackTensors: unknown key {key!r} (known: {", ".join(VOCABULARY)})')
        self.keys = keys

    def transform(self, results: dict) -> dict:
        keys = [key for key in VOCABULARY if key in results] if self.keys is None else self.keys
        packed = {'name': results['name']}
        for key in keys:
            if key not in results:
                raise InputError(f"PackTensors: sample '{results['name']}' has no {key!r}; it has "
                                 f'{", ".join(map(str, results))}')
            packed[key] = self._pack(key, np.asarray(results[key]))
        return packed

    @staticmethod
    def _pack(key: str, array: NDArray) -> Tensor:
        field = VOCABULARY[key]
        if field.dtype is torch.int64:
            return torch.from_numpy(array.astype(np.int64))
        if array.dtype == np.uint8 and array.ndim == 3:
            return image_to_tensor(array)
        if array.dtype == np.uint8 and array.ndim == 4:
            return torch.stack([image_to_tensor(frame) for frame in array])
        tensor = torch.from_numpy(array.astype(np.float32))
        return tensor[None] if tensor.dim() == field.dimensions - 2 else tensor
