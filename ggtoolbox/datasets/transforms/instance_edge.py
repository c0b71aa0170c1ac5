"""Boundaries of instances."""
from __future__ import annotations

import numpy as np
from mmcv.transforms import BaseTransform
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import TRANSFORMS


def instance_edges(instance: NDArray) -> NDArray[np.uint8]:
    """(..., H, W) instance ids to (..., H, W) in {0, 1}.

    A pixel is 1 where it differs from its left, right, upper or lower neighbour, so both sides of a
    boundary are marked; the picture's border is no edge.
    """
    edges = np.zeros(instance.shape, bool)
    across = instance[..., :, 1:] != instance[..., :, :-1]
    down = instance[..., 1:, :] != instance[..., :-1, :]
    edges[..., :, 1:] |= across
    edges[..., :, :-1] |= across
    edges[..., 1:, :] |= down
    edges[..., :-1, :] |= down
    return edges.astype(np.uint8)


@TRANSFORMS.register_module()
class InstanceEdge(BaseTransform):
    """Add ``edge`` (H, W) uint8 from ``instance``; belongs after all geometric transforms."""

    def transform(self, results: dict) -> dict:
        if 'instance' not in results:
            raise InputError("InstanceEdge: the sample has no 'instance'; give the data set an "
                             'instance_dir or remove InstanceEdge from the pipeline')
        results['edge'] = instance_edges(results['instance'])
        return results
