"""Any data set of images with layouts, and to each sample an exemplar: CoCosNet's data."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset

from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import read_lines
from ggtoolbox.registry import DATASETS

from .pipeline import build_pipeline
from .transforms.geometry import check_probability

FIELDS = {'target_image': 'exemplar_image', 'label': 'exemplar_label', 'target_guide': 'exemplar_guide',
          'mask': 'exemplar_mask'}


@DATASETS.register_module()
class ExemplarPairs(Dataset):
    """Samples of a data set, each with the image and the layout of another one.

    The exemplar's ``target_image``, ``label``, ``target_guide`` and ``mask`` become ``exemplar_image``,
    ``exemplar_label``, ``exemplar_guide`` and ``exemplar_mask``. With probability ``own_probability`` it is
    the sample itself, read anew, so that crop and mirroring differ, and ``self_reference`` is 1. Otherwise it
    is taken from ``references``: the last name of a line (hard) with probability ``hard_probability`` of all
    draws, else the first (easy), as in the released lists ``data/*_ref.txt``; without a list, any sample.
    The samples are those that the list's lines begin with.

    Args:
        dataset: config of ``DATASETS``, with its own pipeline but for packing.
        references: text file: in each line an image's name and those of its exemplars, the likest first,
            separated by commas; a name is as much of a path's end, without its suffix, as tells it apart.
            None: none.
        own_probability: 0.3 in the released code, 1 for DeepFashion; 0 for tests.
        hard_probability: 0.2.
        same_group: in place of the sample itself another one of its ``group`` (a person in the same clothes),
            where there is one; ``self_reference`` is 1 all the same (released for DeepFashion:
            ``video_like``).
        fixed: the exemplar is a function of the sample's number, for tests.
        pipeline: transforms of the joined sample.

    Raises:
        InputError: a broken or missing list, a name in it that the data set does not have; a probability
            outside [0, 1]; a data set without files or groups where they are asked for.
    """

    METAINFO = dict(dataset_type='exemplars')

    def __init__(self, dataset: dict, references: str | None = None, own_probability: float = 0.3,
                 hard_probability: float = 0.2, same_group: bool = False, fixed: bool = False,
                 pipeline: Sequence[dict | Callable] = ()) -> None:
        for name, value in (('own_probability', own_probability), ('hard_probability', hard_probability)):
            check_probability(value, f'ExemplarPairs: {name}')
        self.dataset = DATASETS.build(dataset)
        self.own_probability, self.hard_probability, self.fixed = own_probability, hard_probability, fixed
        self.pipeline = build_pipeline(pipeline)
        self.references = None if references is None else self._read(Path(references))
        self.samples = range(len(self.dataset)) if self.references is None else list(self.references)
        self.groups: dict[str, list[int]] = {}
        if same_group:
            for number in self.samples:
                self.groups.setdefault(self._said_of(number, 'group'), []).append(number)

    @property
    def metainfo(self) -> dict:
        """The data set's."""
        return dict(self.dataset.metainfo)

    def _read(self, path: Path) -> dict[int, list[int]]:
        known, found = self._numbers(), {}
        for number, line in enumerate(read_lines(path, 'list of exemplars'), 1):
            names = [name.strip() for name in line.split(',') if name.strip()]
            numbers = [next((known[end] for end in _ends(name) if end in known), None) for name in names]
            if None in numbers or len(names) == 1:
                wrong = names[numbers.index(None)] if None in numbers else line.strip()
                raise InputError(f'{path}, line {number}: expected an image and its exemplars, all of the '
                                 f'data set, found {wrong!r}')
            if names:
                found[numbers[0]] = numbers[1:]
        if not found:
            raise InputError(f'{path}: expected an image and its exemplars in each line, found none')
        return found

    def _numbers(self) -> dict[str, int]:
        """The end of a path, as far as one image alone has it -> its number."""
        found: dict[str, int | None] = {}
        for number in range(len(self.dataset)):
            for end in _ends(self._said_of(number, 'image_path')):
                found[end] = None if end in found else number
        return {end: number for end, number in found.items() if number is not None}

    def _said_of(self, number: int, word: str) -> str:
        """What the data set says of a sample without reading it."""
        said = getattr(self.dataset, 'get_data_info', lambda _: {})(number)
        if word not in said:
            asked = 'same_group' if word == 'group' else 'references'
            raise InputError(f'ExemplarPairs: {asked} needs a data set whose samples have {word!r}, found '
                             f'{type(self.dataset).__name__}')
        return said[word]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> dict:
        number = self.samples[index]
        sample = self.dataset[number]
        draw = np.random.RandomState(index) if self.fixed else np.random
        own = draw.uniform() < self.own_probability
        exemplar = self.dataset[self._own(number, draw) if own else self._other(number, draw)]
        sample.update({theirs: exemplar[ours] for ours, theirs in FIELDS.items() if ours in exemplar})
        return self.pipeline(dict(sample, self_reference=np.float32(own)))

    def _own(self, number: int, draw: np.random.RandomState) -> int:
        group = self.groups and self.groups[self._said_of(number, 'group')]
        others = [other for other in group if other != number]
        return others[draw.randint(len(others))] if others else number

    def _other(self, number: int, draw: np.random.RandomState) -> int:
        if self.references is None:
            return draw.randint(len(self.dataset))
        ranked = self.references[number]
        hard = draw.uniform() * (1 - self.own_probability) < self.hard_probability
        return ranked[-1 if hard else 0]


def _ends(path: str) -> list[str]:
    """``a/b/c.jpg`` -> ``a/b/c``, ``b/c``, ``c``."""
    parts = Path(path).with_suffix('').parts
    return ['/'.join(parts[first:]) for first in range(len(parts))]
