"""What a config's test data say of its model's inputs, without their files."""
from __future__ import annotations

import inspect

from mmengine.config import Config, ConfigDict

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS


def test_settings(cfg: Config) -> ConfigDict:
    """The settings of the data set that a config tests (else validates, else trains) on."""
    loaders = (cfg.get(f'{role}_dataloader') for role in ('test', 'val', 'train'))
    settings = next((loader.dataset for loader in loaders if loader), None)
    if settings is None:
        raise InputError(f'{cfg.filename}: expected a test_dataloader, which says how pictures are brought '
                         'to the size of the model, found none')
    while 'dataset' in settings:
        settings = settings.dataset
    return settings


test_settings.__test__ = False  # not a test, whatever pytest thinks of its name


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
