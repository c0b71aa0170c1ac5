"""Data sets that are drawn when they are asked for."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence

from torch.utils.data import Dataset

from ggtoolbox.errors import InputError

from .pipeline import build_pipeline


class ProceduralDataset(Dataset):
    """Scenes of a world, each drawn from ``(seed, index)``. A subclass says what a sample holds.

    Args:
        size: side of a square picture, or (height, width), in pixels.
        length: number of scenes.
        seed: of the world: scene i of two seeds have nothing in common.
        pipeline: transforms.

    Raises:
        InputError: size below 16, length below 1, negative seed.
    """

    METAINFO: dict = {}

    def __init__(self, size: int | tuple[int, int] = 64, length: int = 10000, seed: int = 0,
                 pipeline: Sequence[dict | Callable] = ()) -> None:
        name = type(self).__name__
        if not isinstance(size, int) and len(size) != 2:
            raise InputError(f'{name}: size must be a number or (height, width), found {size}')
        self.height, self.width = (size, size) if isinstance(size, int) else size
        if min(self.height, self.width) < 16:
            raise InputError(f'{name}: size must be at least 16 pixels, found {size}')
        if length < 1 or seed < 0:
            raise InputError(f'{name}: expected length >= 1 and seed >= 0, found length {length} and '
                             f'seed {seed}')
        self.length, self.seed = length, seed
        self.pipeline = build_pipeline(pipeline)

    @abstractmethod
    def draw(self, index: int) -> dict:
        """The arrays of scene ``index``, and its ``name``."""

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.height, self.width

    @property
    def metainfo(self) -> dict:
        """Class names, palette and number of classes."""
        return dict(self.METAINFO)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> dict:
        if not -self.length <= index < self.length:
            raise IndexError(f'scene {index} of {self.length}')
        index %= self.length
        return self.pipeline(dict(**self.draw(index), sample_idx=index))
