"""Videos that are read, as frames; by OpenCV's own ffmpeg."""
from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ggtoolbox.datasets.detections import read_openpose_json
from ggtoolbox.datasets.pictures import write_picture
from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import require_file
from ggtoolbox.writing import make_folder

VIDEO_SUFFIXES = ('.mp4', '.mov', '.mkv', '.avi', '.webm', '.m4v', '.mpg', '.mpeg')
WITHOUT_LOSS = ('label', 'instance', 'exemplar_label', 'mask', 'exemplar_mask')  # of which videos lose ids


def is_video(given: Any) -> bool:
    """Whether a user's input is the path of a video."""
    return isinstance(given, (str, Path)) and Path(given).suffix.lower() in VIDEO_SUFFIXES


@contextmanager
def _opened(path: str | Path) -> Iterator[cv2.VideoCapture]:
    require_file(Path(path), 'video')
    video = cv2.VideoCapture(str(path))
    try:
        if not video.isOpened():
            raise InputError(f'{path}: expected a video, found a file that is broken or none')
        yield video
    finally:
        video.release()


def rate_of(fields: dict[str, Any]) -> float | None:
    """Frames a second of the first video among what an ``Inferencer`` is given; None where there is none.

    Raises:
        InputError: a file that is no video.
    """
    for given in fields.values():
        for one in given if isinstance(given, (list, tuple)) else [given]:
            if is_video(one):
                with _opened(one) as video:
                    return video.get(cv2.CAP_PROP_FPS) or None
    return None


def read_frames(path: str | Path, every: int = 1, start: float = 0.0, seconds: float | None = None
                ) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Number and picture (H, W, 3), RGB, of each ``every``-th frame.

    Args:
        start: second of the video to start at.
        seconds: how long; None is to its end.

    Raises:
        InputError: no video; no frame in this time.
    """
    with _opened(path) as video:
        rate = video.get(cv2.CAP_PROP_FPS) or 25.0
        first = round(start * rate)
        end = None if seconds is None else first + max(1, round(seconds * rate))
        number, found = 0, False
        while (end is None or number < end) and video.grab():
            if number >= first and (number - first) % every == 0:
                whole, frame = video.retrieve()
                if not whole:
                    raise InputError(f'{path}: frame {number} is broken')
                found = True
                yield number, cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
            number += 1
    if not found:
        raise InputError(f'{path}: expected frames from second {start:g} on, found {number} frames in all')


def frame_name(video: str | Path, number: int) -> str:
    """OpenPose's name of a frame, by which key points that it found are paired with pictures."""
    return f'{Path(video).stem}_{number:012d}'


def extract_frames(video: str | Path, folder: str | Path, keypoints: str | Path | None = None, every: int = 1,
                   start: float = 0.0, seconds: float | None = None) -> list[Path]:
    """Write frames as ``<folder>/<video>_<number>.png``.

    Args:
        keypoints: folder of OpenPose's ``<video>_<number>_keypoints.json``, of which those of the frames are
            copied beside them, as ``DanceVideo`` reads them.
        every, start, seconds: as of :func:`read_frames`.

    Raises:
        InputError: as of :func:`read_frames`; a frame without key points, or a file that holds none.
    """
    folder, written = make_folder(folder), []
    for number, frame in read_frames(video, every, start, seconds):
        path = folder / f'{frame_name(video, number)}.png'
        if keypoints is not None:
            found = Path(keypoints, f'{path.stem}_keypoints.json')
            read_openpose_json(found)
            shutil.copyfile(found, folder / found.name)
        write_picture(frame, path)
        written.append(path)
    return written


@contextmanager
def as_folders(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields of an ``Inferencer``, with a folder of its frames in the place of each video.

    Raises:
        InputError: a video where ids are read, which its compression would change.
    """
    with tempfile.TemporaryDirectory() as place:
        found = {}
        for field, given in fields.items():
            found[field] = given
            given = given if isinstance(given, (list, tuple)) else [given]
            if any(map(is_video, given)) and field in WITHOUT_LOSS:
                raise InputError(f'{field}: a video is stored with loss, which changes ids; expected a '
                                 'folder of PNGs')
            if any(map(is_video, given)):
                found[field] = [_folder_of(one, Path(place, field, str(number))) if is_video(one) else one
                                for number, one in enumerate(given)]
        yield found


def _folder_of(video: str | Path, folder: Path) -> Path:
    extract_frames(video, folder)
    return folder
