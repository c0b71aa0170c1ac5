"""Mean absolute difference."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.registry import METRICS

from ..strip import add_white_columns, strip_name, strip_pair
from .base import ImageMetric


def mean_absolute_difference(generated: NDArray[np.uint8], target: NDArray[np.uint8]) -> float:
    """Of images scaled to [-1, 1]: 0 to 2."""
    return float(np.abs(generated.astype(np.float64) - target).mean() * 2 / 255)


@METRICS.register_module()
class PersonL1(ImageMetric):
    """Mean of |2 (a / 255 - 0.5) - 2 (b / 255 - 0.5)|, lower is better; the person scripts print it.

    Protocol: 8-bit RGB, all pixels and channels, no resize; mean over images. Reference:
    ``tool/getMetrics_market.py`` of Ha0Tang/XingGAN.

    Args:
        white_columns, jpeg: as in :class:`~.person_ssim.PersonSSIM`.
    """

    def __init__(self, key: str = 'image', target: str = 'target_image', white_columns: int = 0,
                 jpeg: bool = True, collect_device: str = 'cpu') -> None:
        super().__init__(key, target, collect_device)
        self.white_columns, self.jpeg = white_columns, jpeg
        self.name = strip_name('L1_person', white_columns, jpeg)
        self.protocol = (f"{'JPEG strip, ' if jpeg else ''}images in [-1, 1]"
                         f"{f', {white_columns} white columns a side' if white_columns else ''}")

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        return mean_absolute_difference(*(add_white_columns(image, self.white_columns)
                                          for image in (generated, target)))

    def measure_sample(self, sample: dict) -> float:
        return self.measure(*strip_pair(sample, self.key, self.target, self.name, self.jpeg))
