"""ToyWorld's dancer as data sets: music and skeletons for DanceGAN's first stage, pictures for its second."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .dance_skeleton import dance_skeleton, motion_to_pixels
from .person_pose import JOINTS
from .procedural import ProceduralDataset
from .toyworld.dancer import Dance, describe_dance, draw_frames, motion_of
from .toyworld.dice import pattern_seed
from .toyworld.music import DANCES, FRAME_SECONDS, dance_of, play


@DATASETS.register_module()
class ToyWorldMusic(ProceduralDataset):
    """Music and the dance to it, as MDVS's data set has them, composed when they are asked for.

    A sample holds ``audio`` (F, S) float32, a piece of 0.1 s a frame, at the scale of int16;
    ``target_motion`` (F, 18, 2) float32, x and y in [-1, 1] of a frame of 16:9; ``dance``, the index of
    ``dances``; ``name`` and ``sample_idx``. Which pose is hit on a beat, the melody says; who dances, how far
    and how turned, it does not. Then the pipeline is applied.

    Args:
        frames: F, ten a second.
        rate: of the sound, samples a second.
        repeats: so many dances in a row have one music.
        length, seed, pipeline: of :class:`ProceduralDataset`.

    Raises:
        InputError: fewer than two frames; a rate that 10 does not divide; see also
            :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_music', joints=JOINTS, dances=DANCES, frames=50, samples=1600)

    def __init__(self, frames: int = 50, rate: int = 16000, repeats: int = 1, length: int = 10000,
                 seed: int = 0, pipeline: Sequence[dict | Callable] = ()) -> None:
        super().__init__(length=length, seed=seed, pipeline=pipeline)
        if repeats < 1:
            raise InputError(f'ToyWorldMusic: repeats must be at least 1, found {repeats}')
        if frames < 2 or rate < 10 or rate % 10:
            raise InputError(f'ToyWorldMusic: expected two frames or more and a rate that 10 divides, found '
                             f'{frames} frames and a rate of {rate}')
        self.frames, self.rate, self.repeats = frames, rate, repeats

    @property
    def metainfo(self) -> dict:
        """Names of joints and dances, and the lengths of a sample."""
        return dict(self.METAINFO, frames=self.frames, samples=self.rate // 10)

    def draw(self, index: int) -> dict:
        """Dance ``index``."""
        dance = describe_dance(self.seed, index, music_index=index - index % self.repeats)
        sound = play(dance.music, self.frames, self.rate).astype(np.float32)
        return dict(audio=sound.reshape(self.frames, -1), target_motion=motion_of(dance, self.frames),
                    dance=np.array(dance_of(dance.music)), name=f'music_{self.seed}_{index:06d}')


@DATASETS.register_module()
class ToyWorldDance(ProceduralDataset):
    """Successive frames of a dance, and a picture of the dancer from elsewhere in it.

    A sample holds ``source_image`` (H, W, 3) uint8; ``target_frames`` (F, H, W, 3) uint8 and
    ``frame_guides``, their skeletons as :func:`dance_skeleton` draws them; of the last of these frames also
    ``target_image``, ``target_guide``, ``keypoints`` (18, 3) in pixels, of the one before it
    ``previous_image`` and ``previous_guide``; ``name`` and ``sample_idx``. Then the pipeline is applied.

    Args:
        frames: F; two at least.
        size, length, seed, pipeline: of :class:`ProceduralDataset`.

    Raises:
        InputError: fewer than two frames; see also :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_dance', joints=JOINTS, dances=DANCES, frames=4, guide_channels=3)

    def __init__(self, size: int | tuple[int, int] = 64, frames: int = 4, length: int = 10000, seed: int = 0,
                 pipeline: Sequence[dict | Callable] = ()) -> None:
        super().__init__(size, length, seed, pipeline)
        if frames < 2:
            raise InputError(f'ToyWorldDance: frames must be at least 2, found {frames}')
        self.frames = frames

    @property
    def metainfo(self) -> dict:
        """Names of joints and dances, and how many frames a sample has."""
        return dict(self.METAINFO, frames=self.frames)

    def draw(self, index: int) -> dict:
        """Video ``index``: its frames begin anywhere in the melody's first round."""
        dance, size = describe_dance(self.seed, index), (self.height, self.width)
        start, source_frame = self.places(dance, index)
        patterns = pattern_seed(self.seed, index)
        frames = draw_frames(dance, self.frames, *size, patterns, start)
        source, = draw_frames(dance, 1, *size, patterns, source_frame)
        pixels = motion_to_pixels(motion_of(dance, self.frames, start), size, whole=False)
        guides = np.stack([dance_skeleton(points, size) for points in pixels])
        keypoints = np.concatenate([pixels[-1], np.ones((len(JOINTS), 1))], axis=1).astype(np.float32)
        return dict(source_image=source, target_frames=frames, frame_guides=guides, target_image=frames[-1],
                    target_guide=guides[-1], previous_image=frames[-2], previous_guide=guides[-2],
                    keypoints=keypoints, name=f'dance_{self.seed}_{index:06d}')

    def places(self, dance: Dance, index: int) -> tuple[int, int]:
        """The first frame of video ``index``, and the source image's: one to three beats behind the video, so
        that the dancer stands in another pose, and half the time on the other side."""
        beat = dance.music.beat
        start = dance.music.first + index % (len(dance.music.riff) * beat)
        return start, start + self.frames + beat + index % (2 * beat)


def toyworld_video(seed: int, index: int, seconds: float, size: tuple[int, int], kind: int | None = None,
                   beat: int | None = None) -> tuple[Dance, np.ndarray, np.ndarray]:
    """A dance of ToyWorld with its sound (samples,) int16 and the picture (H, W, 3) of who dances it."""
    dance = describe_dance(seed, index, kind, beat)
    frames = round(seconds / FRAME_SECONDS)
    picture, = draw_frames(dance, 1, *size, pattern_seed(seed, index), dance.music.first)
    return dance, play(dance.music, frames), picture
