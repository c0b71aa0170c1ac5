"""One value of a field, from wherever it comes, as the array that a data set would have read."""
from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ggtoolbox.datasets.files import check_label, read_ids, read_image
from ggtoolbox.datasets.guides import KEYPOINT_SUFFIXES, as_keypoints, read_keypoints
from ggtoolbox.datasets.palette import colourise, ids_of_colours
from ggtoolbox.errors import InputError
from ggtoolbox.registry import nearest

from .inputs import GUIDES, POINTS, VECTORS, Item


class KeyPoints(NamedTuple):
    """Key points that are still to be drawn as a guide.

    Attributes:
        points: (J, 3), in pixels.
        where: what errors call them.
    """

    points: NDArray[np.float32]
    where: str


class FieldReader:
    """Reads items as the config's data set does.

    Args:
        dataset: the data set, whose ``class_ids``, where there is one, turns ids of files into class ids.
        num_classes: of ``label``; 0 where the model reads none.
        metainfo: of the data set: ``palette``, ``guide_palette``, ``attributes``, ``joints``.
        lengths: of ``attributes`` and ``latent``.
        guide_channels: of the guides.
    """

    def __init__(self, dataset: object, num_classes: int, metainfo: dict, lengths: dict[str, int | None],
                 guide_channels: int) -> None:
        self.dataset, self.num_classes, self.metainfo = dataset, num_classes, metainfo
        self.lengths, self.guide_channels = lengths, guide_channels

    def read(self, field: str, item: Item) -> NDArray | KeyPoints:
        """The array of an item; :class:`KeyPoints` where a guide is given so.

        Raises:
            InputError: a broken file, another shape or type, values out of range.
        """
        if isinstance(item.value, Path) and item.value.suffix.lower() == '.npy':
            item = item._replace(value=_numbers(item.value))
        if field in VECTORS:
            return self._vector(field, item)
        if field in POINTS or (field in GUIDES and self._are_points(item)):
            return KeyPoints(self._points(item), item.where)
        if field in GUIDES:
            return self._guide(item)
        if field in ('label', 'instance'):
            return self._ids(field, item)
        if field == 'instance_features':
            return np.asarray(item.value, np.float32)
        return self._picture(item)

    def _picture(self, item: Item) -> NDArray[np.uint8]:
        if isinstance(item.value, Path):
            return read_image(item.value)
        value = item.value
        if isinstance(value, Tensor):
            if not value.is_floating_point() or value.dim() != 3 or len(value) != 3 or value.abs().max() > 1:
                raise InputError(f'{item.where}: a tensor of a picture is (3, H, W) in [-1, 1], found '
                                 f'{tuple(value.shape)} of {value.dtype}')
            return np.rint((value.cpu().float().numpy().transpose(1, 2, 0) + 1) * 127.5).astype(np.uint8)
        if value.dtype != np.uint8 or value.ndim not in (2, 3) or (value.ndim == 3 and value.shape[2] != 3):
            raise InputError(f'{item.where}: an array of a picture is (H, W, 3) uint8 in RGB, found '
                             f'{value.shape} of {value.dtype}')
        return value if value.ndim == 3 else np.stack([value] * 3, axis=2)

    def _ids(self, field: str, item: Item) -> NDArray:
        ids, palette = item.value, self.metainfo.get('palette')
        if isinstance(ids, Path):
            ids = self._ids_of_file(field, ids)
        elif isinstance(ids, Tensor):
            ids = ids.cpu().numpy()
        if field == 'label' and ids.ndim == 3 and ids.shape[2] == 3 and palette is not None:
            return ids_of_colours(ids, palette, item.where)
        if ids.ndim != 2 or ids.dtype.kind not in 'iu':
            raise InputError(f'{item.where}: expected whole numbers (H, W), found {ids.shape} of {ids.dtype}')
        ids = ids if ids.dtype == np.uint8 else ids.astype(np.int32)
        if field == 'instance':
            return ids
        if hasattr(self.dataset, 'class_ids'):
            return self.dataset.class_ids(ids, item.where)
        check_label(ids, self.num_classes, item.where)
        return ids

    def _ids_of_file(self, field: str, path: Path) -> NDArray:
        """Ids; for a label map that has three channels its colours."""
        try:
            return read_ids(path, f'{field} map')
        except InputError:
            picture = read_image(path)  # broken files end here
            if field != 'label' or self.metainfo.get('palette') is None:
                raise
            return picture

    def _are_points(self, item: Item) -> bool:
        if self.metainfo.get('guide_palette') is not None:
            return False  # guides are label maps
        if isinstance(item.value, Path):
            return item.value.suffix.lower() in KEYPOINT_SUFFIXES
        return item.value.ndim == 2 and item.value.shape[1] in (2, 3)

    def _points(self, item: Item) -> NDArray[np.float32]:
        joints = self.metainfo.get('joints')
        count = len(joints) if joints else None
        if isinstance(item.value, Path):
            return read_keypoints(item.value, count)
        return as_keypoints(item.value, item.where, count)

    def _guide(self, item: Item) -> NDArray:
        """(H, W, 3) uint8, or maps (K, H, W) float32."""
        value, palette = item.value, self.metainfo.get('guide_palette')
        if isinstance(value, Path):
            value = read_image(value) if palette is None else self._ids_of_file('label', value)
        if self.guide_channels == 3:
            is_label_map = palette is not None and isinstance(value, np.ndarray) and value.ndim == 2
            return colourise(value, palette) if is_label_map else self._picture(item._replace(value=value))
        maps = np.asarray(value.cpu() if isinstance(value, Tensor) else value)
        if maps.ndim == 3 and maps.shape[2] == self.guide_channels != maps.shape[0]:
            maps = maps.transpose(2, 0, 1)  # as the person papers store them
        if maps.ndim != 3 or len(maps) != self.guide_channels:
            raise InputError(f'{item.where}: expected maps of {self.guide_channels} channels or key points '
                             f'(J, 3), found {maps.shape} of {maps.dtype}')
        return np.ascontiguousarray(maps, np.float32)

    def _vector(self, field: str, item: Item) -> NDArray[np.float32]:
        value, length = item.value, self.lengths[field]
        if isinstance(value, Path):
            value = _numbers(value)
        elif isinstance(value, str):
            value = self._marks(value, item.where)
        vector = np.asarray(value.cpu() if isinstance(value, Tensor) else value, np.float32)
        if vector.shape != (length,) or not np.isfinite(vector).all():
            names = self.metainfo.get('attributes') if field == 'attributes' else None
            meaning = f' ({", ".join(names)})' if names else ''
            raise InputError(f'{item.where}: expected {length} finite numbers{meaning}, found an array of '
                             f'{vector.shape}')
        return vector

    def _marks(self, text: str, where: str) -> list[float]:
        """``'male, young'`` or ``'0,0,1,1,0'`` as numbers."""
        words, names = [word.strip() for word in text.split(',')], self.metainfo.get('attributes', ())
        try:
            return [float(word) for word in words]
        except ValueError:
            known = {name.lower(): i for i, name in enumerate(names)}
            marks = [0.0] * len(known)
            for word in filter(None, words):
                if word.lower() not in known:
                    raise InputError(f'{where}: there is no attribute {word!r}{nearest(word, names)} (known: '
                                     f'{", ".join(names)})') from None
                marks[known[word.lower()]] = 1.0
            return marks


def _numbers(path: Path) -> NDArray:
    """The array of a ``.npy`` file, or of a text file of numbers with commas between them."""
    try:
        if path.suffix.lower() == '.npy':
            return np.load(path, allow_pickle=False)
        return np.loadtxt(path, delimiter=',', ndmin=1)
    except (OSError, ValueError) as error:
        raise InputError(f'{path}: no array of numbers can be read from it ({error})') from None
