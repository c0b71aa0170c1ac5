"""How well a dance goes with its music, and how much dances differ: the arithmetic behind the metrics of
motion."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from ggtoolbox.errors import InputError

LOW_BINS = 20  # of 10 Hz, as the spectrum of 0.1 s has them: where drums are


def joint_speed(motion: NDArray) -> NDArray[np.float64]:
    """Mean over the joints of how far they go from each frame to the next: (F, J, 2) -> (F - 1,)."""
    return np.linalg.norm(np.diff(np.asarray(motion, np.float64), axis=0), axis=-1).mean(-1)


def kinematic_beats(speed: NDArray) -> NDArray[np.intp]:
    """Where a body slows down and speeds up again: t with speed[t] < speed[t - 1] and speed[t] <= speed[t +
    1], but neither the first nor the last."""
    inner = (speed[1:-1] < speed[:-2]) & (speed[1:-1] <= speed[2:])
    return np.flatnonzero(inner) + 1


def nearest_distances(beats: NDArray, music_beats: NDArray) -> NDArray[np.float64]:
    """Of each of ``beats`` to the nearest of ``music_beats``, in frames; infinite where there is none."""
    if not len(music_beats):
        return np.full(len(beats), np.inf)
    return np.abs(np.asarray(beats, np.float64)[:, None] - np.asarray(music_beats)[None]).min(axis=1)


def beat_coverage(beats: NDArray, music_beats: NDArray) -> float:
    """Kinematic beats a beat of the music (Lee et al., Dancing to Music, NeurIPS 2019); 0 without any
    music."""
    return len(beats) / len(music_beats) if len(music_beats) else 0.0


def beat_hit_rate(beats: NDArray, music_beats: NDArray, tolerance: float = 1) -> float:
    """Share of the kinematic beats that are within ``tolerance`` frames of a beat of the music."""
    return float((nearest_distances(beats, music_beats) <= tolerance).mean()) if len(beats) else 0.0


def beat_alignment(beats: NDArray, music_beats: NDArray, sigma: float = 1.0) -> float:
    """Mean over the kinematic beats of exp(-d^2 / (2 sigma^2)), d frames to the nearest beat of the music; 0
    without any."""
    distances = nearest_distances(beats, music_beats)
    return float(np.exp(-distances ** 2 / (2 * sigma ** 2)).mean()) if len(beats) else 0.0


def mean_distance(features: NDArray) -> float:
    """Mean Euclidean distance over all pairs of rows (N, D): the diversity of Dancing to Music.

    Raises:
        InputError: fewer than two rows.
    """
    if len(features) < 2:
        raise InputError(f'diversity: expected two dances at least, found {len(features)}')
    return float(pdist(np.asarray(features, np.float64)).mean())


def music_beats(audio: NDArray, threshold: float = 0.35) -> NDArray[np.intp]:
    """Frames at which a drum sets in.

    The energy of each piece below 200 Hz, as spectrum, and how much it rises from piece to piece, as share of
    the largest rise; a frame whose rise exceeds ``threshold`` and that of both its neighbours is a beat.
    Onsets at the start of the first piece have no rise before them and count as one.

    Args:
        audio: (F, S), a piece of 0.1 s a frame; only loudness within it matters, not its scale.
    """
    pieces = np.asarray(audio, np.float64)
    spectrum = np.abs(np.fft.rfft(pieces * np.hanning(pieces.shape[1]), axis=1))[:, :LOW_BINS]
    energy = np.sqrt((spectrum ** 2).sum(1))
    rise = np.maximum(np.diff(energy, prepend=0.0), 0)
    if not rise.any():
        return np.empty(0, np.intp)
    rise /= rise.max()
    padded = np.pad(rise, 1)
    return np.flatnonzero((rise > threshold) & (rise >= padded[:-2]) & (rise > padded[2:]))
