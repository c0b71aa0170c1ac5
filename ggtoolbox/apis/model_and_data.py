"""What a model and its data count alike, said once in a config: classes, attributes, pixels."""
from __future__ import annotations

import inspect
from collections.abc import Iterator

from mmengine.config import Config, ConfigDict

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.derived import stated
from ggtoolbox.registry import DATASETS

from .reading.sizes import size_of_data
from .reading.test_data import dataset_without_files


def settle_model_and_data(cfg: Config) -> None:
    """Give data sets that do not know their number of classes the generator's, and compare the others'.

    Raises:
        InputError: classes, attributes or sizes of a data set and of the generator differ.
    """
    generator = cfg.model.get('generator')
    if not isinstance(generator, dict):
        return
    for split in ('train', 'val', 'test'):
        loader = cfg.get(f'{split}_dataloader') or {}
        for settings, where in _innermost(loader.get('dataset'), f'{split}_dataloader.dataset'):
            _give_classes(settings, stated(generator, 'num_classes')[1])
            found = _counted(settings)
            for argument in found:
                place, value = stated(generator, argument, 'model.generator')
                value = tuple(value) if isinstance(value, list) else value
                if value and found[argument] and value != found[argument]:
                    raise InputError(f'{place} is {value}, expected {found[argument]}, as {where} '
                                     f'({_class_of(settings).__name__}) has it')


def _innermost(settings: ConfigDict | None, where: str) -> Iterator[tuple[ConfigDict, str]]:
    """Our data sets of a loader, inside of what repeats or joins some, and their places."""
    if not isinstance(settings, dict) or 'type' not in settings:
        return
    if 'dataset' in settings:
        yield from _innermost(settings['dataset'], f'{where}.dataset')
    for index, part in enumerate(settings.get('datasets') or ()):
        yield from _innermost(part, f'{where}.datasets[{index}]')
    if hasattr(_class_of(settings), 'METAINFO') and 'datasets' not in settings and 'dataset' not in settings:
        yield settings, where


def _class_of(settings: ConfigDict) -> type:
    return DATASETS.get(settings['type']) if isinstance(settings['type'], str) else settings['type']


def _give_classes(settings: ConfigDict, classes: int | None) -> None:
    cls = _class_of(settings)
    known = any(settings.get(key) is not None for key in ('num_classes', 'classes', 'meta_file'))
    if classes and not known and 'num_classes' in inspect.signature(cls).parameters and (
            'num_classes' not in cls.METAINFO):
        settings['num_classes'] = classes


def _counted(settings: ConfigDict) -> dict:
    """Argument of a generator -> what a data set has of that; None where it does not know."""
    try:
        metainfo = dataset_without_files(settings)[1]
    except Exception:  # a user's own may need its files; what is wrong with it is said where it is built
        return {}
    return dict(num_classes=metainfo.get('num_classes'), num_attributes=len(metainfo.get('attributes', ())),
                guide_channels=metainfo.get('guide_channels'), image_size=size_of_data(settings))
