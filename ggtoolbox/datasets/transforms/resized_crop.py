"""A random box of a picture, brought to size."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from ggtoolbox.errors import InputError
from ggtoolbox.registry import TRANSFORMS

from .geometry import Crop, check_probability, crop, resize, spatial_keys


@TRANSFORMS.register_module()
class RandomResizedCrop(BaseTransform):
    """With a probability, cut out a box of random area and shape, and stretch it to a square.

    As torchvision's transform of this name (Szegedy et al., CVPR 2015): the area is a uniform share of the
    picture's, the shape's logarithm is uniform; after ten boxes that do not fit, the middle of the picture.
    StarGAN v2: with probability 0.5, shares from 0.8 to 1, shapes from 0.9 to 1.1; else the whole picture.
    Random numbers come from NumPy's global generator.

    Args:
        size: of the square in pixels.
        probability: of a box; otherwise the whole picture is stretched.
        area: (least, greatest) share.
        shape: (least, greatest) width / height.
    """

    def __init__(self, size: int = 256, probability: float = 0.5, area: Sequence[float] = (0.8, 1.0),
                 shape: Sequence[float] = (0.9, 1.1)) -> None:
        if not 0 < area[0] <= area[1] <= 1 or not 0 < shape[0] <= shape[1]:
            raise InputError('RandomResizedCrop: expected 0 < area <= 1 and 0 < shape, least first, found '
                             f'area {tuple(area)} and shape {tuple(shape)}')
        check_probability(probability, 'RandomResizedCrop: probability')
        self.size, self.probability, self.area, self.shape = size, probability, tuple(area), tuple(shape)

    @property
    def output_size(self) -> tuple[int, int]:
        """(height, width) of what comes out."""
        return self.size, self.size

    def transform(self, results: dict) -> dict:
        keys = spatial_keys(results, 'RandomResizedCrop')
        height, width = results[next(iter(keys))].shape[:2]
        box = self.draw_box(width, height) if np.random.random() < self.probability else None
        for key, smooth in keys.items():
            part = results[key] if box is None else crop(results[key], box)
            results[key] = resize(part, self.size, self.size, smooth, 'bilinear')
        return results

    def draw_box(self, width: int, height: int) -> Crop:
        """A box in a picture of width x height."""
        for _ in range(10):
            area = width * height * np.random.uniform(*self.area)
            ratio = np.exp(np.random.uniform(*np.log(self.shape)))
            wide, high = round((area * ratio) ** 0.5), round((area / ratio) ** 0.5)
            if 0 < wide <= width and 0 < high <= height:
                left, top = (np.random.randint(room + 1) for room in (width - wide, height - high))
                return Crop(left, top, wide, high)
        side = min(width, height)
        return Crop((width - side) // 2, (height - side) // 2, side, side)
