"""A sample at the size that a model wants, as the test data of its config are brought there, and back."""
from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from mmengine.config import ConfigDict
from numpy.typing import NDArray
from torch import nn

from ggtoolbox.datasets.face_landmarks import landmark_segmentation
from ggtoolbox.datasets.guides import render_guide
from ggtoolbox.datasets.transforms.geometry import MAPS, PICTURES, resize
from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.derived import first_attribute
from ggtoolbox.registry import TRANSFORMS

from .sizes import Size, size_of_data
from .values import KeyPoints

# Steps that need what there is only in a data set, or that the inferencer takes itself.
NOT_GEOMETRY = ('PackTensors', 'InstanceEdge', 'CannyEdge', 'LabelFromGrey', 'RandomMirror',
                'RandomMirrorPerson')

EXEMPLARS = dict(exemplar_image='target_image', exemplar_label='label', exemplar_guide='target_guide',
                 exemplar_mask='mask')


class Way(NamedTuple):
    """How a generated picture gets the size of its input; None of both: it keeps the model's.

    Attributes:
        crop: (H, W) to cut out, from the upper left corner.
        resize: (H, W) to resize to.
    """

    crop: Size | None = None
    resize: Size | None = None

    def back(self, array: NDArray, generated: Size) -> NDArray:
        """A picture (H, W, 3) uint8, or maps (..., H, W) as far as they have the size ``generated``."""
        is_picture = array.dtype == np.uint8 and array.ndim == 3 and array.shape[2] == 3
        if self.crop is not None:
            if is_picture:
                return array[:self.crop[0], :self.crop[1]]
            return array[..., :self.crop[0], :self.crop[1]] if array.shape[-2:] == generated else array
        return resize(array, self.resize[1], self.resize[0], True) if self.resize and is_picture else array


