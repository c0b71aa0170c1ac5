"""Features of pictures as rows, as the measures of sets of pictures compare them."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ggtoolbox.datasets.tables import read_archive
from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones.judge import JudgeNetwork

from .networks import describe, name_of, named_network, shared_extractor

FeatureNetwork = dict | torch.nn.Module | str
DEFAULT = 'InceptionV3'  # of which alone the measures have their plain names
SIDE = 224  # to which EfficientNet-Lite0 has pictures brought, as those that it learnt from
BATCH = 32


class FeatureRows:
    """A row of features (D,) a picture.

    Args:
        measure: whose rows they are: ``FID``, ``KID``, ...
        network: a feature network by name (``InceptionV3``, ``EfficientNetLite0``, ``ResNet50``, ...), a
            judge's name, a description for ``BACKBONES``, or a module.
        layer: of its output, (D,) a picture, or (D, h, w), which is averaged; None: ``pool``, of a judge
            ``features``.
        weights: path or URL of a named network's file; None looks into torch's hub cache.
        resize: of InceptionV3, see :class:`~ggtoolbox.models.backbones.inception.InceptionV3`.

    Attributes:
        name: the measure's, with the network's name unless it is the default: ``FD_<network>`` for FID,
            ``<measure>_<network>`` else.
        protocol: network and layer in words.

    Raises:
        InputError: an unknown name; no weights.
    """

    def __init__(self, measure: str, network: FeatureNetwork, layer: str | None = None,
                 weights: str | None = None, resize: str = 'half_pixel') -> None:
        if network == DEFAULT:
            self.name = measure if resize == 'half_pixel' else f'{measure}_{resize}'
        else:
            self.name = f"{'FD' if measure == 'FID' else measure}_{name_of(network)}"
        self.layer = layer or 'pool'
        if isinstance(network, str):
            settings = dict(resize=resize) if network == DEFAULT else dict(layers=(self.layer,))
            if network == 'EfficientNetLite0':
                settings['size'] = SIDE
            network = named_network(network, self.name, weights, settings)
        if layer is None and _is_judge(network):
            self.layer = 'features'
        self.network, self.extractor = name_of(network), shared_extractor(network)
        detail = f", 299 px {resize.replace('_', ' ')}" if self.network == DEFAULT else ''
        self.protocol = f'{describe(network)}, {self.layer}{detail}'

    def of_samples(self, samples: list[dict], sides: dict[str, str]) -> list[dict[str, NDArray]]:
        """Side -> row of each sample, as far as it has the side's field.

        Args:
            sides: name -> field.

        Raises:
            InputError: it has none of them, or the network has no such layer.
        """
        found: list[dict[str, NDArray]] = [{} for _ in samples]
        for side, field in sides.items():
            having = [(row, sample) for row, sample in zip(found, samples) if field in sample]
            if having:
                rows, chosen = map(list, zip(*having))
                for row, layers in zip(rows, self.extractor.of_field(chosen, field, self.name)):
                    row[side] = self._row(layers)
        if not all(found):
            fields = ' nor '.join(map(repr, sides.values()))
            raise InputError(f"{self.name}: the sample {samples[0].get('name')!r} has neither {fields}")
        return found

    def of_images(self, images: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(N, D) of pictures (H, W, 3) of 8 bits, of which a batch at a time is kept; (0, 0) of none."""
        images, rows = iter(images), []
        while batch := list(islice(images, BATCH)):
            rows += [self._row(layers) for layers in self.extractor.of_images(batch)]
        return np.stack(rows) if rows else np.empty((0, 0), np.float32)

    def read(self, path: str | Path, names: Sequence[str]) -> list[NDArray]:
        """Arrays of an ``.npz`` of statistics, which must be of this network if it says of which it is.

        Raises:
            InputError: no such file or arrays; another network's or layer's.
        """
        arrays = read_archive(path, names, '.npz file')
        with np.load(path, allow_pickle=False) as file:
            try:
                said = str(file['network']) if 'network' in file else None
            except ValueError as error:
                raise InputError(f"{path}: expected 'network' to be text ({error})") from error
        if said not in (None, f'{self.network}/{self.layer}'):
            raise InputError(f'{path}: these are statistics of {said}, expected {self.network}/{self.layer}')
        return arrays

    def read_rows(self, path: str | Path) -> NDArray:
        """``features`` (N, D) of such a file, two rows or more."""
        rows, = self.read(path, ('features',))
        if rows.ndim != 2 or len(rows) < 2:
            raise InputError(f'{path}: expected features (N, D) of two images or more, found {rows.shape}')
        return rows

    def _row(self, layers: dict[str, torch.Tensor]) -> NDArray[np.float32]:
        if self.layer not in layers:
            raise InputError(f'{self.name}: the network has no layer {self.layer!r} (it has '
                             f'{", ".join(layers)})')
        value = layers[self.layer]
        return (value.mean((1, 2)) if value.dim() == 3 else value).cpu().numpy()


def _is_judge(network: FeatureNetwork) -> bool:
    return isinstance(network, (str, JudgeNetwork)) or name_of(network) == JudgeNetwork.__name__


def two_sides(results: list[dict[str, NDArray]], real: NDArray | None, owner: str, least: int = 2
              ) -> tuple[NDArray, NDArray]:
    """(N, D) rows of the generated and (M, D) of the real images.

    Args:
        results: rows by side, a sample each.
        real: those of statistics; None for those of the samples.
        least: images that a side must have.

    Raises:
        InputError: fewer images; rows of different lengths.
    """
    sides = {side: [row[side] for row in results if side in row] for side in ('generated', 'real')}
    if real is not None:
        sides['real'] = list(real)
    for side, rows in sides.items():
        if len(rows) < least:
            raise InputError(f'{owner}: needs at least {least} {side} images, found {len(rows)}')
    generated, real = (np.stack(rows) for rows in sides.values())
    if generated.shape[1] != real.shape[1]:
        raise InputError(f'{owner}: the statistics of the real images are of {real.shape[1]} features, '
                         f'expected {generated.shape[1]}')
    return generated, real
