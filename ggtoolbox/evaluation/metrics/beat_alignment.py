"""Whether a dance keeps time."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.registry import METRICS

from ..dance import beat_alignment, beat_coverage, beat_hit_rate, joint_speed, kinematic_beats, music_beats
from ..images import read_array
from .base import ListMetric

# Frames of a sample's beats: of the generated dance, of the real one and of the music.
Beats = tuple[NDArray, NDArray, NDArray]


@METRICS.register_module()
class BeatAlignment(ListMetric):
    """Kinematic beats against the music's.

    A kinematic beat is a frame at which the joints' mean speed is least; a beat of the music one at which a
    drum sets in (:func:`~ggtoolbox.evaluation.dance.music_beats`). Values: ``BeatAlignment``, the mean over
    kinematic beats of exp(-d^2 / (2 sigma^2)), d frames to the nearest beat of the music; its floor
    ``BeatAlignment_shuffled``, the same dances against the music of the sample half of the data set further
    on; its ceiling ``BeatAlignment_real``, of the real dances; ``BeatCoverage``, kinematic beats a beat of
    the music, and ``BeatHitRate``, the share of kinematic beats within ``tolerance`` of one, both of Lee et
    al. (Dancing to Music, NeurIPS 2019). Each is a mean over dances.

    Args:
        sigma, tolerance: in frames.
        key, target: fields of the generated and of the real dance, (F, J, 2).
    """

    name = 'BeatAlignment'

    def __init__(self, sigma: float = 1.0, tolerance: float = 1, key: str = 'motion',
                 target: str = 'target_motion', collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.sigma, self.tolerance, self.key, self.target = sigma, tolerance, key, target
        self.protocol = f'speed minima against drum onsets, sigma {sigma:g} frames'

    def judge(self, samples: list[dict]) -> list[Beats]:
        found = []
        for sample in samples:
            generated, real, audio = (read_array(sample, field, self.name)
                                      for field in (self.key, self.target, 'audio'))
            dances = [kinematic_beats(joint_speed(motion)) for motion in (generated, real)]
            found.append((*dances, music_beats(audio)))
        return found

    def summarise(self, results: list[Beats]) -> dict[str, float]:
        generated, real, music = zip(*results)
        half = len(results) // 2
        shuffled = music[half:] + music[:half]
        align = lambda dances, musics: np.mean([beat_alignment(dance, music, self.sigma)
                                                for dance, music in zip(dances, musics)])
        return {self.name: align(generated, music), f'{self.name}_shuffled': align(generated, shuffled),
                f'{self.name}_real': align(real, music),
                'BeatCoverage': np.mean(list(map(beat_coverage, generated, music))),
                'BeatHitRate': np.mean([beat_hit_rate(*pair, self.tolerance)
                                        for pair in zip(generated, music)])}
