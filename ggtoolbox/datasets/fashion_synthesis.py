"""DeepFashion's fashion synthesis subset: pictures with parsing maps, in one HDF5 file."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from mmengine.dataset import BaseDataset
from numpy.typing import NDArray
from scipy.io import loadmat

from ggtoolbox.errors import InputError
from ggtoolbox.plain_files import require_file
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import check_num_classes, class_names

from .files import check_label
from .pipeline import build_pipeline
from .tables import check_finite

# As Zhu et al., "Be your own Prada", name them.
FASHION_CLASSES = ('background', 'hair', 'face', 'upper clothes', 'trousers', 'legs', 'arms')
FASHION_PALETTE = ((0, 0, 0), (96, 60, 36), (228, 180, 150), (200, 60, 60), (60, 80, 170), (240, 200, 150),
                   (250, 220, 120))
KEYS = ('ih', 'ih_mean', 'b_')


def _hdf5() -> ModuleType:
    try:
        import h5py
    except ImportError:
        raise InputError('FashionSynthesis reads an HDF5 file, for which the package h5py is needed '
                         '(pip install h5py)') from None
    return h5py


def stretch(image: NDArray, where: str = 'picture') -> NDArray[np.float32]:
    """Any numbers to [-1, 1]: the least becomes -1, the greatest 1; a picture of one colour becomes -1.

    Raises:
        InputError: numbers that are not finite; ``where`` is named.
    """
    low, high = image.min(), image.max()
    if not np.isfinite(high - low):
        raise InputError(f'{where}: expected finite numbers, found {low} to {high}')
    return ((image - low) / max(high - low, np.finfo(np.float32).tiny) * 2 - 1).astype(np.float32)


@DATASETS.register_module()
class FashionSynthesis(BaseDataset):
    """Pictures of dressed people, their parsing maps and the colour of their clothes.

    ``<data_root>/Img/G2.h5`` holds ``ih`` (N, 3, H, W), ``ih_mean`` (3, H, W) and ``b_`` (N, 1, H, W)
    of 7 classes, ``<data_root>/Anno/language_original.mat`` the colours ``color_``, counted from 1. A sample
    holds ``target_image`` (3, H, W) float32 in [-1, 1] (``ih + ih_mean``, stretched), ``label`` (H, W),
    ``attributes`` (colours,) float32 one-hot, ``name`` and ``sample_idx``; then the pipeline is applied.
    The pictures have their final size: the pipeline is for ``PackTensors`` only.

    Paper (SCGAN): 18 colours. Code: 17. The released code cannot run on this set (its loader gives five
    things where its training takes four), so nothing released depends on either.

    Args:
        data_root: folder of the set.
        image_file, colour_file: relative to ``data_root``.
        num_colours: length of ``attributes``.
        size: (H, W) that the pictures must have.
        num_classes: ids are 0 .. num_classes - 1.
        test_images: how many of the last pictures are for tests.
        split: ``train`` or ``test``.
        pipeline, indices, lazy_init: of every data set.

    Raises:
        InputError: no h5py; a missing or broken file, wrong shapes; when a sample is read: an id or a
            colour out of range.
    """

    METAINFO = dict(dataset_type='fashion_synthesis', num_classes=len(FASHION_CLASSES),
                    classes=FASHION_CLASSES, palette=FASHION_PALETTE,
                    attributes=tuple(f'colour {i}' for i in range(1, 18)))

    def __init__(self, data_root: str, image_file: str = 'Img/G2.h5',
                 colour_file: str = 'Anno/language_original.mat', num_colours: int = 17,
                 size: tuple[int, int] = (128, 128), num_classes: int = len(FASHION_CLASSES),
                 test_images: int = 1999, split: str = 'train',
                 pipeline: Sequence[dict | Callable] = (), indices: int | Sequence[int] | None = None,
                 lazy_init: bool = False) -> None:
        if split not in ('train', 'test'):
            raise InputError(f"FashionSynthesis: split must be 'train' or 'test', found {split!r}")
        check_num_classes(num_classes, 'FashionSynthesis')
        self.image_file, self.colour_file = Path(data_root, image_file), Path(data_root, colour_file)
        self.num_colours, self.num_classes, self.size = num_colours, num_classes, tuple(size)
        self.test_images, self.split = test_images, split
        self._arrays = None
        metainfo = dict(attributes=tuple(f'colour {i + 1}' for i in range(num_colours)),
                        num_classes=num_classes, classes=class_names(FASHION_CLASSES, num_classes))
        super().__init__(metainfo=metainfo, data_root=data_root, data_prefix={},
                         pipeline=build_pipeline(pipeline).transforms, indices=indices, lazy_init=lazy_init)

    def _open(self):
        """The HDF5 file, opened anew in each process that reads it."""
        if self._arrays is None:
            try:
                self._arrays = _hdf5().File(self.image_file, 'r')
            except FileNotFoundError:
                raise InputError(f'{self.image_file}: there is no such file') from None
            except OSError as error:
                raise InputError(f'{self.image_file}: this is no HDF5 file ({error})') from error
        return self._arrays

    def __getstate__(self) -> dict:
        return {**self.__dict__, '_arrays': None}

    def load_data_list(self) -> list[dict]:
        """One dict of number and colour a picture of this split."""
        arrays = self._open()
        missing = [key for key in KEYS if key not in arrays]
        if missing:
            raise InputError(f'{self.image_file}: it has no array {missing[0]!r}; expected '
                             f'{", ".join(KEYS)}')
        count, size = len(arrays['ih']), tuple(arrays['ih'].shape[-2:])
        if size != self.size:
            raise InputError(f'{self.image_file}: its pictures are {size[1]} x {size[0]} pixels, expected '
                             f'{self.size[1]} x {self.size[0]}')
        try:
            colours = np.asarray(loadmat(require_file(self.colour_file))['color_'], np.float64).ravel()
            check_finite(colours, str(self.colour_file))
        except InputError:
            raise
        except Exception as error:  # whatever the parser makes of bytes that anybody wrote
            raise InputError(f"{self.colour_file}: expected a MATLAB file with 'color_' ({error})") from error
        if len(arrays['b_']) != count or len(colours) != count:
            raise InputError(f"{self.image_file}: {count} pictures, {len(arrays['b_'])} label maps and "
                             f'{len(colours)} colours do not belong together')
        if count <= self.test_images:
            raise InputError(f'{self.image_file}: {count} pictures leave none for training beside '
                             f'test_images={self.test_images}')
        self._arrays = None  # each worker opens the file for itself
        first_test = count - self.test_images
        kept = range(first_test, count) if self.split == 'test' else range(first_test)
        return [dict(name=f'{i:06d}', number=i, colour=int(colours[i])) for i in kept]

    def prepare_data(self, idx: int) -> dict:
        """Read picture ``idx`` and apply the pipeline."""
        sample, arrays = self.get_data_info(idx), self._open()
        number, colour = sample.pop('number'), sample.pop('colour')
        where = f'{self.image_file}, picture {number}'
        try:
            image = np.asarray(arrays['ih'][number]) + np.asarray(arrays['ih_mean'])
            label = np.asarray(arrays['b_'][number])
        except (OSError, RuntimeError) as error:  # a chunk of the file that is broken
            raise InputError(f'{where}: it cannot be read ({error})') from error
        sample['target_image'] = stretch(image, where)
        sample['label'] = label.reshape(label.shape[-2:]).astype(np.int32)
        check_label(sample['label'], self.num_classes, where)
        if not 1 <= colour <= self.num_colours:
            raise InputError(f'{self.colour_file}: colour {colour} was found for picture {number}; expected '
                             f'1..{self.num_colours}')
        sample['attributes'] = np.eye(self.num_colours, dtype=np.float32)[colour - 1]
        return self.pipeline(sample)
