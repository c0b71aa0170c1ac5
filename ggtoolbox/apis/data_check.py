"""Reading every sample of a data set once: all that is wrong with it, and what is in it."""
from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.utils import track_iter_progress
from torch.utils.data import DataLoader, Dataset

from ggtoolbox.errors import InputError, noting_faults
from ggtoolbox.registry import DATASETS, SCOPE
from ggtoolbox.structures import IGNORED_LABEL

from .config import is_first_process
from .settings.sections import SPLITS

CHUNK = 8  # samples that a process reads at a time


@dataclass
class DataReport:
    """What was found in a data set.

    Attributes:
        split: ``train``, ``val`` or ``test``.
        samples: how many there are.
        faults: a sentence each (file, what is wrong, what was expected), none twice.
        sizes: (width, height) of the target images as stored -> how many.
        pixels, images: class id -> pixels of it, and images that hold it.
        classes: their names, as far as the data set says them.
        digests: digest of an image's pixels -> its paths, or names.
        made: shape of the target images as the pipeline leaves them -> the first sample's name.
    """

    split: str
    samples: int = 0
    faults: dict[str, None] = field(default_factory=dict)
    sizes: Counter = field(default_factory=Counter)
    pixels: Counter = field(default_factory=Counter)
    images: Counter = field(default_factory=Counter)
    classes: Sequence[str] = ()
    digests: dict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))
    made: dict[tuple, str] = field(default_factory=dict)

    @property
    def same(self) -> list[list[str]]:
        """Groups of images with equal pixels."""
        return [sorted(paths) for paths in self.digests.values() if len(paths) > 1]

    def add(self, seen: dict) -> None:
        """Take in what :class:`_Inspected` says of a sample."""
        self.samples += 1
        self.faults.update(dict.fromkeys(seen['faults']))
        if seen['made'] is not None:
            self.made.setdefault(*seen['made'])
        self.pixels.update(seen.get('pixels', {}))
        self.images.update(seen.get('pixels', {}).keys())
        if 'size' in seen:
            self.sizes[seen['size']] += 1
            self.digests[seen['digest']].add(seen['path'])

    def lines(self) -> Iterator[str]:
        """The report as text, all faults first."""
        yield f'{self.split}: {self.samples} samples, {len(self.faults)} faults'
        yield from (f'  {fault}' for fault in self.faults)
        shown = ', '.join(f'{width} x {height} ({count})' for (width, height), count
                          in self.sizes.most_common(10))
        yield f'  sizes: {shown or "none"}' + (f' and {len(self.sizes) - 10} more' * (len(self.sizes) > 10))
        total = sum(self.pixels.values())
        for index, count in sorted(self.pixels.items(), key=lambda item: (-item[1], item[0])):
            name = self.classes[index] if index < len(self.classes) else ''
            yield (f'  class {index:3d} {"no class" if index == IGNORED_LABEL else name:24s} '
                   f'{100 * count / total:6.2f} % of pixels, in {self.images[index]} images')
        absent = [f'{index} {name}' for index, name in enumerate(self.classes) if index not in self.pixels]
        if total and absent:
            yield f'  classes without a pixel: {", ".join(absent)}'
        yield from (f'  the same picture: {", ".join(paths)}' for paths in self.same)


