"""Mean intersection over union and pixel accuracy of what a segmenter sees in generated images."""
from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS
from ggtoolbox.structures import IGNORED_LABEL

from ..images import read_array
from ..segmenter import Segmenter
from .base import StreamingMetric


def confusion_matrix(predicted: NDArray, label: NDArray, num_classes: int,
                     ignore_index: int = IGNORED_LABEL) -> NDArray[np.int64]:
    """(C, C): how many pixels of class i (row) were predicted as class j; ignored labels count nowhere.

    Raises:
        InputError: maps of different sizes, or a class beyond ``num_classes``.
    """
    if predicted.shape != label.shape:
        raise InputError(f'segmentation: a predicted map is of shape {predicted.shape}, expected '
                         f'{label.shape} as its label')
    counted = label != ignore_index
    rows, columns = label[counted].astype(np.int64), predicted[counted].astype(np.int64)
    for what, ids in (('label', rows), ('predicted', columns)):
        wrong = ids[(ids < 0) | (ids >= num_classes)]
        if wrong.size:
            raise InputError(f'segmentation: {what} class {wrong[0]} was found, expected 0 to '
                             f'{num_classes - 1}')
    return np.bincount(rows * num_classes + columns, minlength=num_classes ** 2).reshape(num_classes, -1)


def mean_iou(confusion: NDArray) -> float:
    """Mean over classes of intersection / union; classes that are in no map are left out; NaN if all are."""
    hits = np.diag(confusion)
    union = confusion.sum(0) + confusion.sum(1) - hits
    seen = union > 0
    return float((hits[seen] / union[seen]).mean()) if seen.any() else float('nan')


def pixel_accuracy(confusion: NDArray) -> float:
    """Correct over counted pixels; NaN if none counts."""
    total = confusion.sum()
    return float(np.trace(confusion) / total) if total else float('nan')


def class_accuracy(confusion: NDArray) -> float:
    """Mean over classes that some label has of the share of its pixels that are correct."""
    pixels = confusion.sum(1)
    seen = pixels > 0
    return float((np.diag(confusion)[seen] / pixels[seen]).mean()) if seen.any() else float('nan')


@METRICS.register_module()
class SegmentationAccuracy(StreamingMetric):
    """mIoU, pixel accuracy and class accuracy, 0 to 1, of a segmenter's maps of the generated images.

    Protocol: one confusion matrix over all pixels of all images (not an image, then a mean); pixels of label
    255 count nowhere; ``mIoU``: mean over the classes that are in a label or in a prediction; ``Acc``: share
    of pixels; ``Class_acc``: mean over labelled classes (the "per-class accuracy" of the tables on Dayton).
    The segmenter is the protocol: the papers take DRN-D-105 (Cityscapes), UperNet-101 (ADE20K) and DeepLabV2
    (COCO-Stuff), which are not here; run them on the generated images, write label maps, and compare these
    with ``tools/evaluate.py``; or give one of ours.

    Args:
        num_classes: C.
        key: field of the generated image, for the segmenter.
        label: field of the labels.
        segmenter: a network of ``BACKBONES``, a module, or a judge's name, with ``logits`` (B, C, h, w).
        weights: path or URL of its state dict, where the network does not load its own.
        predicted: field with (H, W) predicted classes; read where there is no segmenter.
        ignore_index: label that does not count.
    """

    name = 'mIoU'
    values = 'mIoU', 'Acc', 'Class_acc'

    def __init__(self, num_classes: int, key: str = 'image', label: str = 'label',
                 segmenter: dict | torch.nn.Module | str | None = None, weights: str | None = None,
                 predicted: str = 'predicted_label', ignore_index: int = IGNORED_LABEL,
                 collect_device: str = 'cpu') -> None:
        self.num_classes, self.key, self.label = num_classes, key, label
        self.predicted, self.ignore_index = predicted, ignore_index
        super().__init__(collect_device)
        self.segmenter = None if segmenter is None else Segmenter(segmenter, weights, self.name)
        finder = 'given label maps' if segmenter is None else self.segmenter.description
        self.protocol = f'{finder}, {num_classes} classes, all pixels pooled, {ignore_index} ignored'

    def new_state(self) -> dict:
        return dict(confusion=np.zeros((self.num_classes, self.num_classes), np.int64), images=0)

    def contributions(self, samples: list[dict]) -> list[NDArray[np.int64]]:
        predicted = [read_array(sample, self.predicted, self.name) for sample in samples] \
            if self.segmenter is None else self.segmenter(samples, self.key)
        return [confusion_matrix(found, read_array(sample, self.label, self.name), self.num_classes,
                                 self.ignore_index) for found, sample in zip(predicted, samples)]

    def fold(self, contribution: NDArray[np.int64]) -> None:
        self.state['confusion'] += contribution
        self.state['images'] += 1

    def summarise(self, states: list[dict]) -> dict[str, float]:
        confusion = sum(state['confusion'] for state in states)
        return self.tell(dict(mIoU=mean_iou(confusion), Acc=pixel_accuracy(confusion),
                              Class_acc=class_accuracy(confusion)), sum(state['images'] for state in states))
