"""Heat maps, skeleton drawings and masks of the person papers (Pose-Transfer, XingGAN, BiGraphGAN)."""
from __future__ import annotations

import numpy as np
from golden import Golden

from ggtoolbox.datasets.person_pose import (
    draw_skeleton,
    heat_maps,
    keypoints_of,
    keypoints_of_maps,
    person_mask,
    single_pixel_maps,
)

PREFIXES = ('person_heatmap_market', 'person_heatmap_fashion', 'person_mask')
MAPS = dict(market=heat_maps, fashion=single_pixel_maps)


def official(keypoints: np.ndarray) -> np.ndarray:
    """(y, x), and -1 where a joint is missing."""
    return np.where(keypoints[:, 2:] > 0, keypoints[:, 1::-1], -1)


def run(case: Golden) -> dict[str, np.ndarray]:
    size = tuple(case.config['size'])
    rows, columns, missing = (case.inputs[name].numpy() for name in ('y', 'x', 'missing'))
    keypoints = keypoints_of(np.where(missing == 0, -1, rows), np.where(missing == 0, -1, columns))
    results = dict(keypoints=official(keypoints))
    if case.name.startswith('person_mask'):
        return dict(results, mask=person_mask(keypoints, size))
    maps = MAPS[case.config['script']](keypoints, size)
    drawing, drawn = draw_skeleton(keypoints, size)
    return dict(results, heatmap=maps, sums=maps.sum((1, 2)), drawing=drawing, drawn=drawn,
                recovered=official(keypoints_of_maps(maps)))
