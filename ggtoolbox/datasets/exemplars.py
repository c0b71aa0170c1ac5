"""Any data set of images with layouts, and to each sample an exemplar: CoCosNet's data."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .pipeline import build_pipeline

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

    Args:
        dataset: config of ``DATASETS``, with its own pipeline but for packing.
        references: text file: in each line an image's name and those of its exemplars, the likest first,
            separated by commas; names are matched by their stems. None: none.
        own_probability: 0.3 in the released code, 1 for DeepFashion; 0 for tests.
        hard_probability: 0.2.
        fixed: the exemplar is a function of the sample's number, for tests.
        pipeline: transforms of the joined sample.

    Raises:
        InputError: a broken or missing list, a name in it that the data set does not have.
    """

    METAINFO = dict(dataset_type='exemplars')

    def __init__(self, dataset: dict, references: str | None = None, own_probability: float = 0.3,
                 hard_probability: float = 0.2, fixed: bool = False,
                 pipeline: Sequence[dict | Callable] = ()) -> None:
        self.dataset = DATASETS.build(dataset)
        self.own_probability, self.hard_probability, self.fixed = own_probability, hard_probability, fixed
        self.pipeline = build_pipeline(pipeline)
        self.references = None if references is None else self._read(Path(references))

    @property
    def metainfo(self) -> dict:
        """The data set's."""
        return dict(self.dataset.metainfo)

    def _read(self, path: Path) -> dict[str, list[int]]:
        if not path.is_file():
            raise InputError(f'{path}: there is no such list of exemplars')
        numbers = {self._stem(i): i for i in range(len(self.dataset))}
        found = {}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            names = [Path(name.strip()).stem for name in line.split(',') if name.strip()]
            unknown = [name for name in names if name not in numbers]
            if unknown or len(names) == 1:
                raise InputError(f'{path}, line {number}: expected an image and its exemplars, all of the '
                                 f'data set, found {unknown[0] if unknown else line.strip()!r}')
            if names:
                found[names[0]] = [numbers[name] for name in names[1:]]
        return found

    def _stem(self, index: int) -> str:
        return Path(self.dataset.get_data_info(index)['image_path']).stem

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> dict:
        sample = self.dataset[index]
        draw = np.random.RandomState(index) if self.fixed else np.random
        own = draw.uniform() < self.own_probability
        exemplar = self.dataset[index if own else self._other(index, draw)]
        sample.update({theirs: exemplar[ours] for ours, theirs in FIELDS.items() if ours in exemplar})
        return self.pipeline(dict(sample, self_reference=np.float32(own)))

    def _other(self, index: int, draw: np.random.RandomState) -> int:
        if self.references is None:
            return draw.randint(len(self.dataset))
        ranked = self.references.get(self._stem(index))
        if not ranked:
            raise InputError(f'the list of exemplars names none for {self._stem(index)!r}')
        hard = draw.uniform() * (1 - self.own_probability) < self.hard_probability
        return ranked[-1 if hard else 0]
