"""What image-by-image metrics share."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mmengine.evaluator import BaseMetric

from ggtoolbox.errors import InputError
from ggtoolbox.structures import image_to_uint8


class ImageMetric(BaseMetric):
    """Mean over all images of a value of (generated, target); a float an image is all that is kept.

    A subclass says ``name`` and ``measure(generated, target)`` on (H, W, 3) arrays of 8 bits.

    Args:
        key: the field that is judged.
        target: the field it is compared with.
        collect_device: where results of several processes meet.
    """

    name: str
    default_prefix = ''

    def __init__(self, key: str = 'image', target: str = 'target_image',
                 collect_device: str = 'cpu') -> None:
        super().__init__(collect_device=collect_device)
        self.key, self.target = key, target

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        raise NotImplementedError

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        for sample in data_samples:
            if self.target not in sample:
                raise InputError(f"{self.name}: the sample {sample.get('name')!r} has no "
                                 f'{self.target!r} to compare with')
            self.results.append(self.measure(image_to_uint8(sample[self.key]),
                                             image_to_uint8(sample[self.target])))

    def compute_metrics(self, results: list[float]) -> dict[str, float]:
        return {self.name: float(np.mean(results))}
