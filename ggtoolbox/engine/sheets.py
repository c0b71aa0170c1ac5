"""Samples as pictures."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from torch import Tensor

from ggtoolbox.datasets.dance_skeleton import dance_skeleton, motion_to_pixels
from ggtoolbox.datasets.palette import colourise, label_palette
from ggtoolbox.structures import image_to_uint8


def picture(name: str, value: Tensor, palette: np.ndarray | None = None) -> np.ndarray:
    """Show any field of the vocabulary as (H, W, 3) of 8 bits.

    Args:
        palette: (N, 3) colours of a ``label``; None takes the released palette of its size.
    """
    if name in ('label', 'instance'):
        ids = value.cpu().numpy()
        if name == 'instance':
            ids, palette = ids % 255, label_palette(256)
        return colourise(ids, palette if palette is not None else label_palette(256))
    if name in ('motion', 'target_motion'):
        return motion_picture(value.detach().cpu().numpy())
    if value.dim() == 4:
        return np.concatenate([image_to_uint8(frame) for frame in value], axis=1)
    if name in ('edge', 'mask'):
        return image_to_uint8(value * 2 - 1)
    if value.dim() == 3 and value.shape[0] not in (1, 3):
        value = value.amax(dim=0, keepdim=True) * 2 - 1  # heat maps: the strongest at each place
    return image_to_uint8(value)


def motion_picture(motion: np.ndarray, shown: int = 10, side: int = 64) -> np.ndarray:
    """(side, shown * side, 3): skeletons of a dance (F, 18, 2), from its first frame on."""
    pixels = motion_to_pixels(motion[:shown], (side, side), whole=False)
    return np.concatenate([dance_skeleton(points, (side, side)) for points in pixels], axis=1)


def sheet(samples: list[dict], columns: tuple[str, ...], palette: np.ndarray | None = None,
          panel: int = 128) -> np.ndarray:
    """One row a sample, one column a field, its name above; fields that a sample lacks are left out.

    Args:
        panel: pixels that a picture is high at least; smaller ones are enlarged by a whole factor, their
            pixels as squares.
    """
    rows, names = [], []
    for sample in samples:
        fields = [name for name in columns if name in sample]
        pictures = [picture(name, sample[name], palette) for name in fields]
        factor = max(1, -(-panel // pictures[0].shape[0]))
        pictures = [shown.repeat(factor, 0).repeat(factor, 1) for shown in pictures]
        rows.append(np.concatenate(pictures, axis=1))
        if len(rows) == 1:
            names = [(name, shown.shape[1]) for name, shown in zip(fields, pictures)]
    rows.insert(0, heading(names))
    width = max(row.shape[1] for row in rows)
    return np.concatenate([np.pad(row, ((0, 2), (0, width - row.shape[1]), (0, 0)), constant_values=255)
                           for row in rows])


def heading(names: list[tuple[str, int]], height: int = 28) -> np.ndarray:
    """(height, sum of the widths, 3): names of columns on white, cut at ``_`` into two lines.

    Args:
        names: with the width of their columns in pixels.
    """
    parts = []
    for name, width in names:
        part = np.full((height, width, 3), 255, np.uint8)
        lines = name.split('_', 1)
        size = min(1.0, *(width / (9.0 * len(line)) for line in lines))
        for number, line in enumerate(lines):
            cv2.putText(part, line.replace('_', ' '), (1, 12 * (number + 1)), cv2.FONT_HERSHEY_SIMPLEX,
                        0.45 * size, (0, 0, 0), 1, cv2.LINE_AA)
        parts.append(part)
    return np.concatenate(parts, axis=1)


def write_image(path: str | Path, image: np.ndarray) -> None:
    """Write (H, W, 3) RGB of 8 bits as PNG (whatever the folder's name is made of)."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = (cv2.IMWRITE_PNG_COMPRESSION, 6)  # half of what OpenCV writes by default
    path.write_bytes(cv2.imencode('.png', cv2.cvtColor(image, cv2.COLOR_RGB2BGR), packed)[1].tobytes())


def write_film(path: str | Path, pictures: list[Path], seconds: float = 0.5) -> None:
    """Write PNG files of the last one's size as an animated GIF, each below its name, the last one longer."""
    frames = []
    images = [np.asarray(Image.open(file).convert('RGB')) for file in pictures]
    for file, image in zip(pictures, images):
        if image.shape == images[-1].shape:
            frames.append(Image.fromarray(np.concatenate([heading([(file.stem, image.shape[1])]), image])))
    durations = [round(1000 * seconds)] * (len(frames) - 1) + [3000]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0)


def dataset_palette(dataset) -> np.ndarray | None:
    palette = getattr(dataset, 'metainfo', {}).get('palette')
    return None if palette is None else np.asarray(palette, np.uint8)
