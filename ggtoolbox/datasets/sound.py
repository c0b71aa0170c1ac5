"""Sound from files, as the pieces that a music encoder reads, and back into files.

Read and written by soundfile, which is libsndfile: WAV, FLAC, OGG, and in its newer versions MP3.
"""
from __future__ import annotations

from math import gcd
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import require_file

SOUND_SUFFIXES = ('.wav', '.flac', '.ogg', '.mp3')
FULL_SCALE = 32767  # of int16, at which MDVS's sound reaches the network


def _soundfile() -> ModuleType:
    try:
        import soundfile
    except (ImportError, OSError):
        raise InputError("sound needs soundfile: pip install 'ggtoolbox[sound]'") from None
    return soundfile


def resample(samples: NDArray, before: int, after: int) -> NDArray[np.float64]:
    """(N,) at another rate: polyphase filtering by scipy's ``resample_poly`` (a windowed sinc, Kaiser
    5.0)."""
    if before == after:
        return np.asarray(samples, np.float64)
    from scipy.signal import resample_poly  # takes most of a second, which no picture needs to wait
    shared = gcd(before, after)
    return resample_poly(np.asarray(samples, np.float64), after // shared, before // shared)


def read_sound(path: str | Path, rate: int = 16000) -> NDArray[np.int16]:
    """(N,) mono: the channels' mean, resampled to ``rate``, at the scale of int16.

    Raises:
        InputError: no soundfile; no such file, or none that it can read; less than one sample.
    """
    soundfile = _soundfile()
    require_file(path, 'sound file')
    try:
        samples, own = soundfile.read(str(path), dtype='float64', always_2d=True)
    except (RuntimeError, ValueError, TypeError) as error:
        raise InputError(f'{path}: no sound can be read from it ({error})') from None
    if not len(samples):
        raise InputError(f'{path}: expected sound, found a file without any sample')
    if not np.isfinite(samples).all():
        raise InputError(f'{path}: the sound holds values that are not finite')
    return to_int16(resample(samples.mean(axis=1), own, rate))


def to_int16(samples: NDArray) -> NDArray[np.int16]:
    """Samples in [-1, 1] as int16; louder ones are clipped."""
    return np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)


def write_sound(path: str | Path, samples: NDArray[np.int16], rate: int = 16000) -> None:
    """Write (N,) int16, by the path's suffix.

    Raises:
        InputError: no soundfile, or a suffix that it does not write.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _soundfile().write(str(path), samples, rate)
    except (RuntimeError, ValueError, TypeError) as error:
        raise InputError(f'{path}: the sound cannot be written ({error})') from None


def cut_into_pieces(samples: NDArray, piece: int, where: str = 'audio') -> NDArray[np.float32]:
    """(N,) -> (F, piece), what is left over at the end dropped.

    Raises:
        InputError: less than one piece.
    """
    frames = len(samples) // piece
    if not frames:
        raise InputError(f'{where}: expected at least {piece} samples, found {len(samples)}')
    return np.asarray(samples[:frames * piece], np.float32).reshape(frames, piece)
