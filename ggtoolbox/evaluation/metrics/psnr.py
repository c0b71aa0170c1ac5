"""Peak signal-to-noise ratio."""
from __future__ import annotations

import numpy as np
from skimage.metrics import peak_signal_noise_ratio

from ggtoolbox.registry import METRICS

from .base import ImageMetric


@METRICS.register_module()
class PSNR(ImageMetric):
    """Mean over images of 10 log10(255^2 / MSE) in dB, higher is better.

    Protocol: 8-bit RGB, MSE over all pixels and channels of one image, no border cut off, no resize;
    an image that equals its target counts as 100 dB.
    """

    name = 'PSNR'

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        if np.array_equal(generated, target):
            return 100.0
        return float(peak_signal_noise_ratio(target, generated, data_range=255))
