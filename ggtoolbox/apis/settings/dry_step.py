"""One step of a training without its numbers, on the meta device, before the first real one.

Shapes are all that is computed, so that a discriminator of other channels than the images', a generator of
another size than the data's or a loss that the model cannot feed is found in a second, whatever the model's
size, and nothing is drawn, moved or kept.
"""
from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.config import Config
from torch import Tensor
from torch.utils.data import DataLoader

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.gans.picture_scaler import PictureScaler
from ggtoolbox.randomness import random_state_kept
from ggtoolbox.registry import MODELS

from ..analysis.complexity import draw_feature_networks
from .building import building

SAMPLES = 2


def dry_step(cfg: Config, train_loader: DataLoader, val_loader: DataLoader | None = None) -> None:
    """Raise :class:`InputError` unless a config's model takes its data, in training and in validation.

    A model that is no :class:`BaseGAN`, or one that needs values to go on, is left to the training itself.
    """
    cfg = copy.deepcopy(cfg)
    draw_feature_networks(cfg)
    with random_state_kept(), torch.device('meta'):
        with building('model'):
            model = MODELS.build(cfg.model)
        if not isinstance(model, BaseGAN):
            return
        batch = _meta_batch(train_loader, 'train_dataloader')
        fakes: dict = {}
        with building('model', model), _values_are_not_needed():
            batch = model.prepare(batch)
            fakes = model.generate(batch)
        _check_size(fakes, batch, 'train_dataloader')
        with building('model', model), _values_are_not_needed():
            for turn in model.order() if fakes else ():
                getattr(model, f'{turn}_losses')(batch, fakes)
        if val_loader is not None:
            batch = _meta_batch(val_loader, 'val_dataloader')
            fakes = {}
            with building('val_dataloader'), _values_are_not_needed():
                fakes = model.eval().generate(batch)
            _check_size(fakes, batch, 'val_dataloader')


def _check_size(fakes: dict, batch: dict, loader: str) -> None:
    if 'target_image' not in batch or 'image' not in fakes:
        return
    (height, width), (rows, columns) = (x.shape[-2:] for x in (fakes['image'], batch['target_image']))
    if (height, width) != (rows, columns):
        raise InputError(f'{loader}: expected pictures of {height} x {width} (height x width), which '
                         f'model.generator draws, found {rows} x {columns}')


def _meta_batch(loader: DataLoader, field: str) -> dict[str, Tensor]:
    """Shapes and types of the loader's first samples."""
    dataset = loader.dataset
    with building(field), torch.device('cpu'):
        samples = [dataset[index] for index in range(min(SAMPLES, len(dataset)))]
        batch = loader.collate_fn(samples * (SAMPLES // len(samples)))
    if not isinstance(batch, dict):
        raise InputError(f'{field}: expected samples that are dicts of tensors, found {type(batch).__name__}')
    with torch.device('cpu'):
        batch = PictureScaler()(batch)  # pictures of 8 bits become what networks are given
    return {name: value.to('meta') for name, value in batch.items() if isinstance(value, Tensor)}


@contextmanager
def _values_are_not_needed() -> Iterator[None]:
    """Let go what the meta device cannot compute."""
    try:
        yield
    except NotImplementedError:
        pass
    except RuntimeError as error:
        if 'meta' not in str(error).lower():
            raise
