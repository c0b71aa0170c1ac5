"""What a config's test data say of its model's inputs, without their files."""
from __future__ import annotations

import inspect

from mmengine.config import Config, ConfigDict
from mmengine.registry import DefaultScope

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS, SCOPE

from ..settings.building import building


def test_settings(cfg: Config) -> ConfigDict:
    """The settings of the data set that a config tests (else validates, else trains) on."""
    loaders = (cfg.get(f'{role}_dataloader') for role in ('test', 'val', 'train'))
    settings = next((loader.dataset for loader in loaders if loader), None)
    if settings is None:
        raise InputError(f'{cfg.filename}: expected a test_dataloader, which says how pictures are brought '
                         'to the size of the model, found none')
    return innermost(settings)


def training_settings(cfg: Config) -> ConfigDict:
    """The settings of the data set that a config trains on.

    Raises:
        InputError: it trains on none.
    """
    if not cfg.get('train_dataloader'):
        raise InputError(f'{cfg.filename}: expected a train_dataloader, found none')
    return innermost(cfg.train_dataloader.dataset)


def innermost(settings: ConfigDict) -> ConfigDict:
    """The data set inside of what repeats or joins some: of several, the first."""
    while 'dataset' in settings or 'datasets' in settings:
        settings = settings.dataset if 'dataset' in settings else settings.datasets[0]
    return settings


test_settings.__test__ = False  # not a test, whatever pytest thinks of its name


def build_dataset(settings: ConfigDict, field: str) -> object:
    """A data set as the runner builds it, also one that repeats or joins others.

    Args:
        field: where its settings stand, for errors.
    """
    with building(field), DefaultScope.overwrite_default_scope(SCOPE):
        return DATASETS.build(settings)


def dataset_without_files(settings: ConfigDict) -> tuple[object, dict]:
    """The data set of ``settings``, whose files need not be there, and its metainfo.

    Where it needs one of them to be built it is None, and the metainfo its class's.
    """
    kind = DATASETS.get(settings.type)
    lazy = dict(lazy_init=True) if 'lazy_init' in inspect.signature(kind).parameters else {}
    try:
        dataset = DATASETS.build({**settings, 'pipeline': [], **lazy})
    except InputError:
        return None, dict(kind.METAINFO)
    return dataset, dict(dataset.metainfo)
