"""Music of ToyWorld: a beat, and a melody whose notes a dancer turns into poses."""
from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .dice import Dice

FRAME_SECONDS = 0.1
BALLET = 1
KINDS = ('k-pop', 'ballet', 'popping')
# Frames from beat to beat, by kind: 150 and 120, 100 and 75, 120 and 100 beats a minute.
BEATS = ((4, 5), (6, 8), (5, 6))
DANCES = tuple(f'{kind}, {600 // beat} beats a minute' for kind, beats in zip(KINDS, BEATS) for beat in beats)
NOTES = (1.0, 1.25, 1.5, 2.0)  # of the melody, over its lowest: each calls for another pose
ROOTS = (262.0, 392.0, 196.0)  # lowest note by kind, in Hz
OVERTONES = ((1.0, 0.5, 0.3, 0.2), (1.0, 0.1), (1.0, 0.0, 0.5, 0.0, 0.35))  # saw, flute, square
LOUDNESS = 9000.0


class Music(NamedTuple):
    """What is played.

    Attributes:
        kind: index of ``KINDS``.
        beat: frames from one beat to the next.
        first: frame of the first beat.
        riff: the melody's notes, a beat each, again and again.
        detune: of all notes, a factor.
        swing: loudness of the hats between the beats.
    """

    kind: int
    beat: int
    first: int
    riff: tuple[int, ...]
    detune: float
    swing: float

    def beats(self, frames: int) -> range:
        """The frames on which beats fall."""
        return range(self.first, frames, self.beat)

    def note(self, beat: int) -> int:
        """Index of the note that sounds from beat ``beat`` on; -1 is what sounds before the first."""
        return self.riff[beat % len(self.riff)]


def dance_of(music: Music) -> int:
    """Index of ``DANCES``: which kind, and how fast."""
    return 2 * music.kind + BEATS[music.kind].index(music.beat)


def describe_music(dice: Dice, kind: int | None = None, beat: int | None = None) -> Music:
    """Draw music.

    Args:
        kind: index of ``KINDS``; None draws it.
        beat: frames a beat; None draws it among those of the kind.
    """
    drawn = dice.whole(0, len(KINDS) - 1)
    kind = drawn if kind is None else kind
    tempo = dice.pick(BEATS[kind])
    beat = tempo if beat is None else beat
    riff = [dice.whole(0, len(NOTES) - 1) for _ in range(4)]
    return Music(kind, beat, dice.whole(0, beat - 1), tuple(riff), dice.between(0.97, 1.03),
                 dice.between(0.3, 1.0))


def play(music: Music, frames: int, rate: int = 16000) -> NDArray[np.int16]:
    """The sound, mono (frames * rate / 10,); the same on every machine but for the last bit.

    A kick falls on every beat and a snare on every second one, hats between the beats (ballet has none), and
    the melody changes its note with the beat.
    """
    piece = round(rate * FRAME_SECONDS)
    sound, (kick, snare, hat) = _melody(music, frames, rate), _drums(rate)
    for number, frame in enumerate(music.beats(frames)):
        struck = [(kick, 1.6, frame * piece)]
        if music.kind != BALLET:
            struck.append((hat, 0.4 * music.swing, frame * piece + music.beat * piece // 2))
            if number % 2:
                struck.append((snare, 0.8, frame * piece))
        for drum, loud, start in struck:
            part = sound[start:start + len(drum)]
            part += loud * drum[:len(part)]
    return np.clip(sound * LOUDNESS, -32768, 32767).astype(np.int16)


@lru_cache(maxsize=4)
def _drums(rate: int) -> tuple[NDArray[np.float64], ...]:
    """The sounds of kick, snare and hat, of loudness 1."""
    time = np.arange(round(0.4 * rate)) / rate
    kick = np.sin(2 * np.pi * (60 * time - 1.8 * np.exp(-30 * time))) * np.exp(-18 * time)
    hiss = np.sin(time * 12345.678) * np.sin(time * 54321.9) * np.sin(time * 33333.3)
    return kick, hiss * np.exp(-25 * time), hiss * np.exp(-60 * time)


def _melody(music: Music, frames: int, rate: int) -> NDArray[np.float64]:
    piece = round(rate * FRAME_SECONDS)
    sound = np.zeros(frames * piece)
    starts = [music.first - music.beat, *music.beats(frames)]
    for number, frame in enumerate(starts, -1):
        first, last = max(frame, 0) * piece, min(frame + music.beat, frames) * piece
        since = np.arange(first, last) / rate - frame * FRAME_SECONDS
        pitch = ROOTS[music.kind] * NOTES[music.note(number)] * music.detune
        rising, fading = (8, 1.0) if music.kind == BALLET else (80, 2.5)
        loud = np.minimum(since * rising, 1) * np.exp(-fading * since)
        for overtone, share in enumerate(OVERTONES[music.kind], 1):
            if share:
                sound[first:last] += 0.35 * share * loud * np.sin(2 * np.pi * overtone * pitch * since)
    return sound
