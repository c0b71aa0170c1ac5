"""Structural similarity."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d
from skimage.metrics import structural_similarity

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS

from ..similarity import similarity_map
from .base import ImageMetric

WINDOW, SIGMA = 11, 1.5
LUMA = (0.299, 0.587, 0.114)


def cross_view_ssim(generated: NDArray[np.uint8], target: NDArray[np.uint8]) -> float:
    """See :class:`CrossViewSSIM`."""
    half = WINDOW // 2
    line = np.exp(-(np.arange(WINDOW) - half) ** 2 / (2 * SIGMA ** 2))
    line /= line.sum()

    def blur(picture: NDArray) -> NDArray:
        return correlate1d(correlate1d(picture, line, 0, mode='constant'), line, 1, mode='constant')

    # Zeros around, half a window wide: the map then reaches as far as the windows touch the picture.
    x, y = (np.pad(picture @ np.array(LUMA), half) for picture in (generated, target))
    return float(similarity_map(x, y, blur, 255).mean())


@METRICS.register_module()
class SSIM(ImageMetric):
    """Mean structural similarity (Wang et al. 2004), at most 1, higher is better.

    Protocol: 8-bit RGB, each channel by itself and averaged, Gaussian window of sigma 1.5, K1 0.01,
    K2 0.03, data range 255, population covariance, no resize (scikit-image's settings "to match
    Wang et al."). The scripts of the person and cross-view papers differ; they have names of their own.
    An image of one colour is nothing special: the constants keep the quotient defined.

    Raises:
        InputError: for images smaller than the window of 11 pixels.
    """

    name = 'SSIM'
    protocol = '8-bit RGB by channel, Gaussian sigma 1.5, data range 255, mean of images; scikit-image'

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        check_window(target, self.name)
        return float(structural_similarity(target, generated, channel_axis=2, data_range=255,
                                           gaussian_weights=True, sigma=1.5,
                                           use_sample_covariance=False))


@METRICS.register_module()
class CrossViewSSIM(ImageMetric):
    """SSIM as the tables of SelectionGAN, GestureGAN and LGGAN (cross-view) have it.

    Protocol: Y = 0.299 R + 0.587 G + 0.114 B of 8 bits; 11 x 11 Gaussian window of sigma 1.5; full
    convolution with zeros around, so that the map is 10 pixels wider and higher than the image, all of
    which counts; C1 = 2.55^2, C2 = 7.65^2, weighted (biased) variances; no resize; mean over images.
    Reference: ``scripts/evaluation`` of Ha0Tang/SelectionGAN and GestureGAN (Lua).
    """

    name = 'SSIM_crossview'
    protocol = 'Lua script of SelectionGAN and GestureGAN: luma, zeros around, full window'

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        return cross_view_ssim(generated, target)


def check_window(picture: NDArray, owner: str) -> None:
    """Raise :class:`InputError` for a picture smaller than the window."""
    if min(picture.shape[:2]) < WINDOW:
        raise InputError(f'{owner}: images must measure {WINDOW} x {WINDOW} pixels at least, found '
                         f'{picture.shape[1]} x {picture.shape[0]}')
