"""Structural similarity."""
from __future__ import annotations

import numpy as np
from skimage.metrics import structural_similarity

from ggtoolbox.registry import METRICS

from .base import ImageMetric


@METRICS.register_module()
class SSIM(ImageMetric):
    """Mean structural similarity (Wang et al. 2004), at most 1, higher is better.

    Protocol: 8-bit RGB, each channel by itself and averaged, Gaussian window of sigma 1.5, K1 0.01,
    K2 0.03, data range 255, population covariance, no resize (scikit-image's settings "to match
    Wang et al."). The scripts of the person and cross-view papers differ; they have names of their own.
    """

    name = 'SSIM'

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        return float(structural_similarity(target, generated, channel_axis=2, data_range=255,
                                           gaussian_weights=True, sigma=1.5,
                                           use_sample_covariance=False))
