"""The person papers' result strips, from which their scripts measure."""
from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ggtoolbox.datasets.person_pose import draw_skeleton

from .images import image_bytes, image_pair, read_array

PANELS = ('source', 'source_skeleton', 'target', 'target_skeleton', 'generated')


def strip_pair(sample: dict, generated: str, target: str, owner: str, jpeg: bool = True) \
        -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Generated and target image as the scripts read them.

    Args:
        sample: beside the two fields, ``source_image``, ``source_keypoints`` and ``keypoints`` fill the
            other panels; without them these are black, which can touch the outermost columns only.
        jpeg: False leaves the images as they are.
    """
    image, reference = image_pair(sample, generated, target, owner)
    if not jpeg:
        return image, reference
    black = np.zeros_like(reference)
    panels = [black, black, reference, black, image]
    if 'source_image' in sample:
        panels[0] = image_bytes(sample, 'source_image', owner)
    for place, field in ((1, 'source_keypoints'), (3, 'keypoints')):
        if field in sample:
            panels[place] = draw_skeleton(read_array(sample, field, owner), reference.shape[:2])[0]
    width = reference.shape[1]
    read = jpeg_again(np.concatenate(panels, 1))
    return tuple(read[:, i * width:(i + 1) * width] for i in (PANELS.index('generated'),
                                                              PANELS.index('target')))


def strip_name(name: str, white_columns: int, jpeg: bool) -> str:
    """Of a metric that reads strips: values with other settings are other values."""
    return f"{name}{'_fashion' if white_columns else ''}{'' if jpeg else '_no_jpeg'}"


def jpeg_again(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Written as JPEG with Pillow's defaults (quality 75, chroma halved) and read again."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, 'JPEG')
    return np.asarray(Image.open(file))


def add_white_columns(picture: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """White on the left and on the right."""
    return np.pad(picture, ((0, 0), (columns, columns), (0, 0)), constant_values=255)
