"""What each judge learns from, and for how long."""
from __future__ import annotations

from typing import NamedTuple

from mmengine.config import Config
from torch.utils.data import Dataset

from ggtoolbox.datasets.toyworld.face import ATTRIBUTES
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS, nearest

from ..places import zoo_root

WORLD_SEED = 3  # the systems train on world 0 and validate on 1; the judges' protocols measure on 2
CHANNELS = (16, 32, 64, 96)
DEEP = (*CHANNELS, 128, 160)  # photographs are larger, and less plain


class Recipe(NamedTuple):
    """What a judge learns from.

    Attributes:
        dataset: type and size in ToyWorld; of real data, the file in ``configs/_base_/datasets``, of which
            the training split alone is learnt from.
        num_classes, num_joints, num_attributes: of its maps, and what it classifies; 0 for none.
        iterations: until it is shipped.
        mildness: power of the uniform draws by which images are roughened; small things bear less.
        channels: of the network's levels.
        batch_size: images at a time.
    """

    dataset: dict | str
    num_classes: int
    num_joints: int
    iterations: int
    mildness: int = 3
    channels: tuple[int, ...] = CHANNELS
    batch_size: int = 32
    num_attributes: int = 0

    @property
    def is_real(self) -> bool:
        return isinstance(self.dataset, str)

    @property
    def data(self) -> str:
        """For the metafile."""
        if self.is_real:
            return f'{self.dataset}, training split'
        return f"{self.dataset['type']}, {'{} x {}'.format(*self.dataset['size'])}, world {WORLD_SEED}"

    @property
    def network(self) -> dict:
        """Arguments of ``JudgeNetwork``, but for the weights."""
        said = dict(num_classes=self.num_classes, num_joints=self.num_joints, channels=list(self.channels))
        if self.num_attributes:
            said['num_attributes'] = self.num_attributes
        if self.num_joints and not self.is_real:
            said['image_height'] = self.dataset['size'][0]
        return said

    def of_world(self, seed: int, length: int) -> Dataset:
        """So many scenes of a ToyWorld."""
        return DATASETS.build(dict(self.dataset, seed=seed, length=length))

    def of_split(self, split: str, data_root: str | None = None) -> Dataset:
        """``train``, ``val`` or ``test`` of real data, as arrays.

        Args:
            data_root: where they lie; None for the config's.
        """
        path = zoo_root() / 'configs/_base_/datasets' / f'{self.dataset}.py'
        settings = Config.fromfile(str(path), import_custom_modules=False)[f'{split}_dataloader'].dataset
        settings.pipeline = [step for step in settings.pipeline if step.type != 'PackTensors']
        if data_root is not None:
            settings.data_root = data_root
        return DATASETS.build(settings)


RECIPES = {
    'toyworld_street': Recipe(dict(type='ToyWorldStreet', size=(64, 64)), 17, 0, 1000),
    'toyworld_figure': Recipe(dict(type='ToyWorldFigure', size=(64, 32)), 0, 18, 1200, mildness=2),
    'toyworld_face': Recipe(dict(type='ToyWorldFace', size=(64, 64)), 7, 68, 600),
    'toyworld_hand': Recipe(dict(type='ToyWorldHand', size=(64, 64)), 0, 21, 1000),
    'toyworld_attributes': Recipe(dict(type='ToyWorldFace', size=(64, 64)), 0, 0, 1500, mildness=6,
                                  channels=(16, 32, 48, 64), num_attributes=len(ATTRIBUTES)),
}
# Not shipped: whoever has the data makes them in minutes.
REAL_RECIPES = {
    'camvid': Recipe('camvid_256x192', 11, 0, 1000, channels=DEEP, batch_size=8),
    'clothing': Recipe('clothing_256x160', 59, 0, 1000, channels=DEEP, batch_size=8),
    'hands': Recipe('hands_96', 0, 21, 800, channels=DEEP, batch_size=24),
    'faces': Recipe('faces_128', 0, 68, 600, channels=DEEP, batch_size=16),
}
ALL_RECIPES = RECIPES | REAL_RECIPES


def find_recipe(name: str) -> Recipe:
    """By the judge's name; :class:`InputError` names the nearest."""
    if name not in ALL_RECIPES:
        raise InputError(f'there is no judge {name!r} to train{nearest(name, ALL_RECIPES)} (known: '
                         f'{", ".join(ALL_RECIPES)})')
    return ALL_RECIPES[name]
