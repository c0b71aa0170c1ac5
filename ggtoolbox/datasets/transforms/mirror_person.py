"""Swap left and right of a person, joints included."""
from __future__ import annotations

import numpy as np
from mmcv.transforms import BaseTransform

from ggtoolbox.datasets.person_pose import JOINTS, MIRRORED_JOINTS, mirror_keypoints
from ggtoolbox.errors import InputError
from ggtoolbox.registry import TRANSFORMS


@TRANSFORMS.register_module()
class RandomMirrorPerson(BaseTransform):
    """Mirror pictures, heat maps, key points and mask of a sample, or none of them.

    Random numbers come from NumPy's global generator, which mmengine seeds in each worker.

    Args:
        probability: 0 never, 1 always.
        swap_sides: a right hand becomes a left hand. The released loaders leave the channels as they are,
            so that a mirrored person has its hands exchanged; no published command mirrors.

    Raises:
        InputError: a guide that is not 18 heat maps.
    """

    def __init__(self, probability: float = 0.5, swap_sides: bool = True) -> None:
        self.probability, self.swap_sides = probability, swap_sides

    def transform(self, results: dict) -> dict:
        if np.random.random() >= self.probability:
            return results
        width = results['target_image'].shape[1]
        for key in ('source_image', 'target_image', 'mask'):
            if key in results:
                results[key] = results[key][:, ::-1]
        for key in ('source_guide', 'target_guide'):
            if key in results:
                maps = results[key]
                if len(maps) != len(JOINTS):
                    raise InputError(f'RandomMirrorPerson: {key} must be {len(JOINTS)} heat maps, found an '
                                     f'array of {maps.shape}')
                maps = maps[list(MIRRORED_JOINTS)] if self.swap_sides else maps
                results[key] = maps[:, :, ::-1]
        for key in ('source_keypoints', 'keypoints'):
            if key in results:
                results[key] = mirror_keypoints(results[key], width, self.swap_sides)
        return results
