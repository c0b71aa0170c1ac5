"""Swap left and right of a person, joints included."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mmcv.transforms import BaseTransform
from numpy.typing import NDArray

from ggtoolbox.datasets.person_pose import JOINTS, MIRRORED_JOINTS, mirror_points
from ggtoolbox.errors import InputError
from ggtoolbox.registry import TRANSFORMS

from .geometry import MAPS, check_probability, mirror

FRAMES = ('target_frames', 'frame_guides', 'previous_image', 'previous_guide')


@TRANSFORMS.register_module()
class RandomMirrorPerson(BaseTransform):
    """Mirror pictures, maps, guides and key points of a sample, or none of them.

    Random numbers come from NumPy's global generator, which mmengine seeds in each worker.

    Guides are heat maps, whose channels follow the points, or pictures, in which both sides look the same.

    Args:
        probability: 0 never, 1 always.
        swap_sides: a right hand becomes a left hand. The released loaders leave the channels as they are,
            so that a mirrored person has its hands exchanged; no published command mirrors.
        flip_pairs: pairs of points that are each other's other side, counted from 0, of any set of points;
            None = those of a person's 18 joints. An empty list: points of one side only, such as a hand.

    Raises:
        InputError: a probability outside [0, 1]; a guide or key points of another number than 18, or than
            ``flip_pairs`` need; a sample of several frames.
    """

    def __init__(self, probability: float = 0.5, swap_sides: bool = True,
                 flip_pairs: Sequence[Sequence[int]] | None = None) -> None:
        check_probability(probability, 'RandomMirrorPerson: probability')
        self.probability, self.swap_sides = probability, swap_sides
        self.flip_pairs = None if flip_pairs is None else check_flip_pairs(flip_pairs)

    def transform(self, results: dict) -> dict:
        frames = [key for key in FRAMES if key in results]
        if frames:
            raise InputError('RandomMirrorPerson: it mirrors single pictures, but the sample has '
                             f'{frames[0]!r}')
        if np.random.random() >= self.probability:
            return results
        width = results['target_image'].shape[1]
        for key in ('source_image', 'target_image', *MAPS):
            if key in results:
                results[key] = mirror(results[key])
        for key in ('source_guide', 'target_guide'):
            if key in results:
                maps = results[key]
                if self.flip_pairs is not None and maps.dtype == np.uint8:
                    results[key] = mirror(maps)
                    continue
                order = self._order(key, maps)
                results[key] = maps[order, :, ::-1]
        for key in ('source_keypoints', 'keypoints'):
            if key in results:
                results[key] = mirror_points(results[key], width, self._order(key, results[key]))
        return results

    def _order(self, key: str, points: NDArray) -> list[int]:
        """The point whose place each takes in the mirrored picture."""
        count = len(points)
        if self.flip_pairs is None and count != len(JOINTS):
            raise InputError(f'RandomMirrorPerson: {key} must be {len(JOINTS)} heat maps or joints, found an '
                             f'array of {points.shape}; give flip_pairs for other points')
        if not self.swap_sides:
            return list(range(count))
        if self.flip_pairs is None:
            return list(MIRRORED_JOINTS)
        highest = max((max(pair) for pair in self.flip_pairs), default=-1)
        if highest >= count:
            raise InputError(f'RandomMirrorPerson: flip_pairs name point {highest}, {key} has {count}')
        other = dict(self.flip_pairs) | {end: start for start, end in self.flip_pairs}
        return [other.get(joint, joint) for joint in range(count)]


def check_flip_pairs(pairs: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    """The pairs; :class:`InputError` unless they hold whole numbers from 0, none twice."""
    flat = [point for pair in pairs for point in pair]
    if not all(len(pair) == 2 for pair in pairs) or len({*flat}) != len(flat) \
            or not all(isinstance(point, int) and point >= 0 for point in flat):
        raise InputError(f'RandomMirrorPerson: flip_pairs must be pairs of different points, found {pairs}')
    return tuple((start, end) for start, end in pairs)
