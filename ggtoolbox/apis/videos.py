"""Videos with sound, as files."""
from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ggtoolbox.datasets.sound import write_sound
from ggtoolbox.engine.sheets import write_image
from ggtoolbox.errors import InputError

WITH_SOUND = ('.mp4', '.mov', '.mkv')


def written_files(path: str | Path) -> list[Path]:
    """What :func:`write_video` writes beside the frames themselves, as far as it is a file."""
    path = Path(path)
    if path.suffix.lower() in WITH_SOUND:
        return [path]
    return [*[path] * bool(path.suffix), path.with_suffix('.wav')]


def write_video(path: str | Path, frames: Iterable[NDArray[np.uint8]], fps: float,
                sound: NDArray[np.int16] | None = None, rate: int = 16000) -> Path:
    """Write pictures (H, W, 3), RGB, by the path's suffix, one by one as they come; returns the path.

    ``.mp4``, ``.mov``, ``.mkv``: H.264 and AAC by the ffmpeg that imageio-ffmpeg brings along; ``.gif``;
    without a suffix a folder of ``<frame>.png``. A GIF and a folder have no sound of their own: it becomes a
    ``.wav`` beside them.

    Raises:
        InputError: another suffix; no frame, or frames of several sizes; imageio-ffmpeg or soundfile are not
            there but needed; ffmpeg failed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    suffix, frames = path.suffix.lower(), _of_one_size(path, frames)
    if suffix in WITH_SOUND:
        return _by_ffmpeg(path, frames, fps, sound, rate)
    if suffix not in ('', '.gif'):
        raise InputError(f'{path}: expected a video of {", ".join(WITH_SOUND)}, a .gif, or a folder without '
                         f'a suffix, found {suffix!r}')
    if suffix == '.gif':
        first, *rest = map(Image.fromarray, frames)
        first.save(path, save_all=True, append_images=rest, duration=round(1000 / fps), loop=0)
    else:
        for number, frame in enumerate(frames):
            write_image(path / f'{number:06d}.png', frame)
    if sound is not None:
        write_sound(path.with_suffix('.wav'), sound, rate)
    return path


def _of_one_size(path: Path, frames: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
    size = None
    for number, frame in enumerate(frames):
        if frame.shape[:2] != (size := size or frame.shape[:2]):
            raise InputError(f'{path}: expected frames of one size, found {size[0]} x {size[1]} and, as '
                             f'frame {number}, {frame.shape[0]} x {frame.shape[1]} pixels')
        yield frame
    if size is None:
        raise InputError(f'{path}: expected a frame at least, found none')


def _by_ffmpeg(path: Path, frames: Iterator[NDArray[np.uint8]], fps: float,
               sound: NDArray[np.int16] | None, rate: int) -> Path:
    try:
        from imageio_ffmpeg import write_frames
    except ImportError:
        raise InputError(f"{path}: a video needs imageio-ffmpeg: pip install 'ggtoolbox[sound]', or name a "
                         '.gif or a folder') from None
    first = next(frames)
    height, width = first.shape[:2]
    even = ((0, height % 2), (0, width % 2), (0, 0))  # as H.264 wants sides
    with tempfile.TemporaryDirectory() as folder:
        options = {}
        if sound is not None:
            write_sound(Path(folder, 'sound.wav'), sound, rate)
            options = dict(audio_path=str(Path(folder, 'sound.wav')), audio_codec='aac')
        size = (width + width % 2, height + height % 2)
        whole = Path(folder, path.name)
        writer = write_frames(str(whole), size, fps=fps, codec='libx264', macro_block_size=2,
                              pix_fmt_out='yuv420p', ffmpeg_log_level='error', **options)
        try:
            writer.send(None)
            for frame in chain([first], frames):
                writer.send(np.ascontiguousarray(np.pad(frame, even, mode='edge')))
            writer.close()
            shutil.move(whole, path)
        except OSError as error:
            raise InputError(f'{path}: ffmpeg could not write it ({error})') from None
        finally:
            writer.close()  # ends ffmpeg, whatever happened
    return path
