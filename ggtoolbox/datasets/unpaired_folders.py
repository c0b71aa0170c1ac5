"""Two folders of pictures that nobody paired: CycleGAN's own format."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from mmengine.dataset import BaseDataset

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .files import list_images, read_image
from .pipeline import build_pipeline

SIDES = ('source_image', 'target_image')


@DATASETS.register_module()
class UnpairedFolders(BaseDataset):
    """``<data_root>/<split>A/**`` holds the source domain, ``<data_root>/<split>B/**`` the target domain.

    The folders may hold different counts of pictures, of any sizes (junyanz/pytorch-CycleGAN-and-pix2pix,
    ``unaligned``). An epoch is as long as the larger folder; a sample holds picture i of each, counted
    round in the smaller one, or for the target any picture. Its fields are ``source_image`` and
    ``target_image`` (H, W, 3) uint8 RGB, ``image_path`` and ``name`` (both of the source picture).

    Args:
        data_root: folder of the splits.
        split: ``train`` or ``test``; in front of ``A`` and ``B``.
        sides: what comes behind ``split`` for the source and for the target domain; ``('B', 'A')`` is the
            other direction.
        random_target: the target picture is drawn at random, so that no pairs arise that repeat in each
            epoch; False counts (``--serial_batches``), for tests. Random numbers come from NumPy's global
            generator, as those of the transforms.
        picture_pipeline: transforms of each picture by itself, under the name ``target_image``: sizes,
            crops and mirroring that the two domains do not share.
        pipeline: transforms of the sample, after those.
        indices: take only so many of the first samples, or the samples of these numbers.
        lazy_init: look for files when they are first needed.

    Raises:
        InputError: two sides of one name; a folder that is missing or holds no images; when a sample is
            read: a broken file.
    """

    METAINFO = dict(dataset_type='unpaired')

    def __init__(self, data_root: str, split: str = 'train', sides: Sequence[str] = ('A', 'B'),
                 random_target: bool = True, picture_pipeline: Sequence[dict | Callable] = (),
                 pipeline: Sequence[dict | Callable] = (), indices: int | Sequence[int] | None = None,
                 lazy_init: bool = False) -> None:
        if len(sides) != 2 or sides[0] == sides[1]:
            raise InputError(f'UnpairedFolders: sides must be two different endings of folder names, found '
                             f'{tuple(sides)}')
        self.split, self.sides, self.random_target = split, tuple(sides), random_target
        self.picture_pipeline = build_pipeline(picture_pipeline)
        super().__init__(data_root=data_root, data_prefix={}, pipeline=build_pipeline(pipeline).transforms,
                         indices=indices, lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """One dict of the source's path and name for each picture of the larger folder."""
        folders = [Path(self.data_root, f'{self.split}{side}') for side in self.sides]
        sources, self.target_paths = ([str(path) for path in list_images(folder)] for folder in folders)
        count, stems = max(len(sources), len(self.target_paths)), {Path(path).stem for path in sources}
        plain = len(stems) == len(sources) == count
        return [dict(image_path=path, name=Path(path).stem if plain else f'{Path(path).stem}_{index}')
                for index in range(count) for path in [sources[index % len(sources)]]]

    def prepare_data(self, idx: int) -> dict:
        """Read picture ``idx`` of the source and one of the target, and apply the pipelines."""
        sample, count = self.get_data_info(idx), len(self.target_paths)
        target = np.random.randint(count) if self.random_target else sample['sample_idx'] % count
        for side, path in zip(SIDES, (sample['image_path'], self.target_paths[target])):
            picture = dict(target_image=read_image(path), name=sample['name'])
            sample[side] = self.picture_pipeline(picture)['target_image']
        return self.pipeline(sample)
