"""Guides of continuous channels from parts that are marked in a map: CoCosNet's edges of faces and poses."""
from __future__ import annotations

import cv2
import numpy as np
from mmcv.transforms import BaseTransform
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import TRANSFORMS

from .instance_edge import instance_edges

FARTHEST = 255.0  # where a distance ends, in units of three pixels


def distance_map(marked: NDArray) -> NDArray[np.float32]:
    """(H, W): min(d / 3, 255) / 255, d the city-block distance in pixels to the nearest marked pixel; 1 where
    none is."""
    if not marked.any():
        return np.ones(marked.shape, np.float32)
    distance = cv2.distanceTransform(np.where(marked, 0, 255).astype(np.uint8), cv2.DIST_L1, 3)
    return np.minimum(distance / 3, FARTHEST) / np.float32(FARTHEST)


def parts_of(instance: NDArray, count: int) -> NDArray[np.bool_]:
    """(count, H, W): bit i of each pixel."""
    return (instance[None] >> np.arange(count)[:, None, None] & 1).astype(bool)


@TRANSFORMS.register_module()
class FacePartGuide(BaseTransform):
    """``target_guide`` (N + 2, H, W) float32 in [0, 1] from the parts of a face, in place of ``instance``.

    Channel 0: boundaries of all parts, and Canny's edges of the grey picture outside of the inner parts.
    Channels 1 to N: :func:`distance_map` of each part's boundary. The last: boundaries alone. (CoCosNet's
    edges; a boundary is, as elsewhere, a pixel that differs from a neighbour; Canny's thresholds are not
    known.) It belongs after all geometric transforms.

    Args:
        parts: N, as many bits as ``instance`` has.
        outer: numbers of parts that count as outside (hair).
        low, high: Canny's thresholds.
    """

    def __init__(self, parts: int = 13, outer: tuple[int, ...] = (12,), low: float = 100.0,
                 high: float = 200.0) -> None:
        if not 1 <= parts <= 31 or any(not 0 <= part < parts for part in outer):
            raise InputError(f'FacePartGuide: expected 1 to 31 parts and outer ones among them, found '
                             f'parts={parts} and outer={outer}')
        self.parts, self.outer, self.low, self.high = parts, outer, low, high

    def transform(self, results: dict) -> dict:
        parts = parts_of(_bits(results, 'FacePartGuide'), self.parts)
        boundaries = instance_edges(parts).astype(bool)
        inside = np.delete(parts, self.outer, axis=0).any(0)
        grey = cv2.cvtColor(np.ascontiguousarray(results['target_image']), cv2.COLOR_RGB2GRAY)
        lines = boundaries.any(0)
        drawn = lines | ((cv2.Canny(grey, self.low, self.high) > 0) & ~inside)
        results['target_guide'] = np.stack([drawn.astype(np.float32), *map(distance_map, boundaries),
                                            lines.astype(np.float32)])
        return results


@TRANSFORMS.register_module()
class LimbGuide(BaseTransform):
    """``target_guide`` (3 + N, H, W) float32 in [0, 1]: the picture of a skeleton that was there, and
    :func:`distance_map` of each limb, whose bits ``instance`` holds, which goes. (CoCosNet's poses.) It
    belongs after all geometric transforms.

    Args:
        limbs: N.
    """

    def __init__(self, limbs: int = 17) -> None:
        self.limbs = limbs

    def transform(self, results: dict) -> dict:
        limbs = parts_of(_bits(results, 'LimbGuide'), self.limbs)
        skeleton = results['target_guide'].transpose(2, 0, 1).astype(np.float32) / 255
        results['target_guide'] = np.concatenate([skeleton, [distance_map(limb) for limb in limbs]])
        return results


def _bits(results: dict, who: str) -> NDArray:
    if 'instance' not in results:
        raise InputError(f"{who}: the sample has no 'instance', in whose bits the parts are")
    return results.pop('instance')
