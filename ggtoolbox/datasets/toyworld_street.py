"""ToyWorld's street scenes as a data set."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from torch.utils.data import Dataset

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .pipeline import build_pipeline
from .toyworld.street import draw_street
from .toyworld.street_classes import CLASSES, PALETTE


@DATASETS.register_module()
class ToyWorldStreet(Dataset):
    """Procedural street scenes with label and instance maps, drawn when they are asked for.

    A sample holds ``target_image`` (H, W, 3) uint8 RGB, ``label`` (H, W) uint8 in 0..16,
    ``instance`` (H, W) uint16 (each building, tree, car, person, lamp and sign has an id of its own;
    elsewhere it is the class id), ``name`` and ``sample_idx``; then the pipeline is applied.

    Args:
        size: side of a square picture, or (height, width), in pixels. The same scene at another
            height is the same view; a wider picture shows more of its sides.
        length: number of scenes.
        seed: of the world: scene i of two seeds have nothing in common.
        pipeline: transforms.
    """

    METAINFO = dict(dataset_type='toyworld_street', num_classes=len(CLASSES), classes=CLASSES,
                    palette=PALETTE)

    def __init__(self, size: int | tuple[int, int] = 64, length: int = 10000, seed: int = 0,
                 pipeline: Sequence[dict | Callable] = ()) -> None:
        self.height, self.width = (size, size) if isinstance(size, int) else size
        if min(self.height, self.width) < 16:
            raise InputError(f'ToyWorldStreet: size must be at least 16 pixels, found {size}')
        if length < 1 or seed < 0:
            raise InputError(f'ToyWorldStreet: expected length >= 1 and seed >= 0, found length '
                             f'{length} and seed {seed}')
        self.length, self.seed = length, seed
        self.pipeline = build_pipeline(pipeline)

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
        scene = draw_street(self.seed, index, self.height, self.width)
        return self.pipeline(dict(target_image=scene.image, label=scene.label, instance=scene.instance,
                                  name=f'street_{self.seed}_{index:06d}', sample_idx=index))
