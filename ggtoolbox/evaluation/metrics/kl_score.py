"""KL score of the cross-view papers."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from ggtoolbox.registry import METRICS

from .scene_accuracy import SceneMetric


def divergences(generated: NDArray, real: NDArray) -> NDArray[np.float64]:
    """(N,) KL(generated | real) of rows of probabilities; infinite where only the real one is 0."""
    return rel_entr(np.float64(generated), np.float64(real)).sum(1)


@METRICS.register_module()
class KLScore(SceneMetric):
    """exp of the mean KL divergence of scene probabilities, generated from real; lower is better.

    Protocol: probabilities as in :class:`~.scene_accuracy.SceneMetric`; kl = sum of p_generated (log
    p_generated - log p_real) an image. ``KL`` is exp(mean kl); ``KL_std``, which the tables print behind
    "+-", the population deviation of kl itself, **without exp**. Reference: ``scripts/evaluation`` of
    Ha0Tang/SelectionGAN.
    """

    name = 'KL'
    values = '{name}', '{name}_std'

    def summarise(self, results: list[NDArray]) -> dict[str, float]:
        real, generated = np.stack(results, 1)
        found = divergences(generated, real)
        return {self.name: np.exp(found.mean()), f'{self.name}_std': found.std()}
