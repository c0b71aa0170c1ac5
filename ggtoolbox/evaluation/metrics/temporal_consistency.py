"""Whether a video flickers."""
from __future__ import annotations

import numpy as np

from ggtoolbox.registry import METRICS

from ..images import image_bytes
from .base import ListMetric


@METRICS.register_module()
class TemporalConsistency(ListMetric):
    """How much neighbouring frames differ, against how much those of the real video do.

    Values: ``FrameChange``, the mean absolute difference of a generated frame to the generated frame before
    it, in levels of 8 bits; ``FrameChange_real`` of the real video; ``FlickerError``, the mean absolute
    difference between the two signed changes: 0 where the generated video changes as the real one does, lower
    is better.

    A sample holds both frames: ``image`` and ``generated_previous_image``, ``target_image`` and
    ``previous_image``.
    """

    name = 'FlickerError'
    protocol = 'signed change to the frame before, against the real one, in levels of 8 bits'

    def judge(self, samples: list[dict]) -> list[tuple[float, float, float]]:
        found = []
        for sample in samples:
            now, before, real_now, real_before = (
                image_bytes(sample, field, self.name).astype(np.float64)
                for field in ('image', 'generated_previous_image', 'target_image', 'previous_image'))
            change, real_change = now - before, real_now - real_before
            found.append(tuple(np.abs(part).mean() for part in (change, real_change, change - real_change)))
        return found

    def summarise(self, results: list[tuple[float, float, float]]) -> dict[str, float]:
        change, real_change, error = np.mean(results, axis=0)
        return {'FrameChange': change, 'FrameChange_real': real_change, self.name: error}
