"""A folder a domain: for translation between any number of domains."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmengine.dataset import BaseDataset
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .files import list_images, read_image, sample_names
from .pipeline import build_pipeline


@DATASETS.register_module()
class DomainFolders(BaseDataset):
    """``<data_root>/<split>/<domain>/**``: pictures of each domain; sorted names of folders give its number.

    A sample holds ``source_image`` (H, W, 3) uint8 RGB, ``source_domain``, ``name`` and ``image_path``; what
    it is to become is said by ``target``:

    - ``'own'``: ``domain`` is its own. StarGAN, which mixes a batch's own in training.
    - ``'random'``: a ``domain`` drawn with equal chances (it may be the source's), and two pictures of it,
      ``exemplar_image`` and ``second_exemplar_image``: StarGAN v2's training. The source is drawn, too: all
      domains have equal chances, however many pictures each has; an epoch is as many draws as there are
      pictures. (Released: the second exemplar of each is fixed for a run; here it is drawn.)
    - a name: ``domain`` is this one, the sources are the pictures of the others (in turn), and of each come
      ``outputs`` samples in a row, with an ``exemplar_image`` of the domain for each: StarGAN v2's test.

    Random numbers come from NumPy's global generator; exemplars of a test from (picture, output).

    Args:
        data_root: folder of the splits.
        split: such as ``train`` and ``test``, or ``val``.
        target: see above.
        outputs: samples a source where ``target`` is a name (released metrics: 10).
        picture_pipeline: transforms of each picture by itself, under the name ``target_image``.
        pipeline: transforms of the sample, after those.
        indices: take only so many of the first samples, or the samples of these numbers.
        lazy_init: look for files when they are first needed.

    Raises:
        InputError: a missing folder, a single domain, an empty or unknown one; when a sample is read: a
            broken file.
    """

    METAINFO = dict(dataset_type='domains')

    def __init__(self, data_root: str, split: str = 'train', target: str = 'own', outputs: int = 1,
                 picture_pipeline: Sequence[dict | Callable] = (), pipeline: Sequence[dict | Callable] = (),
                 indices: int | Sequence[int] | None = None, lazy_init: bool = False) -> None:
        if outputs < 1:
            raise InputError(f'DomainFolders: outputs must be from 1 on, found {outputs}')
        self.split, self.target, self.outputs = split, target, outputs
        self.picture_pipeline = build_pipeline(picture_pipeline)
        super().__init__(data_root=data_root, data_prefix={}, pipeline=build_pipeline(pipeline).transforms,
                         indices=indices, lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """One dict of path, domain and name a sample."""
        root = Path(self.data_root, self.split)
        if not root.is_dir():
            raise InputError(f'{root}: there is no such folder')
        domains = sorted(folder.name for folder in root.iterdir()
                         if folder.is_dir() and not folder.name.startswith('.'))
        if len(domains) < 2:
            raise InputError(f'{root}: expected a folder for each domain, two or more, found {len(domains)}')
        self._metainfo['domains'] = tuple(domains)
        found = {domain: list_images(root / domain) for domain in domains}
        self.pictures = [list(map(str, paths)) for paths in found.values()]
        every = [dict(image_path=str(path), source_domain=number, name=f'{domain}_{name}')
                 for number, (domain, paths) in enumerate(found.items())
                 for path, name in zip(paths, sample_names(paths, root / domain))]
        if self.target in ('own', 'random'):
            return every
        if self.target not in domains:
            raise InputError(f"DomainFolders: target must be 'own', 'random' or one of {', '.join(domains)}, "
                             f'found {self.target!r}')
        return [dict(picture, name=f'{picture["name"]}_to_{self.target}_{output}', output=output)
                for picture in every if domains[picture['source_domain']] != self.target
                for output in range(self.outputs)]

    def prepare_data(self, idx: int) -> dict:
        """Read the pictures of sample ``idx`` and apply the pipelines."""
        sample = self.get_data_info(idx)
        if self.target == 'random':
            draw = np.random.RandomState(np.random.randint(2 ** 31))
            source, domain = draw.randint(len(self.pictures), size=2)
            path, = self._draw(draw, source, 1)
            sample.update(source_domain=source, domain=domain, image_path=path)
            exemplars = zip(('exemplar_image', 'second_exemplar_image'), self._draw(draw, domain, 2))
        elif self.target == 'own':
            sample['domain'], exemplars = sample['source_domain'], ()
        else:
            sample['domain'] = self._metainfo['domains'].index(self.target)
            draw = np.random.RandomState(idx)
            exemplars = zip(('exemplar_image',), self._draw(draw, sample['domain'], 1))
        sample['source_image'] = self._read(sample['image_path'])
        sample.update({field: self._read(path) for field, path in exemplars})
        return self.pipeline(sample)

    def _draw(self, draw: np.random.RandomState, domain: int, count: int) -> list[str]:
        """Paths of ``count`` pictures of a domain, different ones where it has so many."""
        paths = self.pictures[domain]
        return [paths[i] for i in draw.choice(len(paths), count, replace=len(paths) < count)]

    def _read(self, path: str) -> NDArray[np.uint8]:
        picture = dict(target_image=read_image(path), name=Path(path).stem)
        return self.picture_pipeline(picture)['target_image']
