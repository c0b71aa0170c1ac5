"""Folders of images and label maps: the generic format for a user's own data."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmengine.dataset import BaseDataset

from ggtoolbox.errors import Faults, InputError
from ggtoolbox.plain_files import read_json
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import IGNORED_LABEL, check_num_classes

from .files import (
    check_label,
    list_images,
    pair_files,
    read_ids,
    read_image,
    read_label,
)
from .palette import check_palette, label_palette
from .pipeline import build_pipeline


@DATASETS.register_module()
class LabelMapFolder(BaseDataset):
    """Images and label maps (and instance maps) in folders, paired by file name.

    A label map is a single-channel image whose pixels are class ids, or, where a palette is stated, a picture
    in its colours; never a JPEG. Folders may be nested; a file ``files.list`` in a folder replaces the search
    in it. Files are paired by stem (``a/7.jpg`` with ``a/7.png``) or, where a stem occurs twice, by path
    below their folder. A sample holds ``target_image`` (H, W, 3) uint8 RGB, ``label`` (H, W), ``instance``
    (H, W) where there is a folder of them, ``name``, ``image_path`` and ``label_path``; then the pipeline
    is applied.

    Args:
        image_dir, label_dir, instance_dir: folders, relative to ``data_root``.
        data_root: prefix of the folders.
        num_classes: ids are 0 .. num_classes - 1, at most 255 classes; may be left out where ``classes`` is
            given.
        classes: names of the ids.
        palette: (R, G, B) of each id; generic colours if None, in which no label map is read.
        meta_file: JSON file, relative to ``data_root``, with ``classes`` and ``palette``; instead of
            these arguments.
        label_map: id in the file (also as text, as keys of the command line and of JSON are) -> class id or
            ``ignore_index``; ids that it does not name stay as they are.
        ignore_index: id (after ``label_map``) of pixels without a class; becomes 255.
        ignore_as_class: such pixels become the last class, ``num_classes - 1``, instead.
        image_suffix, label_suffix, instance_suffix: how the names of a role's files end, of files that lie
            together: ``'.jpg'`` and ``'_mask.png'`` pair ``x.jpg`` with ``x_mask.png``. What is in front
            of the ending pairs them.
        pipeline: transforms.
        indices: take only so many of the first samples, or the samples of these numbers.
        lazy_init: look for files when they are first needed.

    Raises:
        InputError: missing folder, no files, a file without a partner; when a sample is read: a
            broken file, sizes that differ, an id out of range.
    """

    METAINFO: dict = {}

    def __init__(self, image_dir: str, label_dir: str, instance_dir: str | None = None,
                 data_root: str = '', num_classes: int | None = None,
                 classes: Sequence[str] | None = None,
                 palette: Sequence[Sequence[int]] | None = None, meta_file: str | None = None,
                 label_map: dict[int | str, int] | None = None, ignore_index: int = IGNORED_LABEL,
                 ignore_as_class: bool = False, pipeline: Sequence[dict | Callable] = (),
                 indices: int | Sequence[int] | None = None, lazy_init: bool = False,
                 image_suffix: str = '', label_suffix: str = '', instance_suffix: str = '') -> None:
        self.folders = dict(image=image_dir, label=label_dir)
        self.suffixes = dict(image=image_suffix, label=label_suffix, instance=instance_suffix)
        if instance_dir is not None:
            self.folders['instance'] = instance_dir
        self.ignore_index, self.ignore_as_class = ignore_index, ignore_as_class
        if meta_file is not None:
            meta = _read_meta(Path(data_root, meta_file))
            classes, palette = classes or meta['classes'], palette or meta['palette']
        self.palette = palette if palette is not None else self.METAINFO.get('palette')
        metainfo = self._complete_metainfo(num_classes, classes, palette)
        self.num_classes = metainfo['num_classes']
        self.label_map = self._checked_label_map(label_map)
        super().__init__(metainfo=metainfo, data_root=data_root, data_prefix={},
                         pipeline=build_pipeline(pipeline).transforms, indices=indices,
                         lazy_init=lazy_init)

    def _complete_metainfo(self, num_classes, classes, palette) -> dict:
        classes = classes if classes is not None else self.METAINFO.get('classes')
        if num_classes is None:
            num_classes = len(classes) if classes else self.METAINFO.get('num_classes')
        if not num_classes or num_classes < 1:
            raise InputError(f'{type(self).__name__}: num_classes (or a list of classes) is needed, '
                             f'found {num_classes}')
        check_num_classes(num_classes, type(self).__name__)
        if classes is not None and len(classes) != num_classes:
            raise InputError(f'{type(self).__name__}: num_classes is {num_classes} but classes has '
                             f'{len(classes)} names')
        if palette is None:
            palette = self.METAINFO.get('palette', label_palette(num_classes).tolist())
        check_palette(palette, type(self).__name__)
        if len(palette) < num_classes:
            raise InputError(f'{type(self).__name__}: palette has {len(palette)} colours for '
                             f'{num_classes} classes')
        known = dict(num_classes=num_classes, palette=[tuple(colour) for colour in palette])
        return {**known, 'classes': tuple(classes)} if classes is not None else known

    def _checked_label_map(self, label_map: dict[int | str, int] | None) -> dict[int, int]:
        """The same with whole numbers as keys."""
        owner, checked = f'{type(self).__name__}: label_map', {}
        if not isinstance(label_map or {}, dict):
            raise InputError(f'{owner}: expected a dict, id in the file -> class id, found {label_map!r}')
        for old, new in (label_map or {}).items():
            if not str(old).isdecimal():
                raise InputError(f'{owner}: expected ids from 0 as its keys, found {old!r}')
            known = isinstance(new, int) and (0 <= new < self.num_classes or new == self.ignore_index)
            if not known or isinstance(new, bool):
                raise InputError(f'{owner}.{old}: expected a class of 0..{self.num_classes - 1}, or '
                                 f'{self.ignore_index} for none, found {new!r}')
            if int(old) in checked:
                raise InputError(f'{owner}: expected each id once, found {int(old)} twice')
            checked[int(old)] = new
        return checked

    # What a data set of its own layout overrides ---------------------------------------------------
    def find_files(self) -> dict[str, list[Path]]:
        """Role (``image``, ``label``, ``instance``) -> files."""
        return {role: list_images(Path(self.data_root, folder), self._has_suffix_of(role))
                for role, folder in self.folders.items()}

    def _has_suffix_of(self, role: str) -> Callable[[Path], bool]:
        """Whether a file is of a role: its name ends as the role's, and not as a longer one of another's in
        the same folder."""
        own, folder = self.suffixes[role], self.folders[role]
        longer = tuple(suffix for other, suffix in self.suffixes.items() if len(suffix) > len(own)
                       and self.folders.get(other) == folder and suffix.endswith(own))
        return lambda path: path.name.endswith(own) and not path.name.endswith(longer)

    def pairing_keys(self, files: dict[str, list[Path]]) -> Callable[[Path], str]:
        """What is the same in the names of a sample's files."""
        if any(self.suffixes.values()):
            return self._in_front_of_suffix(files)
        if all(len({path.stem for path in paths}) == len(paths) for paths in files.values()):
            return lambda path: path.stem
        return lambda path: self._below_its_folder(path).with_suffix('').as_posix()

    def _below_its_folder(self, path: Path) -> Path:
        roots = [Path(self.data_root, folder) for folder in self.folders.values()]
        return path.relative_to(max((r for r in roots if path.is_relative_to(r)),
                                    key=lambda r: len(r.parts), default=Path()))

    def _in_front_of_suffix(self, files: dict[str, list[Path]]) -> Callable[[Path], str]:
        keys = {path: self._below_its_folder(path).as_posix().removesuffix(self.suffixes[role])
                for role, paths in files.items() for path in paths}
        return lambda path: keys[path] if self.suffixes['image'] else keys[path].removesuffix(path.suffix)

    # -------------------------------------------------------------------------------------------
    def load_data_list(self) -> list[dict]:
        """One dict of paths and a unique ``name`` a sample."""
        files = self.find_files()
        key = self.pairing_keys(files)
        samples = pair_files(files, key)
        stems = {sample['image'].stem for sample in samples}
        unique = len(stems) == len(samples)
        return [dict(name=sample['image'].stem if unique else key(sample['image']).replace('/', '_'),
                     **{f'{role}_path': str(path) for role, path in sample.items()})
                for sample in samples]

    def prepare_data(self, idx: int) -> dict:
        """Read the files of sample ``idx`` and apply the pipeline."""
        sample = self.get_data_info(idx)
        with Faults() as faults:
            sample['target_image'] = faults.attempt(read_image, sample['image_path'])
            sample['label'] = faults.attempt(self.read_label, sample['label_path'])
            if 'instance_path' in sample:
                sample['instance'] = faults.attempt(read_ids, sample['instance_path'], 'instance map')
        height, width = sample['target_image'].shape[:2]
        for role in ('label', 'instance'):
            if role in sample and sample[role].shape != (height, width):
                found = sample[role].shape
                raise InputError(f"{sample[f'{role}_path']}: this {role} map is {found[1]} x {found[0]} "
                                 f"pixels, its image {sample['image_path']} is {width} x {height}")
        return self.pipeline(sample)

    def read_label(self, path: str | Path) -> np.ndarray:
        """(H, W) class ids of a label map, which may be stored in the colours of the palette."""
        return read_label(path, self.palette, self.class_ids, indices_are_ids=bool(self.label_map))

    def class_ids(self, stored: np.ndarray, path: str | Path) -> np.ndarray:
        """The ids of a file, (H, W), as class ids; ``path`` is named in errors."""
        label = stored
        if self.label_map:
            label = stored.astype(np.int32)
            for old, new in self.label_map.items():
                label[stored == old] = new
        check_label(label, self.num_classes, path, self.ignore_index)
        ignored = self.num_classes - 1 if self.ignore_as_class else IGNORED_LABEL
        if self.ignore_index != ignored:
            label = np.where(label == self.ignore_index, np.int32(ignored), label)
        return label


def _read_meta(path: Path) -> dict:
    meta = read_json(path, 'meta file')
    try:
        return dict(classes=[str(name) for name in meta['classes']],
                    palette=[tuple(colour) for colour in meta['palette']])
    except (KeyError, TypeError) as error:
        raise InputError(f"{path}: expected a JSON object with 'classes' and 'palette' ({error})") \
            from error