class Fitting:
    """Brings samples to the model's size and pictures back to the sample's.

    Args:
        settings: of the test data; its pipeline's geometry is applied as it stands.
        generator: of the model.
        guide_channels: of the guides that key points are drawn as.
        dataset: the data set, for what it says of its heat maps.

    Attributes:
        size: (H, W) of the model's pictures; None if it depends on the input.
        fixed: (H, W) if the generator can make no other.
    """

    def __init__(self, settings: ConfigDict, generator: nn.Module, guide_channels: int,
                 dataset: object) -> None:
        steps = [TRANSFORMS.build(step) for step in settings.get('pipeline') or ()
                 if step['type'] not in NOT_GEOMETRY]
        self.steps, fixed = steps, first_attribute(generator, 'image_size')
        self.fixed = None if fixed is None else tuple(fixed)
        self.guide_channels = guide_channels
        self.dataset = dataset
        self.sigma = getattr(dataset, 'sigma', None)
        self.single_pixels = getattr(dataset, 'guide', None) == 'single_pixels'
        self.size = size_of_data(settings) or self.fixed

    def __call__(self, sample: dict, to_model: bool = True, keypoints_size: Size | None = None
                 ) -> tuple[dict, Way]:
        """As :meth:`fit`; a picture that gives the style, and its label map, come to the model's size by
        themselves."""
        theirs = {word: sample[field] for field, word in EXEMPLARS.items() if field in sample}
        own = {field: value for field, value in sample.items() if field not in EXEMPLARS}
        fitted, way = self.fit(own, to_model, keypoints_size)
        if theirs:
            points = {field: value for field, value in theirs.items() if isinstance(value, KeyPoints)}
            shown = theirs.get('target_image')
            again = self._to_model(theirs, points, self.size if shown is None else extent(shown))
            fitted = {**fitted, **{field: again[word] for field, word in EXEMPLARS.items() if word in again}}
        return fitted, way

    def fit(self, sample: dict, to_model: bool = True, keypoints_size: Size | None = None
                 ) -> tuple[dict, Way]:
        """The sample at the size that the model gets, and the way back.

        Args:
            sample: field -> (H, W, 3) uint8, (H, W) ids, (K, H, W) maps or key points.
            to_model: as the config's test data are brought to the model's size; False: only padded to a size
                that the layers can halve and double (a generator of a fixed size: resized).
            keypoints_size: (H, W) of the picture that key points belong to; None = the sample's own picture,
                or the model's size where there is none.

        Raises:
            InputError: sizes that differ where they may not.
        """
        sizes = {field: extent(value) for field, value in sample.items() if _lies_on_grid(field, value)}
        if {'label', 'instance'} <= sizes.keys() and sizes['instance'] != sizes['label']:
            raise InputError(f"instance: expected the label map's {_pixels(sizes['label'])}, found "
                             f"{_pixels(sizes['instance'])}")
        own = next(iter(sizes.values()), None)
        frame = keypoints_size or own or self.size
        points = {field: value for field, value in sample.items() if isinstance(value, KeyPoints)}
        if points and frame is None:
            raise InputError(f'{next(iter(points.values())).where}: keypoints_size must say which size of '
                             'picture these key points belong to')
        if to_model:
            return self._to_model(sample, points, frame), Way()
        own = own or frame
        if len({*sizes.values()}) > 1:
            found = ', '.join(f'{field} {_pixels(size)}' for field, size in sizes.items())
            raise InputError(f'inputs of one sample must have one size where they are not resized, found '
                             f'{found}')
        drawn = {**sample, **{field: self._draw(field, value, own, frame) for field, value in points.items()}}
        if own is None or self.fixed is not None:
            return self._resized(drawn, self.fixed), Way(resize=own)
        stride = math.gcd(*self.size) if self.size else 32
        stride &= -stride  # its largest power of two
        height, width = (math.ceil(length / stride) * stride for length in own)
        margin = ((0, height - own[0]), (0, width - own[1]))
        return {field: _pad(value, margin) if _lies_on_grid(field, value) else value
                for field, value in drawn.items()}, Way(crop=own)

    def _to_model(self, sample: dict, points: dict[str, KeyPoints], frame: Size | None) -> dict:
        early = self.steps and self.guide_channels == 3
        size = frame if early else self.size or frame
        drawn = {**sample, **{name: self._draw(name, value, size, frame) for name, value in points.items()}}
        if not self.steps:
            return self._resized(drawn, self.size)
        maps = {field: value for field, value in drawn.items()
                if not _lies_on_grid(field, value) or value.shape[:2] != extent(value)}
        moved = {field: value for field, value in drawn.items() if field not in maps}
        for step in self.steps if moved else ():
            moved = step(moved)
        return {**maps, **moved}

    def _draw(self, field: str, keypoints: KeyPoints, size: Size, frame: Size) -> NDArray:
        points = keypoints.points.copy()
        points[:, :2] *= np.array([size[1] / frame[1], size[0] / frame[0]], np.float32)
        if field == 'label':
            return landmark_segmentation(points, size)
        if hasattr(self.dataset, 'draw_guide'):
            return self.dataset.draw_guide(points, size)
        return render_guide(points, size, self.guide_channels, keypoints.where, self.sigma,
                            self.single_pixels)

    @staticmethod
    def _resized(sample: dict, size: Size | None) -> dict:
        if size is None:
            return sample
        fitted = {}
        for field, value in sample.items():
            if _lies_on_grid(field, value) and extent(value) != size:
                if value.shape[:2] != extent(value):
                    raise InputError(f'{field}: maps must be {_pixels(size)}, found '
                                     f'{_pixels(extent(value))}; key points can be given instead')
                value = resize(value, size[1], size[0], smooth=field in PICTURES)
            fitted[field] = value
        return fitted


def extent(value: NDArray) -> Size:
    """(H, W) of a picture (H, W, 3) uint8, ids (H, W) or maps (K, H, W)."""
    return value.shape[:2] if value.ndim == 2 or value.dtype == np.uint8 else value.shape[-2:]


def _pixels(size: Size) -> str:
    return f'{size[1]} x {size[0]} pixels'


def _lies_on_grid(field: str, value: NDArray | KeyPoints) -> bool:
    return field in (*PICTURES, *MAPS, 'instance_features') and not isinstance(value, KeyPoints)


def _pad(value: NDArray, margin: tuple) -> NDArray:
    """Pictures and ids go on as their border is, maps with zeros."""
    if value.ndim == 3 and value.dtype != np.uint8:
        return np.pad(value, ((0, 0), *margin))
    return np.pad(value, (*margin, (0, 0))[:value.ndim], mode='edge')
