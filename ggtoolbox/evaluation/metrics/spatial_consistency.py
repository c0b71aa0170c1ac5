"""SCGAN's accuracy of spatial consistency, with its floor and its ceiling."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS
from ggtoolbox.structures import IGNORED_LABEL

from ..images import read_array
from ..segmenter import Segmenter
from .base import StreamingMetric


class Agreement(NamedTuple):
    """One image's maps against its label.

    Attributes:
        generated, real: (H, W) classes that the segmenter sees in the generated and in the real image.
        label: (H, W).
    """

    generated: NDArray
    real: NDArray
    label: NDArray


def agreeing_share(predicted: NDArray, label: NDArray, ignore_index: int = IGNORED_LABEL) -> float:
    """Share of an image's pixels, ignored ones aside, where both say the same; NaN if all are ignored."""
    counted = label != ignore_index
    return float((predicted == label)[counted].mean()) if counted.any() else float('nan')


class Chance:
    """Expected agreement of maps with the labels of other images: the mean over all unpaired pairs.

    A histogram of classes at each place holds all that is needed: the sum over all pairs of images is the
    sum over places and classes of the two histograms' product, from which the true pairs are taken off.
    """

    def __init__(self, num_classes: int) -> None:
        self.num_classes, self.images, self.agreeing, self.counted = num_classes, 0, 0, 0
        self.predicted: NDArray[np.int64] | None = None  # (C, H, W)
        self.labels: NDArray[np.int64] | None = None

    def add(self, predicted: NDArray, label: NDArray) -> None:
        """One image's maps (H, W); labels beyond the classes are ignored."""
        if self.predicted is None:
            self.predicted, self.labels = (np.zeros((self.num_classes, *label.shape), np.int64)
                                           for _ in range(2))
        if label.shape != self.labels.shape[1:]:
            raise InputError(f'Floor: a label map is of shape {label.shape}, expected '
                             f'{self.labels.shape[1:]} as the others, so that any two can be compared')
        rows, columns = np.indices(label.shape)
        known = label < self.num_classes
        np.add.at(self.predicted, (predicted, rows, columns), 1)
        np.add.at(self.labels, (label[known], rows[known], columns[known]), 1)
        self.agreeing += int((predicted == label)[known].sum())
        self.counted += int(known.sum())
        self.images += 1

    def merge(self, other: Chance) -> None:
        """Take in another one's images."""
        if other.predicted is None:
            return
        if self.predicted is None:
            self.predicted, self.labels = np.zeros_like(other.predicted), np.zeros_like(other.labels)
        if self.labels.shape != other.labels.shape:
            raise InputError(f'Floor: label maps are of shapes {self.labels.shape[1:]} and '
                             f'{other.labels.shape[1:]}, expected one, so that any two can be compared')
        self.predicted += other.predicted
        self.labels += other.labels
        self.agreeing, self.counted = self.agreeing + other.agreeing, self.counted + other.counted
        self.images += other.images

    def share(self) -> float:
        """Expected share of pixels; NaN of fewer than two images."""
        if self.images < 2:
            return float('nan')
        agreeing = float((self.predicted * self.labels).sum() - self.agreeing)
        return agreeing / (self.counted * (self.images - 1))


@METRICS.register_module()
class SpatialConsistency(StreamingMetric):
    """Accuracy of spatial consistency (SCGAN, section 5, table 1), 0 to 1, higher is better.

    Protocol: the segmenter's map of the generated image against the input map, share of pixels an image, mean
    over images (``Consistency``). ``Consistency_ceiling``: the same of the real images.
    ``Consistency_floor``: real images against the labels of *other* images. The paper shuffles the pairs
    once; here it is the mean over all unpaired pairs, which is what a shuffle gives on average, and needs no
    chance (all maps of one size; NaN of one image). Ignored labels (255) do not count. Published: CelebA
    0.9204 / 0.9895 / 0.9928 (floor, SCGAN, ceiling), DeepFashion 0.8027 / 0.8323 / 0.8341, by their own
    segmenter, trained with SCGAN, on images resized to 128.

    Args:
        num_classes: of the segmentation.
        key, target, label: fields of the generated image, the real one, and the map.
        segmenter: a network of ``BACKBONES``, a module, or a judge's name, with ``logits`` (B, C, h, w).
        weights: path or URL of its state dict, where the network does not load its own.

    Raises:
        InputError: maps of different sizes.
    """

    name = 'Consistency'
    values = 'Consistency', 'Consistency_floor', 'Consistency_ceiling'

    def __init__(self, num_classes: int, segmenter: dict | torch.nn.Module | str, weights: str | None = None,
                 key: str = 'image', target: str = 'target_image', label: str = 'label',
                 collect_device: str = 'cpu') -> None:
        self.num_classes = num_classes
        super().__init__(collect_device)
        self.key, self.target, self.label = key, target, label
        self.segmenter = Segmenter(segmenter, weights, self.name)
        self.protocol = f'{self.segmenter.description}, {num_classes} classes, share an image, mean of images'

    def new_state(self) -> dict:
        return dict(generated=[], real=[], chance=Chance(self.num_classes))

    def contributions(self, samples: list[dict]) -> list[Agreement]:
        maps = (self.segmenter(samples, field) for field in (self.key, self.target))
        labels = [read_array(sample, self.label, self.name) for sample in samples]
        found = [Agreement(*row) for row in zip(*maps, labels)]
        for sample, (generated, real, label) in zip(samples, found):
            if not generated.shape == real.shape == label.shape:
                raise InputError(f"{self.name}: the maps of the sample {sample.get('name')!r} are of shapes "
                                 f'{generated.shape} and {real.shape}, expected {label.shape} as its label')
        return found

    def fold(self, contribution: Agreement) -> None:
        generated, real, label = contribution
        self.state['generated'].append(agreeing_share(generated, label))
        self.state['real'].append(agreeing_share(real, label))
        self.state['chance'].add(real, label)

    def summarise(self, states: list[dict]) -> dict[str, float]:
        generated, real = ([share for state in states for share in state[side]]
                           for side in ('generated', 'real'))
        if not generated:
            raise InputError(f'{self.name}: there are no images to judge')
        chance, *others = (state['chance'] for state in states)
        for other in others:
            chance.merge(other)
        return self.tell(dict(Consistency=np.nanmean(generated), Consistency_floor=chance.share(),
                              Consistency_ceiling=np.nanmean(real)), len(generated))
