"""One value of a field, from wherever it comes, as the array that a data set would have read."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ggtoolbox.datasets.files import check_label, read_image
from ggtoolbox.datasets.guides import KEYPOINT_SUFFIXES, as_keypoints, read_keypoints
from ggtoolbox.datasets.palette import colourise, ids_of_colours
from ggtoolbox.datasets.pictures import ID_MODES, ids_or_colours, levels, open_picture
from ggtoolbox.datasets.sound import cut_into_pieces, read_sound
from ggtoolbox.datasets.tables import check_finite, read_array, read_numbers
from ggtoolbox.errors import InputError
from ggtoolbox.registry import nearest

from .inputs import GUIDES, LABELS, POINTS, VECTORS, Item

KINDS = dict(attributes='attribute', style_shares='class')
MASKS = 'mask', 'exemplar_mask'
FRAMES_A_SECOND = 10  # a piece of sound is a frame


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
        lengths: of ``attributes``, ``latent``, ``style_shares``, ``style`` and a piece of ``audio``.
        guide_channels: of the guides.
        num_domains: of ``domain``; 0 where the model reads none.
    """

    def __init__(self, dataset: object, num_classes: int, metainfo: dict, lengths: dict[str, int | None],
                 guide_channels: int, num_domains: int = 0) -> None:
        self.dataset, self.num_classes, self.metainfo = dataset, num_classes, metainfo
        self.lengths, self.guide_channels, self.num_domains = lengths, guide_channels, num_domains

    def read(self, field: str, item: Item) -> NDArray | KeyPoints:
        """The array of an item; :class:`KeyPoints` where a guide is given so.

        Raises:
            InputError: a broken file, another shape or type, values out of range.
        """
        if isinstance(item.value, Path) and item.value.suffix.lower() == '.npy':
            item = item._replace(value=read_array(item.value))
        if field in VECTORS:
            return self._vector(field, item)
        if field == 'domain':
            return self._domain(item)
        if field in MASKS:
            return self._mask(item)
        if field in POINTS or (field in GUIDES and self._are_points(item)):
            return KeyPoints(self._points(item), item.where)
        if field in GUIDES:
            return self._guide(item)
        if field in (*LABELS, 'instance'):
            return self._ids(field, item)
        if field == 'audio':
            return self._sound(item)
        if field in ('instance_features', 'region_styles'):
            return check_finite(np.asarray(item.value, np.float32), item.where)
        return self._picture(item)

    def _picture(self, item: Item) -> NDArray[np.uint8]:
        if isinstance(item.value, Path):
            return read_image(item.value)
        if isinstance(item.value, Image.Image):
            return levels(item.value, item.where)
        value = item.value
        if isinstance(value, Tensor):
            if not value.is_floating_point() or value.dim() != 3 or len(value) != 3 \
                    or not value.abs().max() <= 1:
                raise InputError(f'{item.where}: a tensor of a picture is (3, H, W) in [-1, 1], found '
                                 f'{tuple(value.shape)} of {value.dtype}')
            return np.rint((value.cpu().float().numpy().transpose(1, 2, 0) + 1) * 127.5).astype(np.uint8)
        if value.dtype != np.uint8 or value.ndim not in (2, 3) or (value.ndim == 3 and value.shape[2] != 3):
            raise InputError(f'{item.where}: an array of a picture is (H, W, 3) uint8 in RGB, found '
                             f'{value.shape} of {value.dtype}')
        return value if value.ndim == 3 else np.stack([value] * 3, axis=2)

    def _ids(self, field: str, item: Item) -> NDArray:
        palette = self._palette() if field in LABELS else None
        ids = self._stored(item, palette, f'{field} map')
        if field in LABELS and ids.ndim == 3 and ids.shape[2] == 3 and palette is not None:
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

    def _palette(self) -> Sequence[Sequence[int]] | None:
        """In whose colours a label map may be stored: those that the data set states."""
        return getattr(self.dataset, 'palette', self.metainfo.get('palette'))

    def _stored(self, item: Item, palette: Sequence[Sequence[int]] | None, what: str) -> NDArray:
        """Ids (H, W), or the colours of a palette (H, W, 3)."""
        value = item.value
        if isinstance(value, Path):
            value = open_picture(value)
        if isinstance(value, Image.Image):
            mapped = bool(getattr(self.dataset, 'label_map', None))
            return ids_or_colours(value, item.where, palette, what, indices_are_ids=mapped)
        return value.cpu().numpy() if isinstance(value, Tensor) else value

    def _are_points(self, item: Item) -> bool:
        if self.metainfo.get('guide_palette') is not None:
            return False  # guides are label maps
        if isinstance(item.value, Path):
            return item.value.suffix.lower() in KEYPOINT_SUFFIXES
        return not isinstance(item.value, Image.Image) and item.value.ndim == 2 \
            and item.value.shape[1] in (2, 3)

    def _points(self, item: Item) -> NDArray[np.float32]:
        joints = self.metainfo.get('joints')
        count = len(joints) if joints else None
        if isinstance(item.value, Path):
            return read_keypoints(item.value, count)
        return as_keypoints(item.value, item.where, count)

    def _guide(self, item: Item) -> NDArray:
        """(H, W, 3) uint8, or maps (K, H, W) float32."""
        value, palette = item.value, self.metainfo.get('guide_palette')
        if isinstance(value, (Path, Image.Image)):
            value = self._picture(item) if palette is None else self._guide_map(item, palette)
        if self.guide_channels == 3:
            is_label_map = palette is not None and isinstance(value, np.ndarray) and value.ndim == 2
            return colourise(value, palette) if is_label_map else self._picture(item._replace(value=value))
        maps = np.asarray(value.cpu() if isinstance(value, Tensor) else value)
        if maps.ndim == 3 and maps.shape[2] == self.guide_channels != maps.shape[0]:
            maps = maps.transpose(2, 0, 1)  # as the person papers store them
        if maps.ndim != 3 or len(maps) != self.guide_channels:
            raise InputError(f'{item.where}: expected maps of {self.guide_channels} channels or key points '
                             f'(J, 3), found {maps.shape} of {maps.dtype}')
        return check_finite(np.ascontiguousarray(maps, np.float32), item.where)

    def _guide_map(self, item: Item, palette: Sequence[Sequence[int]]) -> NDArray:
        """Ids of a label map that is a guide; of one in colours, or of a JPEG, the picture."""
        image = open_picture(item.value) if isinstance(item.value, Path) else item.value
        if image.mode not in ID_MODES or image.format == 'JPEG':
            return levels(image, item.where)
        return ids_or_colours(image, item.where, palette)

    def _sound(self, item: Item) -> NDArray[np.float32]:
        """(F, S) pieces."""
        value, piece = item.value, self.lengths['audio']
        if isinstance(value, Path):
            value = read_sound(value, FRAMES_A_SECOND * piece)
        value = np.asarray(value.cpu() if isinstance(value, Tensor) else value)
        if value.ndim == 1:
            value = cut_into_pieces(value, piece, item.where)
        if value.ndim != 2 or value.shape[1] != piece or not np.isfinite(value).all():
            raise InputError(f'{item.where}: expected finite samples (N,), or pieces (F, {piece}) of 0.1 s, '
                             f'at the scale of int16, found an array of {value.shape}')
        return value.astype(np.float32)

    def _vector(self, field: str, item: Item) -> NDArray[np.float32]:
        value, length = item.value, self.lengths[field]
        if isinstance(value, Path):
            value = read_numbers(value)
            value = value[0] if len(value) == 1 else value.squeeze(-1) if value.shape[1] == 1 else value
        elif isinstance(value, str):
            value = self._marks(field, value, item.where)
        vector = np.asarray(value.cpu() if isinstance(value, Tensor) else value, np.float32)
        if vector.shape != (length,) or not np.isfinite(vector).all():
            names = self._names(field)
            meaning = f' ({", ".join(names)})' if names else ''
            raise InputError(f'{item.where}: expected {length} finite numbers{meaning}, found an array of '
                             f'{vector.shape}{"" if np.isfinite(vector).all() else ", not all of it finite"}')
        return vector

    def _domain(self, item: Item) -> NDArray[np.int64]:
        """A number, or a domain's name."""
        value, names = item.value, [name.lower() for name in domain_names(self.metainfo)]
        if isinstance(value, str) and value.strip().lower() in names:
            value = names.index(value.strip().lower())
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = -1
        if not 0 <= number < self.num_domains:
            known = f' or one of {", ".join(names)}' if names else ''
            raise InputError(f'{item.where}: expected a domain from 0 to {self.num_domains - 1}{known}, '
                             f'found {str(value)!r}{nearest(str(value), names)}')
        return np.int64(number)

    def _mask(self, item: Item) -> NDArray[np.float32]:
        """(H, W): 1 where a picture of grey levels, or an array, is not 0."""
        mask = self._stored(item, None, 'mask')
        mask = mask[0] if mask.ndim == 3 and len(mask) == 1 else mask
        if mask.ndim != 2:
            raise InputError(f'{item.where}: expected a mask (H, W), found {mask.shape} of {mask.dtype}')
        return (mask > 0).astype(np.float32)

    def _names(self, field: str) -> Sequence[str]:
        """What the numbers of a vector are called."""
        return self.metainfo.get(dict(attributes='attributes', style_shares='classes').get(field), ())

    def _marks(self, field: str, text: str, where: str) -> list[float]:
        """``'male, young'`` or ``'0,0,1,1,0'`` as numbers."""
        words, names = [word.strip() for word in text.split(',')], self._names(field)
        try:
            return [float(word) for word in words]
        except ValueError:
            known = {name.lower(): i for i, name in enumerate(names)}
            marks = [0.0] * len(known)
            for word in filter(None, words):
                if word.lower() not in known:
                    raise InputError(f'{where}: there is no {KINDS[field]} {word!r}{nearest(word, names)} '
                                     f'(known: {", ".join(names)})') from None
                marks[known[word.lower()]] = 1.0
            return marks


def domain_names(metainfo: dict) -> Sequence[str]:
    """Of a data set of domains, or whose classes are domains; empty where it does not name them."""
    return metainfo.get('domains', metainfo.get('classes', ()))
