"""Videos of dancers as frames with key points, for DanceGAN's second stage."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .dance_skeleton import dance_skeleton
from .detections import read_openpose_json
from .files import flat_name, list_images, read_image
from .person_pose import JOINTS
from .pipeline import build_pipeline

NEAR = 2  # frames of a test sample: the one that is judged, and the one before it


def middle_square(image: NDArray[np.uint8], keypoints: NDArray, size: int
                  ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The middle of a picture, as high as it is wide, at ``size``; black where it is narrower than high."""
    height, width = image.shape[:2]
    padding = max(0, height - width)
    if padding:
        image = np.pad(image, ((0, 0), (padding // 2, padding - padding // 2), (0, 0)))
    left = (image.shape[1] - height) // 2
    square = cv2.resize(image[:, left:left + height], (size, size), interpolation=cv2.INTER_AREA)
    points = np.array(keypoints, np.float32)
    seen = points[:, 2] > 0
    points[seen, :2] = (points[seen, :2] + [padding // 2 - left, 0]) * (size / height)
    return square, points


@DATASETS.register_module()
class DanceVideo(Dataset):
    """Successive frames of videos, their skeletons, and the video's first frame as the picture of the person.

    ``<data_root>/<split>/<video>/<frame>.jpg`` (or another image suffix) and, beside each,
    ``<frame>_keypoints.json``, what OpenPose writes. The thesis's 54,944 sequences lie nowhere; it says no
    more than that they are frames with OpenPose's skeletons. The sample's words are those of
    :class:`~.toyworld_dance.ToyWorldDance`.

    Args:
        data_root, split: where the videos lie.
        size: side of the pictures: the middle of the frames, in their full height.
        frames: F; two at least.
        step: frames from the first of a sample to that of the next one.
        pipeline: transforms.

    Raises:
        InputError: fewer than two frames; a folder or file that is missing; no video that is long enough.
    """

    METAINFO = dict(dataset_type='dance_video', joints=JOINTS, frames=4, guide_channels=3)

    def __init__(self, data_root: str, split: str = 'train', size: int = 256, frames: int = 4, step: int = 1,
                 pipeline: Sequence[dict | Callable] = ()) -> None:
        if frames < NEAR or step < 1:
            raise InputError(f'DanceVideo: expected frames >= {NEAR} and step >= 1, found {frames} and '
                             f'{step}')
        self.size, self.frames, self.pipeline = size, frames, build_pipeline(pipeline)
        self.folder, videos = Path(data_root, split), {}
        for file in list_images(self.folder):
            videos.setdefault(file.parent, []).append(file)
        self.samples = [(files[0], files[first:first + frames]) for files in videos.values()
                        for first in range(0, len(files) - frames + 1, step)]
        if not self.samples:
            raise InputError(f'{self.folder}: no video with {frames} frames was found in it')

    @property
    def metainfo(self) -> dict:
        return dict(self.METAINFO, frames=self.frames)

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> dict:
        first, files = self.samples[index]
        images, points = zip(*map(self._read, files))
        guides = [dance_skeleton(keypoints, (self.size, self.size)) for keypoints in points]
        return self.pipeline(dict(
            source_image=self._read(first)[0], target_frames=np.stack(images), frame_guides=np.stack(guides),
            target_image=images[-1], target_guide=guides[-1], previous_image=images[-2],
            previous_guide=guides[-2], keypoints=points[-1], sample_idx=index % len(self.samples),
            name=flat_name(files[-1].with_suffix(''), self.folder)))

    def _read(self, file: Path) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        keypoints = read_openpose_json(file.with_name(f'{file.stem}_keypoints.json'))
        return middle_square(read_image(file), keypoints, self.size)
