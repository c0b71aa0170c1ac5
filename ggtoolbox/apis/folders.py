"""Metrics of two folders of images, with no model."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ggtoolbox.datasets.files import list_images, pair_files, read_ids, read_image
from ggtoolbox.datasets.person_files import read_annotations
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.base import Metric
from ggtoolbox.evaluation.networks import MissingWeights
from ggtoolbox.evaluation.table import Row, result_rows
from ggtoolbox.registry import METRICS, nearest
from ggtoolbox.structures import check_num_classes

GENERATED, REAL = 'generated image', 'real image'


class Kind(NamedTuple):
    """How a metric is built from folders.

    Attributes:
        cfg: ``type`` and arguments.
        weights: argument -> name of a file of weights that it may be given.
        needs: ``pairs``: real and generated images of the same names; ``sets``: both, whatever their names;
            ``generated``: these alone; ``keypoints``: pairs, and the real images' key points; ``csv``:
            two files of key points; ``labels``: label maps in both folders; ``samples``: generated
            images, those of one input in a folder of its own.
    """

    cfg: dict
    weights: dict[str, str] = {}
    needs: str = 'pairs'


INCEPTION, PLACES = dict(weights='inception'), dict(weights='places')
FOLDER_METRICS = {
    'psnr': Kind(dict(type='PSNR')),
    'psnr_crossview': Kind(dict(type='CrossViewPSNR')),
    'ssim': Kind(dict(type='SSIM')),
    'ssim_crossview': Kind(dict(type='CrossViewSSIM')),
    'ssim_person': Kind(dict(type='PersonSSIM', jpeg=False)),
    'ssim_person_fashion': Kind(dict(type='PersonSSIM', jpeg=False, white_columns=40)),
    'mask_ssim': Kind(dict(type='MaskSSIM', jpeg=False), needs='keypoints'),
    'l1_person': Kind(dict(type='PersonL1', jpeg=False)),
    'sd': Kind(dict(type='SharpnessDifference')),
    'lpips': Kind(dict(type='LPIPS'), dict(weights='alexnet', linear_weights='lpips_alex')),
    'lpips_vgg': Kind(dict(type='LPIPS', backbone='vgg'), dict(weights='vgg16', linear_weights='lpips_vgg')),
    'lpips_squeeze': Kind(dict(type='LPIPS', backbone='squeeze'),
                          dict(weights='squeezenet', linear_weights='lpips_squeeze')),
    'fid': Kind(dict(type='FID'), INCEPTION, 'sets'),
    'fid_tensorflow': Kind(dict(type='FID', resize='tensorflow'), INCEPTION, 'sets'),
    'kid': Kind(dict(type='KID'), INCEPTION, 'sets'),
    'prdc': Kind(dict(type='PRDC'), INCEPTION, 'sets'),
    'memorisation': Kind(dict(type='Memorisation'), INCEPTION, 'sets'),
    'is': Kind(dict(type='InceptionScore'), INCEPTION, 'generated'),
    'is_fashion': Kind(dict(type='InceptionScore', white_columns=40), INCEPTION, 'generated'),
    'mask_is': Kind(dict(type='MaskInceptionScore', jpeg=False), INCEPTION, 'keypoints'),
    'is_scene': Kind(dict(type='SceneInceptionScore'), PLACES),
    'accuracy': Kind(dict(type='SceneAccuracy'), PLACES),
    'kl': Kind(dict(type='KLScore'), PLACES),
    'frd': Kind(dict(type='FRD'), dict(weights='resnet50')),
    'pckh': Kind(dict(type='PCKh'), needs='csv'),
    'miou': Kind(dict(type='SegmentationAccuracy'), needs='labels'),
    'diversity': Kind(dict(type='Diversity'), dict(weights='alexnet', linear_weights='lpips_alex'),
                      'samples'),
}
BY_FEATURES = 'FID', 'KID', 'PRDC', 'Memorisation', 'LPIPS', 'Diversity', 'FRD'
BY_STATISTICS = 'FID', 'KID', 'PRDC'
WEIGHTS = sorted({name for kind in FOLDER_METRICS.values() for name in kind.weights.values()})


def evaluate_folders(real: str | None, fake: str | None, metrics: Sequence[str],
                     weights: dict[str, str] | None = None, batch_size: int = 32,
                     keypoints: str | None = None, predicted_keypoints: str | None = None,
                     num_classes: int | None = None, feature_network: str | None = None,
                     training: str | None = None) -> list[Row]:
    """Measure generated images against real ones.

    Args:
        real, fake: folders; images of the same path below them, endings aside, belong together, which
            matters to metrics of pairs only. ``real`` may be an ``.npz`` of statistics for FID, KID and
            PRDC.
        metrics: names among :data:`FOLDER_METRICS`.
        weights: name among :data:`WEIGHTS` -> path or URL; others are looked for in torch's hub cache.
        batch_size: images at a time.
        keypoints: the papers' file of the real images' key points (``mask_ssim``, ``mask_is``, ``pckh``).
        predicted_keypoints: the same of the generated images (``pckh``).
        num_classes: of label maps (``miou``).
        feature_network: of the measures that take one, by name or a judge's, instead of their own; it is in
            their names then.
        training: folder of training images (``memorisation``).

    Raises:
        InputError: an unknown name; weights or files that are missing; names that do not match; a broken
            image, or one of more than 8 bits; whatever a metric cannot judge.
    """
    kinds = _look_up(metrics, weights or {})
    needs = {kind.needs for kind in kinds.values()}
    if 'labels' in needs and len(needs) > 1:
        raise InputError('miou reads both folders as label maps; ask for it alone')
    source = _Folders(real, fake, keypoints, predicted_keypoints, batch_size)
    groups: dict[str, list[Metric]] = {}  # that read the same samples: each image is read once for all
    for name, kind in kinds.items():
        own = dict(num_classes=num_classes, feature_network=feature_network, training=training)
        metric = _build(name, kind, weights or {}, source, own)
        groups.setdefault(_served_by(kind.needs, needs), []).append(metric)
    rows = []
    for need, group in groups.items():
        size = 0
        for samples in source.batches(need):
            for metric in group:
                metric.process({}, samples)
            size += len(samples)
        for metric in group:
            rows += result_rows([metric], metric.evaluate(size), size)
    return rows


def _look_up(metrics: Sequence[str], weights: dict[str, str]) -> dict[str, Kind]:
    for known, names, what in ((FOLDER_METRICS, metrics, 'metric'), (WEIGHTS, weights, 'file of weights')):
        for name in names:
            if name not in known:
                raise InputError(f'there is no {what} {name!r}{nearest(name, known)} (known: '
                                 f'{", ".join(known)})')
    return {name: FOLDER_METRICS[name] for name in metrics}


def _served_by(need: str, needs: set[str]) -> str:
    """The richest samples among ``needs`` that hold all that ``need`` does."""
    richer = {'sets': ('keypoints', 'pairs'), 'generated': ('keypoints', 'pairs'), 'pairs': ('keypoints',)}
    return next((other for other in richer.get(need, ()) if other in needs), need)


def _build(name: str, kind: Kind, weights: dict[str, str], source: _Folders, own: dict) -> Metric:
    """A metric.

    Args:
        own: ``num_classes``, ``feature_network`` and ``training``, for those that take them.
    """
    cfg = dict(kind.cfg, **{argument: weights.get(file) for argument, file in kind.weights.items()})
    if own['feature_network'] is not None and cfg['type'] in BY_FEATURES:
        cfg = dict(kind.cfg, feature_network=own['feature_network'])
    if cfg['type'] == 'Memorisation':
        cfg['training'] = _given(own['training'], 'the folder of training images')
    num_classes = own['num_classes']
    if kind.needs == 'labels':
        if num_classes is None:
            raise InputError(f'{name}: the number of classes must be given')
        check_num_classes(num_classes, name)
        cfg['num_classes'] = num_classes
    if source.statistics is not None:
        if cfg['type'] in BY_STATISTICS:
            cfg['statistics'] = source.statistics
        elif kind.needs != 'generated':
            raise InputError(f'{name}: the real images are needed, found statistics ({source.statistics})')
    try:
        return METRICS.build(cfg)
    except MissingWeights as error:
        if own['feature_network'] is not None:
            raise
        raise InputError(f'{error} (--weights {kind.weights[error.argument]}=PATH)') from None


class _Folders:
    """The two folders, as batches of samples."""

    def __init__(self, real: str | None, fake: str | None, keypoints: str | None,
                 predicted_keypoints: str | None, batch_size: int) -> None:
        self.real, self.fake, self.batch_size = real, fake, batch_size
        self.keypoints, self.predicted_keypoints = keypoints, predicted_keypoints
        self.statistics = real if real is not None and real.endswith('.npz') else None

    def batches(self, need: str) -> Iterator[list[dict]]:
        """Samples of what ``need`` says (see :class:`Kind`)."""
        samples = {'pairs': self._pairs, 'keypoints': self._pairs_with_keypoints, 'csv': self._csv,
                   'labels': self._labels, 'samples': self._samples,
                   'generated': lambda: self._images('image', self._generated()),
                   'sets': self._sets}[need]()
        batch = []
        for sample in samples:
            batch.append(sample)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch:
            yield batch

    def _generated(self) -> list[Path]:
        return list_images(_given(self.fake, 'the folder of generated images'))

    def _sets(self) -> Iterator[dict]:
        yield from self._images('image', self._generated())
        if self.statistics is None:
            yield from self._images('target_image',
                                    list_images(_given(self.real, 'the folder of real images')))

    def _images(self, field: str, files: list[Path]) -> Iterator[dict]:
        for file in files:
            yield {'name': file.stem, field: _read(file)}

    def _matched(self) -> list[dict[str, Path]]:
        roots = {GENERATED: Path(_given(self.fake, 'the folder of generated images')),
                 REAL: Path(_given(self.real, 'the folder of real images'))}
        roles = {role: list_images(root) for role, root in roots.items()}
        own = {path: path.relative_to(roots[role]).with_suffix('').as_posix()
               for role, files in roles.items() for path in files}
        return pair_files(roles, own.__getitem__)

    def _pairs(self) -> Iterator[dict]:
        for pair in self._matched():
            yield dict(name=pair[GENERATED].stem, image=_read(pair[GENERATED]),
                       target_image=_read(pair[REAL]))

    def _pairs_with_keypoints(self) -> Iterator[dict]:
        path = _given(self.keypoints, "the file of the real images' key points")
        known = {Path(name).stem: points for name, points in read_annotations(path).items()}
        for sample in self._pairs():
            yield dict(sample, keypoints=_of_target(known, sample['name'], path))

    def _csv(self) -> Iterator[dict]:
        path = _given(self.keypoints, "the file of the real images' key points")
        known = {Path(name).stem: points for name, points in read_annotations(path).items()}
        predicted = _given(self.predicted_keypoints, "the file of the generated images' key points")
        for name, points in read_annotations(predicted).items():
            yield dict(name=name, predicted_keypoints=points,
                       keypoints=_of_target(known, Path(name).stem, path))

    def _labels(self) -> Iterator[dict]:
        for pair in self._matched():
            yield dict(name=pair[GENERATED].stem, predicted_label=read_ids(pair[GENERATED]),
                       label=read_ids(pair[REAL]))

    def _samples(self) -> Iterator[dict]:
        root = Path(_given(self.fake, 'the folder of generated images'))
        folders = sorted({file.parent for file in list_images(root)})
        for folder in folders:
            files = [file for file in list_images(folder) if file.parent == folder]
            yield dict(name=folder.name, samples=[_read(file) for file in files])


def _given(path: str | None, what: str) -> str:
    if path is None:
        raise InputError(f'{what} is needed, but was not given')
    return path


def _of_target(known: dict[str, np.ndarray], stem: str, path: str) -> np.ndarray:
    """Key points of the image ``<to>``, or of ``<from>___<to>_vis`` as the person papers name results."""
    target = stem.removesuffix('_vis').rpartition('___')[2]
    if target not in known:
        raise InputError(f'{path}: there are no key points of {target!r}')
    return known[target]


def _read(path: Path) -> np.ndarray:
    """(H, W, 3) RGB; metrics are defined on 8 bits, so that an image of more is refused."""
    return read_image(path, eight_bits=True)