class _Recorder:
    """In front of a pipeline: keeps what is to be known of a sample as it is stored."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline, self.seen = pipeline, {}

    def __call__(self, sample: dict) -> dict:
        self.seen = _look_at(sample)
        return self.pipeline(sample)


def _look_at(sample: dict) -> dict:
    seen = {}
    image = sample.get('target_image')
    if image is not None:
        image = np.ascontiguousarray(image)
        height, width = image.shape[:2] if image.dtype == np.uint8 else image.shape[-2:]
        path = str(sample.get('image_path', sample.get('name')))
        seen.update(size=(width, height), digest=blake2b(image, digest_size=16).digest(), path=path)
    if 'label' in sample:
        ids, counts = np.unique(np.asarray(sample['label']), return_counts=True)
        seen['pixels'] = dict(zip(ids.tolist(), counts.tolist()))
    return seen


class _Inspected(Dataset):
    """Of each sample of a data set what is wrong with it, and what a report counts."""

    def __init__(self, dataset: Any) -> None:
        self.dataset, self.recorder = dataset, None
        if getattr(dataset, 'samples_per_epoch', None):
            dataset.samples_per_epoch = None  # each once, none drawn
        if hasattr(dataset, 'pipeline'):
            self.recorder = dataset.pipeline = _Recorder(dataset.pipeline)

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> dict:
        if self.recorder is not None:
            self.recorder.seen = {}
        faults, sample = [], None
        try:
            sample = self.dataset[index]
        except InputError as error:
            faults = error.sentences()
        except Exception as error:  # of a user's own data set or transform
            faults = [f'sample {index}: {type(error).__name__}: {error}']
        seen = self.recorder.seen if self.recorder is not None else _look_at(sample or {})
        image = (sample or {}).get('target_image')
        made = None if image is None else (tuple(image.shape), str(sample.get('name', index)))
        return dict(seen, faults=faults, made=made)


def check_data(cfg: Config, splits: Sequence[str] | None = None, jobs: int = 1,
               progress: bool = False) -> list[DataReport]:
    """Read every sample of a config's data sets once.

    Args:
        splits: of ``train``, ``val`` and ``test``; None = all that the config has, a loader that another
            one repeats left out.
        jobs: processes that read; 0 = this one.
        progress: show a bar on standard error.

    Raises:
        InputError: a split that the config does not have; a process that was killed.
    """
    loaders = {split: cfg.get(f'{split}_dataloader') for split in splits or SPLITS}
    missing = [split for split, loader in loaders.items() if splits and not loader]
    if missing:
        raise InputError(f'{cfg.filename}: the config has no {missing[0]}_dataloader')
    reports, known = [], []
    for split, loader in loaders.items():
        if loader and (splits or loader.dataset not in known):
            known.append(loader.dataset)
            report = _check(split, loader.dataset, jobs, progress)
            if len(report.made) > 1 and loader.get('batch_size', 1) > 1:
                shown = ', '.join(f'{shape} ({name})' for shape, name in list(report.made.items())[:3])
                sentence = (f'{split}_dataloader: batch_size is {loader.batch_size}, so that all samples '
                            f'must leave the pipeline with one size, found {len(report.made)}: {shown}')
                report.faults[sentence] = None
            reports.append(report)
    return reports


def _check(split: str, settings: dict, jobs: int, progress: bool) -> DataReport:
    report = DataReport(split)
    # mmengine's wrappers build what they wrap in the scope that is the default.
    with noting_faults() as noted, DefaultScope.overwrite_default_scope(SCOPE):
        try:
            parts = list(_parts(DATASETS.build(settings)))
        except InputError as error:
            parts, noted = [], [*noted, *error.sentences()]
    report.faults.update(dict.fromkeys(noted))
    for part in parts:
        report.classes = report.classes or getattr(part, 'metainfo', {}).get('classes', ())
        loader = DataLoader(_Inspected(part), CHUNK, num_workers=jobs, collate_fn=list)
        chunks = iter(loader)
        if progress:
            chunks = track_iter_progress((chunks, len(loader)), bar_width=30, file=sys.stderr)
        try:
            for chunk in chunks:
                for seen in chunk:
                    report.add(seen)
        except RuntimeError as error:
            if 'exited unexpectedly' not in str(error):
                raise
            raise InputError(f'{split}: a process was killed while it read samples {report.samples} to '
                             f'{report.samples + CHUNK * (jobs + 1)}, probably for lack of memory') from error
    return report


def _parts(dataset: Any) -> Iterator[Any]:
    """The data sets in wrappers (ConcatDataset, RepeatDataset, ...), each once."""
    if hasattr(dataset, 'datasets'):
        for part in dataset.datasets:
            yield from _parts(part)
    elif hasattr(dataset, 'dataset'):
        yield from _parts(dataset.dataset)
    else:
        if hasattr(dataset, 'full_init'):
            dataset.full_init()
        yield dataset


def leaks(reports: Sequence[DataReport]) -> list[str]:
    """A sentence for each image of one split whose pixels are also in another."""
    found = []
    for i, first in enumerate(reports):
        for second in reports[i + 1:]:
            for digest in first.digests.keys() & second.digests.keys():
                paths = sorted(first.digests[digest])[0], sorted(second.digests[digest])[0]
                if paths[0] != paths[1]:
                    found.append(f'{paths[0]} of {first.split} is {paths[1]} of {second.split}')
    return sorted(found)


def check_before_training(cfg: Config, allowed: int = 0) -> None:
    """Print what is wrong with the data of training and validation; only the first process looks.

    Args:
        allowed: so many faults do not keep the training from beginning.

    Raises:
        InputError: there are more.
    """
    if not is_first_process():
        return
    splits = [role for role in ('train', 'val') if cfg.get(f'{role}_dataloader')]
    reports = check_data(cfg, splits, cfg.train_dataloader.get('num_workers', 0), progress=True)
    faults = [fault for report in reports for fault in report.faults]
    print('\n'.join(('', *faults)))
    if len(faults) > allowed:
        raise InputError(f'--check-data: {len(faults)} faults were found in the data, listed above')
