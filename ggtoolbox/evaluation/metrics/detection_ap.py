"""detAP: are the instances that were asked for there, one by one?"""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import read_json
from ggtoolbox.registry import METRICS

from ..detection import COCO_THRESHOLDS, Boxes, average_precision, instance_boxes
from ..images import read_array
from .base import ListMetric


@METRICS.register_module()
class DetectionAP(ListMetric):
    """Average precision of a detector's boxes in generated images, 0 to 1, higher is better.

    Protocol: a detector trained on real images is run on the generated ones, wherever it runs; its boxes are
    held against those of the instances that the images were made from. Average over IoU 0.50, 0.55, ..., 0.95
    and over the classes that occur, 101 recall points, at most 100 detections an image (COCO). Dundar et al.,
    Panoptic-based Image Synthesis, CVPR 2020, whose detector is not given.

    Args:
        detections: a JSON file as COCO's tools write it: a list of ``image_id`` (the sample's ``name``),
            ``category_id`` (a class of the label map), ``bbox`` (x, y, width, height in pixels of the image)
            and ``score``.
        things: classes whose instances are wanted.
    """

    name = 'detAP'

    def __init__(self, detections: str, things: Sequence[int], collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.things, self.file = tuple(things), detections
        self.detections = read_detections(detections)
        self.protocol = f'boxes of {Path(detections).name}; COCO average precision of {len(things)} classes'

    def judge(self, samples: list[dict]) -> list[tuple[Boxes, Boxes]]:
        results = []
        for sample in samples:
            label, instance = (read_array(sample, field, self.name) for field in ('label', 'instance'))
            if sample.get('name') not in self.detections:
                raise InputError(f'{self.name}: {self.file} holds no detections of the image '
                                 f'{sample.get("name")!r} (an image without any has an entry of score 0)')
            results.append((self.detections[sample['name']], instance_boxes(label, instance, self.things)))
        return results

    def summarise(self, results: list[tuple[Boxes, Boxes]]) -> dict[str, float]:
        # what mmengine hands between processes are plain tuples
        found, truth = ([Boxes(*boxes) for boxes in side] for side in zip(*results))
        by_class = average_precision(found, truth)
        if not by_class:
            raise InputError(f'{self.name}: the images hold no instance of the classes {self.things}')
        means = np.mean(list(by_class.values()), axis=0)
        at = dict(zip(np.round(COCO_THRESHOLDS, 2), means))
        return dict(detAP=means.mean(), detAP50=at[0.5], detAP75=at[0.75])


def read_detections(path: str) -> dict[str, Boxes]:
    """Image's name -> its boxes, of a COCO results file.

    Raises:
        InputError: the file is not there, or not such a list.
    """
    try:
        rows = read_json(path)
        grouped: dict[str, list[tuple]] = {}
        for row in rows:
            x, y, width, height = map(float, row['bbox'])
            grouped.setdefault(str(row['image_id']), []).append(
                (x, y, x + width, y + height, int(row['category_id']), float(row['score'])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f'{path}: expected a JSON list of detections with image_id, category_id, bbox and '
                         f'score, found {type(error).__name__}: {error}') from error
    tables = {name: np.array(found, np.float64) for name, found in grouped.items()}
    return {name: Boxes(table[:, :4], table[:, 4].astype(np.int64), table[:, 5])
            for name, table in tables.items()}
