"""Peak signal-to-noise ratio."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio

from ggtoolbox.registry import METRICS

from .base import ImageMetric

EQUAL_IMAGES = 100.0  # dB
SMALLEST_ERROR = 1e-4


def decibels(error: float) -> float:
    """10 log10(255^2 / max(``error``, 1e-4)), as the cross-view scripts end; 88.13 dB at most."""
    return float(10 * np.log10(255 ** 2 / max(error, SMALLEST_ERROR)))


def cross_view_psnr(generated: NDArray[np.uint8], target: NDArray[np.uint8]) -> float:
    """See :class:`CrossViewPSNR`."""
    return decibels(128 ** 2 * np.mean(((generated.astype(np.float64) - target) / 255) ** 2))


@METRICS.register_module()
class PSNR(ImageMetric):
    """Mean over images of 10 log10(255^2 / MSE) in dB, higher is better.

    Protocol: 8-bit RGB, MSE over all pixels and channels of one image, no border cut off, no resize;
    an image that equals its target counts as 100 dB. Reference: scikit-image.
    """

    name = 'PSNR'
    protocol = '8-bit RGB, an image, mean; equal images 100 dB; scikit-image'

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        if np.array_equal(generated, target):
            return EQUAL_IMAGES
        return float(peak_signal_noise_ratio(target, generated, data_range=255))


@METRICS.register_module()
class CrossViewPSNR(ImageMetric):
    """PSNR as the tables of SelectionGAN, GestureGAN, LGGAN (cross-view) and C2GAN have it.

    Protocol: 8-bit RGB read as [0, 1]; error = 128^2 times the mean square over pixels and channels, as if
    the images lay in [-1, 1]; 10 log10(255^2 / max(error, 1e-4)); no resize, no border cut off; mean over
    images. That is 20 log10(255 / 128) = 5.99 dB above :class:`PSNR`; equal images have 88.13 dB.
    Reference: ``scripts/evaluation`` of Ha0Tang/SelectionGAN and GestureGAN (Lua).
    """

    name = 'PSNR_crossview'
    protocol = 'Lua script of SelectionGAN and GestureGAN: 5.99 dB above PSNR, equal images 88.13 dB'

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        return cross_view_psnr(generated, target)
