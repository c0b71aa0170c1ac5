"""Inception score, of whole and of masked images."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from ggtoolbox.datasets.person_pose import MARKET_MASK_RADIUS, person_mask
from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones.inception import ADDRESS
from ggtoolbox.registry import METRICS

from ..images import image_bytes, read_array
from ..networks import find_weights, shared_extractor
from ..strip import add_white_columns, strip_name, strip_pair
from .base import ListMetric


def inception_score(probabilities: NDArray) -> float:
    """exp of the mean over rows of KL(row | mean row), 0 log 0 = 0 (Salimans et al. 2016).

    Args:
        probabilities: (N, C); rows need not add up to 1.
    """
    probabilities = np.float64(probabilities)
    return float(np.exp(rel_entr(probabilities, probabilities.mean(0)).sum(1).mean()))


def split_inception_scores(probabilities: NDArray, splits: int = 10) -> NDArray[np.float64]:
    """(``splits``,) scores of contiguous parts, from row i n // ``splits`` on."""
    bounds = [i * len(probabilities) // splits for i in range(splits + 1)]
    return np.array([inception_score(probabilities[start:stop])
                     for start, stop in zip(bounds, bounds[1:])])


@METRICS.register_module()
class InceptionScore(ListMetric):
    """Inception score (Salimans et al., NeurIPS 2016), higher is better.

    Named ``IS_person`` and ``IS_person_fashion`` where it goes by the person scripts.

    Protocol: 8-bit RGB; bilinear to 299 x 299 as TensorFlow 1 does; TensorFlow's Inception-v3 of 2015;
    softmax over its 1008 outputs **without their bias**; 10 contiguous splits in the data set's order; mean
    and population deviation (``_std``) over the splits. Reference: the script of
    openai/improved-gan as GestureGAN and the person papers have it. The order of the images matters: theirs
    is the file system's.

    Args:
        weights: path or URL of pytorch_fid's file; None looks into torch's hub cache.
        network: another network of ``BACKBONES`` (or a module) than Inception-v3.
        layer: its class logits.
        splits: parts.
        white_columns: of this width at each side first: 40 for DeepFashion.
        jpeg: send the images through the person script's result strip first; not for GestureGAN.

    Raises:
        InputError: no weights; fewer images than splits.
    """

    base_name = 'IS'
    values = '{name}', '{name}_std'

    def __init__(self, key: str = 'image', target: str = 'target_image', weights: str | None = None,
                 network: dict | None = None, layer: str = 'logits_without_bias',
                 splits: int = 10, white_columns: int = 0, jpeg: bool = False,
                 collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.key, self.target, self.layer, self.splits = key, target, layer, splits
        self.white_columns, self.jpeg = white_columns, jpeg
        self.as_it_is = not white_columns and not jpeg  # the network sees the field itself
        self.name = strip_name(f"{self.base_name}{'_person' if jpeg else ''}", white_columns, True)
        if network is None:
            network = dict(type='InceptionV3', resize='tensorflow',
                           weights=find_weights(weights, ADDRESS, self.name))
        self.extractor = shared_extractor(network)
        self.protocol = (f"{'JPEG strip, ' if jpeg else ''}TensorFlow's Inception-v3 without bias, "
                         f'{splits} splits in order'
                         f"{f', {white_columns} white columns a side' if white_columns else ''}")

    def picture(self, sample: dict) -> NDArray[np.uint8]:
        """What the network sees of a sample."""
        image = (strip_pair(sample, self.key, self.target, self.name)[0] if self.jpeg
                 else image_bytes(sample, self.key, self.name))
        return add_white_columns(image, self.white_columns)

    def judge(self, samples: list[dict]) -> list[NDArray[np.float32]]:
        if self.as_it_is:
            features = self.extractor.of_field(samples, self.key, self.name)
        else:
            features = self.extractor.of_images([self.picture(sample) for sample in samples])
        return [row[self.layer].softmax(0).cpu().numpy() for row in features]

    def summarise(self, results: list[NDArray[np.float32]]) -> dict[str, float]:
        if len(results) < self.splits:
            raise InputError(f'{self.name}: {self.splits} splits need at least as many images, found '
                             f'{len(results)}')
        scores = split_inception_scores(np.stack(results), self.splits)
        return {self.name: scores.mean(), f'{self.name}_std': scores.std()}


@METRICS.register_module()
class MaskInceptionScore(InceptionScore):
    """:class:`InceptionScore` of images that are black outside of the target person's mask (Market-1501).

    Protocol: as there, from the JPEG strip; see :class:`~.person_ssim.MaskSSIM` for the mask.

    Args:
        keypoints: the field with the target's (18, 3).
        radius: of the mask's limbs in pixels; 4 belongs to 128 x 64.
    """

    base_name = 'Mask-IS'

    def __init__(self, key: str = 'image', target: str = 'target_image', keypoints: str = 'keypoints',
                 radius: float = MARKET_MASK_RADIUS, weights: str | None = None,
                 network: dict | None = None, layer: str = 'logits_without_bias', splits: int = 10,
                 jpeg: bool = True, collect_device: str = 'cpu') -> None:
        super().__init__(key, target, weights, network, layer, splits, jpeg=jpeg,
                         collect_device=collect_device)
        self.keypoints, self.radius, self.as_it_is = keypoints, radius, False
        self.name = strip_name(self.base_name, 0, jpeg)
        self.protocol += ", black outside of the target's mask"

    def picture(self, sample: dict) -> NDArray[np.uint8]:
        image = super().picture(sample)
        keypoints = read_array(sample, self.keypoints, self.name)
        return image * person_mask(keypoints, image.shape[:2], self.radius)[:, :, None]
