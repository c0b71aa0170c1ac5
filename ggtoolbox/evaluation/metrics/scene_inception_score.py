"""Inception scores of the cross-view papers."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.registry import METRICS

from .inception_score import inception_score
from .scene_accuracy import SceneMetric

EPSILON = 1e-9


def keep_largest(probabilities: NDArray, k: int, epsilon: float = EPSILON) -> NDArray[np.float64]:
    """All but the k largest of each row set to ``epsilon``; of equal ones the first stay; not normalised."""
    probabilities = np.float64(probabilities)
    kept = np.argsort(-probabilities, axis=1, kind='stable')[:, :k]
    found = np.full_like(probabilities, epsilon)
    np.put_along_axis(found, kept, np.take_along_axis(probabilities, kept, 1), 1)
    return found


@METRICS.register_module()
class SceneInceptionScore(SceneMetric):
    """Inception scores on scene probabilities, higher is better.

    Protocol: probabilities as in :class:`~.scene_accuracy.SceneMetric`, in no splits. ``IS_scene_all`` takes
    them as they are; ``IS_scene_top1`` and ``IS_scene_top5`` set all but the 1 or 5 largest of a row to 1e-9
    and do not normalise again, so that their values are no proper scores. The same three of the real images
    end in ``_real``. Reference: ``scripts/evaluation`` of Ha0Tang/SelectionGAN.
    """

    name = 'IS_scene'
    values = tuple(f'IS_scene_{kind}{ending}' for ending in ('', '_real') for kind in ('all', 'top1', 'top5'))

    def summarise(self, results: list[NDArray]) -> dict[str, float]:
        real, generated = np.stack(results, 1)
        found = {}
        for rows, ending in ((generated, ''), (real, '_real')):
            found[f'IS_scene_all{ending}'] = inception_score(rows)
            for k in (1, 5):
                found[f'IS_scene_top{k}{ending}'] = inception_score(keep_largest(rows, k))
        return found
