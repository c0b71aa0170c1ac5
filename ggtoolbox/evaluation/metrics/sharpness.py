"""Sharpness difference."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.registry import METRICS

from .base import ImageMetric
from .psnr import decibels


def sharpness_difference(generated: NDArray[np.uint8], target: NDArray[np.uint8]) -> float:
    """See :class:`SharpnessDifference`."""
    changes = []
    for picture in (generated, target):
        picture = picture.astype(np.float64) / 255
        along = np.abs(picture[1:-1, 1:-1] - picture[1:-1, :-2])
        down = np.abs(picture[1:-1, 1:-1] - picture[:-2, 1:-1])
        changes.append((along, down))
    total = sum(np.abs(a - b).sum() for a, b in zip(*changes))
    return decibels(128 ** 2 * total / generated.size)


@METRICS.register_module()
class SharpnessDifference(ImageMetric):
    """How alike two images' gradients are, in dB (Mathieu et al. 2016), higher is better.

    Protocol: 8-bit RGB read as [0, 1]; |I(y, x) - I(y, x-1)| and |I(y, x) - I(y-1, x)| of every channel,
    without the outermost ring of pixels; error = 128^2 times the sum of both differences between the two
    images, divided by the number of values of the whole image, the ring included;
    10 log10(255^2 / max(error, 1e-4)); no resize; mean over images. Equal images (and any two of one
    colour each) have 88.13 dB. Reference: ``scripts/evaluation`` of Ha0Tang/SelectionGAN and
    GestureGAN (Lua).
    """

    name = 'SD'
    protocol = 'Lua script of SelectionGAN and GestureGAN: gradients of [0, 1], equal images 88.13 dB'

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        return sharpness_difference(generated, target)
