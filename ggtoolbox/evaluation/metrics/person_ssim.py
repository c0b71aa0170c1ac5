"""Structural similarity as the person papers' scripts measure it, of whole and of masked images."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from ggtoolbox.datasets.person_pose import MARKET_MASK_RADIUS, person_mask
from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS

from ..images import read_array
from ..similarity import similarity_map
from ..strip import add_white_columns, strip_name, strip_pair
from .base import ImageMetric
from .ssim import check_window

BORDER = 5  # pixels that the mean leaves out, half of scikit-image's nominal window
REACH = {13: 4.0, 11: 3.5}  # taps -> where the Gaussian is cut off, in sigmas


def person_ssim(generated: NDArray[np.uint8], target: NDArray[np.uint8], taps: int = 13) -> float:
    """See :class:`PersonSSIM`; without its white columns."""
    low, high = int(generated.min()), int(generated.max())
    if low == high:
        return float(np.array_equal(generated, target))

    def blur(picture: NDArray) -> NDArray:
        return gaussian_filter(picture, (1.5, 1.5, 0), truncate=REACH[taps])

    values = similarity_map(target.astype(np.float64), generated.astype(np.float64), blur, high - low)
    return float(values[BORDER:-BORDER, BORDER:-BORDER].mean())


@METRICS.register_module()
class PersonSSIM(ImageMetric):
    """SSIM as the tables of XingGAN, BiGraphGAN and SelectionGAN (persons) have it.

    Protocol: 8-bit RGB, each channel by itself and averaged, Gaussian window of sigma 1.5 (reflected at the
    border), K1 0.01, K2 0.03, population covariance, 5 pixels left out at each border; the **data range is
    the largest minus the smallest value of the generated image**; no resize; mean over images. Where the
    generated image has one colour, the script divides by nothing: here it counts as 1 if it equals the
    target, else as 0. Reference: ``tool/getMetrics_market.py`` and ``getMetrics_fashion.py`` of
    Ha0Tang/XingGAN with scikit-image 0.14.

    Args:
        taps: 13 (scikit-image 0.14, which made the tables) or 11 (0.16 and later): some 5e-4 apart.
        white_columns: of this width at each side first: 40 for DeepFashion (256 x 176), which raises SSIM.
        jpeg: send both images through the script's result strip (quality 75) first, as it reads
            them from there; False compares the pixels themselves.
    """

    base_name = 'SSIM_person'

    def __init__(self, key: str = 'image', target: str = 'target_image', taps: int = 13,
                 white_columns: int = 0, jpeg: bool = True, collect_device: str = 'cpu') -> None:
        super().__init__(key, target, collect_device)
        if taps not in REACH:
            raise InputError(f'{self.base_name}: taps must be 13 or 11, found {taps}')
        self.taps, self.white_columns, self.jpeg = taps, white_columns, jpeg
        name = self.base_name if taps == 13 else f'{self.base_name}_{taps}_taps'
        self.name = strip_name(name, white_columns, jpeg)
        self.protocol = (f"{'JPEG strip, ' if jpeg else ''}{taps} taps, data range of the generated image"
                         f"{f', {white_columns} white columns a side' if white_columns else ''}")

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        generated, target = (add_white_columns(image, self.white_columns) for image in (generated, target))
        check_window(target, self.name)
        return person_ssim(generated, target, self.taps)

    def measure_sample(self, sample: dict) -> float:
        return self.measure(*strip_pair(sample, self.key, self.target, self.name, self.jpeg))


@METRICS.register_module()
class MaskSSIM(PersonSSIM):
    """:class:`PersonSSIM` of images that are black outside of the target person's mask.

    Protocol: as there, over the whole frame, so that the black counts as perfect agreement; the mask is
    drawn from the target's key points (:func:`~ggtoolbox.datasets.person_pose.person_mask`). Market-1501
    only.

    Args:
        keypoints: the field with the target's (18, 3).
        radius: of the mask's limbs in pixels; 4 belongs to 128 x 64.
    """

    base_name = 'Mask-SSIM'

    def __init__(self, key: str = 'image', target: str = 'target_image', keypoints: str = 'keypoints',
                 radius: float = MARKET_MASK_RADIUS, taps: int = 13, jpeg: bool = True,
                 collect_device: str = 'cpu') -> None:
        super().__init__(key, target, taps, jpeg=jpeg, collect_device=collect_device)
        self.keypoints, self.radius = keypoints, radius
        self.protocol += ", black outside of the target's mask"

    def measure_sample(self, sample: dict) -> float:
        generated, target = strip_pair(sample, self.key, self.target, self.name, self.jpeg)
        keypoints = read_array(sample, self.keypoints, self.name)
        mask = person_mask(keypoints, target.shape[:2], self.radius)[:, :, None]
        return self.measure(generated * mask, target * mask)
