"""Edges of pictures."""
from __future__ import annotations

import cv2
import numpy as np
from mmcv.transforms import BaseTransform

from ggtoolbox.errors import InputError
from ggtoolbox.registry import TRANSFORMS


@TRANSFORMS.register_module()
class CannyEdge(BaseTransform):
    """Add ``target_edge`` (H, W) float32 from ``target_image``: 1 on an edge, -1 elsewhere.

    Canny's detector as OpenCV has it, on the grey image; it belongs after all geometric transforms. (Tang,
    PhD thesis, section 6.4: EdgeGAN's ground truth. Its thresholds are not given.)

    Args:
        low, high: thresholds of the gradient's magnitude: edges start above ``high`` and go on above ``low``.
        blur: standard deviation in pixels of a Gaussian in front; 0 for none.

    Raises:
        InputError: for a sample without ``target_image``, or other than 0 <= low <= high, blur >= 0.
    """

    def __init__(self, low: float = 100.0, high: float = 200.0, blur: float = 0.0) -> None:
        if not 0 <= low <= high:
            raise InputError(f'CannyEdge: thresholds must be 0 <= low <= high, found low={low}, high={high}')
        if blur < 0:
            raise InputError(f'CannyEdge: blur must not be negative, found {blur}')
        self.low, self.high, self.blur = low, high, blur

    def transform(self, results: dict) -> dict:
        if 'target_image' not in results:
            raise InputError("CannyEdge: the sample has no 'target_image' to take edges of")
        grey = cv2.cvtColor(np.ascontiguousarray(results['target_image']), cv2.COLOR_RGB2GRAY)
        if self.blur:
            grey = cv2.GaussianBlur(grey, (0, 0), self.blur)
        edges = cv2.Canny(grey, self.low, self.high)
        results['target_edge'] = np.where(edges > 0, 1, -1).astype(np.float32)
        return results
