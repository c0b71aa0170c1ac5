"""From a song and a picture of a person to a video: both stages of DanceGAN, one behind the other."""
from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ggtoolbox.datasets.dance_skeleton import dance_skeleton, motion_to_pixels
from ggtoolbox.datasets.sound import cut_into_pieces, read_sound
from ggtoolbox.errors import InputError

from .inferencer import Inferencer

FPS = 10


class Performance(NamedTuple):
    """A dance.

    Attributes:
        frames: (F, H, W, 3) uint8 RGB: the person dancing.
        skeletons: (F, H, W, 3), what the frames were made from.
        motion: (F, V, 2) in [-1, 1] of a wide frame.
        sound: (N,) int16, exactly as long as the frames.
        rate, fps: samples and frames a second.
    """

    frames: NDArray[np.uint8]
    skeletons: NDArray[np.uint8]
    motion: NDArray[np.float32]
    sound: NDArray[np.int16]
    rate: int = 16000
    fps: int = FPS


class Choreographer:
    """Music in, person in, video out.

    ::

        performance = Choreographer('dancegan_motion_toyworld-64', 'dancegan_video_toyworld-64')(
            'song.wav', 'person.png')
        write_video('dance.mp4', performance.frames, performance.fps, performance.sound)

    Args:
        motion, video: the models of the two stages: names of the zoo or paths of configs, or an
            :class:`Inferencer` of each.
        motion_checkpoint, video_checkpoint: paths of their weights; None = the zoo's.
        device: of :class:`Inferencer`.

    Raises:
        InputError: no such model; one that reads other things.
    """

    def __init__(self, motion: str | Path | Inferencer, video: str | Path | Inferencer,
                 motion_checkpoint: str | None = None, video_checkpoint: str | None = None,
                 device: str | None = None) -> None:
        self.motion, self.video = (
            model if isinstance(model, Inferencer) else Inferencer(model, checkpoint, device)
            for model, checkpoint in ((motion, motion_checkpoint), (video, video_checkpoint)))
        for inferencer, fields in ((self.motion, ('audio',)), (self.video, ('source_image', 'target_guide'))):
            missing = {*fields} - {*inferencer.fields.required}
            if missing:
                raise InputError(f'{inferencer.name}: expected a model that reads {", ".join(fields)}, found '
                                 f'one that reads {inferencer.fields}')
        if self.video.size is None:
            raise InputError(f'{self.video.name}: expected a model whose pictures have one size')
        self.rate = FPS * self.motion.piece

    def __call__(self, song: str | Path | NDArray, person: str | Path | NDArray, seconds: float | None = None,
                 start: float = 0.0, seed: int | None = None) -> Performance:
        """Let a person dance.

        Args:
            song: a file, or samples (N,) int16 at ``rate``.
            person: a file, or (H, W, 3) uint8 RGB; brought to the model's size.
            seconds, start: of the song; None is all that follows.
            seed: of the dance; None = another one every time.

        Raises:
            InputError: a file that cannot be read; nothing of the song is left.
        """
        sound = song if isinstance(song, np.ndarray) else read_sound(song, self.rate)
        name = 'song' if isinstance(song, np.ndarray) else str(song)
        if start < 0 or (seconds is not None and seconds <= 0):
            raise InputError(f'{name}: expected start >= 0 and seconds > 0, found {start} and {seconds}')
        first = round(start * self.rate)
        sound = sound[first:] if seconds is None else sound[first:first + round(seconds * self.rate)]
        pieces = cut_into_pieces(sound, self.motion.piece, name)
        motion = self.motion(audio=pieces, seed=seed, progress=False)[0]['motion']
        pixels = motion_to_pixels(motion, self.video.size, whole=False)
        skeletons = np.stack([dance_skeleton(points, self.video.size) for points in pixels])
        results = self.video(source_image=person, target_guide=list(skeletons), seed=seed, progress=False)
        frames = np.stack([result['image'] for result in results])
        return Performance(frames, skeletons, motion, sound[:pieces.size], self.rate)
