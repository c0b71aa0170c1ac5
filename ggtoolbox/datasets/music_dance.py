"""Music and dances as MDVS keeps them: one file, JSON text inside a JSON string."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset

from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import parse_json, read_json
from ggtoolbox.registry import DATASETS

from .dance_skeleton import WIDE_FRAME, pixels_to_motion
from .person_pose import JOINTS
from .pipeline import build_pipeline
from .tables import check_finite

RATE, FPS, SECONDS = 16000, 10, 5
SPLITS = ('all', 'train', 'test', 'released_train', 'released_test')


def samples_of_clip(clip: dict, rate: int = RATE, fps: int = FPS, size: tuple[int, int] = WIDE_FRAME,
                    seconds: int = SECONDS, where: str = 'clip') -> list[dict]:
    """The samples of a clip, one behind another; none where its joints are no whole array.

    Args:
        clip: ``audio_sequence``, integers, and ``joint_coors`` (F, 18, 2) in pixels.
        rate, fps: samples and frames a second.
        size: (H, W) of the frames.
        seconds: that a sample lasts.
        where: what errors call the clip.

    Returns:
        ``audio`` (F, rate / fps) int16 and ``target_motion`` (F, 18, 2) float32 in [-1, 1] of each.

    Raises:
        InputError: sound that is not of numbers, joints that are not finite.
    """
    try:
        joints = np.array(clip['joint_coors'], np.float64)
    except (TypeError, ValueError):
        return []
    piece, frames = rate // fps, seconds * fps
    if joints.ndim != 3 or joints.shape[1:] != (len(JOINTS), 2) or len(joints) < frames:
        return []
    try:
        audio = np.asarray(clip['audio_sequence']).astype(np.int16)
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: expected whole numbers as its 'audio_sequence' ({error})") from None
    check_finite(joints, where)
    samples = []
    for start in range(0, min(len(joints), len(audio) // piece) - frames + 1, frames):
        sound = audio[start * piece:(start + frames) * piece].reshape(frames, piece)
        samples.append(dict(audio=sound, target_motion=pixels_to_motion(joints[start:start + frames], size)))
    return samples


def read_clips(path: str | Path) -> dict[str, dict[str, dict]]:
    """Video -> second at which it starts -> clip.

    Raises:
        InputError: no such file, or another content.
    """
    content = read_json(path, 'file of clips')
    content = parse_json(content, str(path), 'file of clips') if isinstance(content, str) else content
    try:
        for clips in content.values():
            for clip in clips.values():
                clip['audio_sequence'], clip['joint_coors']
    except (AttributeError, TypeError, KeyError) as error:
        raise InputError(f"{path}: expected MDVS's JSON, a string of {{video: {{second: {{audio_sequence, "
                         f'joint_coors}}}}}} as JSON ({type(error).__name__}: {error})') from None
    return content


def write_clips(path: str | Path, videos: Iterable[Sequence[tuple[np.ndarray, np.ndarray]]],
                clip_seconds: int = 10) -> None:
    """Write videos of (audio (N,) int16, joints (F, 18, 2) in pixels) clips as MDVS does."""
    content: dict[str, dict] = {}
    for number, clips in enumerate(videos):
        content[f'{number:03d}'] = {
            f'{clip_seconds * index:03d}': dict(audio_sequence=audio.tolist(),
                                                joint_coors=np.round(joints, 3).tolist())
            for index, (audio, joints) in enumerate(clips)}
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(json.dumps(content)))


@DATASETS.register_module()
class MusicDance(Dataset):
    """MDVS's data (Ren et al., ACM MM 2020), one file a kind of dance, which stage I of DanceGAN uses, too.

    A sample holds ``audio`` (50, 1600) float32, values as recorded; ``target_motion`` (50, 18, 2) in [-1, 1];
    ``dance``, the index of its file; ``name`` and ``sample_idx``. Then the pipeline is applied.

    Paper and code differ: the thesis tests on the last 10 % of each kind (``'train'``, ``'test'``), the
    released loaders train on videos up to, but without, "046" and test on "047" and "049"
    (``'released_train'``, ``'released_test'``); ``'all'`` takes everything.

    Args:
        files: of clips, relative to ``data_root``.
        split: which videos.
        held_out: share of the videos of a kind that ``'test'`` has.
        rate, fps, size: of sound and frames; see :func:`samples_of_clip`.

    Raises:
        InputError: an unknown split; a file that is missing or holds something else; no sample at all.
    """

    METAINFO = dict(dataset_type='music_dance', joints=JOINTS, frames=50, samples=1600)

    def __init__(self, data_root: str, files: Sequence[str], split: str = 'train', held_out: float = 0.1,
                 rate: int = RATE, fps: int = FPS, size: tuple[int, int] = WIDE_FRAME,
                 pipeline: Sequence[dict | Callable] = ()) -> None:
        if split not in SPLITS:
            raise InputError(f'MusicDance: split must be one of {", ".join(SPLITS)}, found {split!r}')
        self.pipeline = build_pipeline(pipeline)
        self.samples = []
        for kind, file in enumerate(files):
            path = Path(data_root, file)
            clips = read_clips(path)
            for video in chosen_videos(sorted(clips), split, held_out):
                for second, clip in clips[video].items():
                    where = f'{path}, video {video}, second {second}'
                    for part, sample in enumerate(samples_of_clip(clip, rate, fps, size, where=where)):
                        name = f'{path.stem}_{video}_{second}_{part}'
                        self.samples.append(dict(sample, dance=np.array(kind), name=name))
        if not self.samples:
            raise InputError(f'MusicDance: no clip of the split {split!r} was found in {", ".join(files)} '
                             f'below {data_root}')

    @property
    def metainfo(self) -> dict:
        frames, samples = self.samples[0]['audio'].shape
        return dict(self.METAINFO, frames=frames, samples=samples)

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> dict:
        sample = self.samples[index]
        return self.pipeline(dict(sample, audio=sample['audio'].astype(np.float32),
                                  sample_idx=index % len(self.samples)))


def chosen_videos(videos: Sequence[str], split: str, held_out: float) -> list[str]:
    """The videos of a split; see :class:`MusicDance`."""
    if split.startswith('released'):
        return [video for video in videos if (video < '046' if split == 'released_train'
                                              else video in ('047', '049'))]
    first = len(videos) - max(1, round(held_out * len(videos)))
    return list({'all': videos, 'train': videos[:first], 'test': videos[first:]}[split])
