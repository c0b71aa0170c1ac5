"""A batch such as a config's data yield, without the data: to trace, to count and to time a model."""
from __future__ import annotations

from collections.abc import Callable

import torch
from mmengine.config import Config
from torch import Tensor

from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import VOCABULARY

from ..reading.sizes import picture_size
from ..reading.test_data import training_settings

BINARY = ('edge', 'mask', 'attributes')


def field_shapes(cfg: Config, size: tuple[int, int] | None = None) -> dict[str, tuple[int, ...]]:
    """Field -> shape of one sample of a config's training data.

    Args:
        size: (height, width) instead of the data's own.
    """
    dataset = training_settings(cfg)
    said = DATASETS.get(dataset.type).METAINFO
    channels = dict.fromkeys(VOCABULARY, 3)
    channels |= dict.fromkeys(('edge', 'mask', 'exemplar_mask', 'target_edge'), 1)
    guides = ('source_guide', 'target_guide', 'previous_guide', 'frame_guides', 'exemplar_guide')
    maps = len(dataset.get('joints', ())) if dataset.get('guide') == 'heat_maps' else 0
    channels |= dict.fromkeys(guides, maps or said.get('guide_channels', 3))
    frames, joints = dataset.get('frames', said.get('frames', 1)), len(said.get('joints', ()))
    lists = dict.fromkeys(('keypoints', 'source_keypoints'), (joints, 3))
    lists |= dict(audio=(frames, said.get('samples', 1)), target_motion=(frames, joints, 2), dance=())
    lists |= dict.fromkeys(('domain', 'source_domain', 'self_reference'), ())
    lists['attributes'] = (len(said.get('attributes', ())),)
    strip = [dict(label_picture='label').get(panel, panel) for panel in dataset.get('panels', ()) if panel]
    steps = cfg.train_dataloader.dataset.get('pipeline') or dataset.get('pipeline')
    names = (steps[-1].get('keys') if steps else None) or strip
    pictures = {3: (), 4: (None,), 5: (frames, None)}  # what is in front of the size; None: the channels
    shapes = {}
    for name in names:
        if name in lists:
            shapes[name] = lists[name]
            continue
        size = tuple(size or picture_size(cfg))
        front = pictures[VOCABULARY[name].dimensions]
        shapes[name] = (*(channels[name] if part is None else part for part in front), *size)
    return shapes


def example_batch(cfg: Config, batch_size: int = 2, size: tuple[int, int] | None = None,
                  device: str | torch.device = 'meta', seed: int = 0) -> dict[str, Tensor]:
    """The fields, shapes and types that a config's training data have.

    On the meta device there are no values. On any other they are noise within the vocabulary's ranges, the
    same for the same ``seed``; labels are those of the data set's classes.

    Args:
        size: (height, width) instead of the data's own.
    """
    dataset = training_settings(cfg)
    classes = dataset.get('num_classes') or len(dataset.get('classes', ())) or \
        DATASETS.get(dataset.type).METAINFO.get('num_classes', 1)
    generator = torch.Generator().manual_seed(seed)
    batch = {}
    for name, shape in field_shapes(cfg, size).items():
        full = (batch_size, *shape)
        batch[name] = torch.empty(full, dtype=VOCABULARY[name].dtype, device='meta') \
            if torch.device(device).type == 'meta' else _noise(name, full, classes, generator).to(device)
    return batch


def _noise(name: str, shape: tuple[int, ...], classes: int, generator: torch.Generator) -> Tensor:
    uniform: Callable[[], Tensor] = lambda: torch.rand(shape, generator=generator)
    if VOCABULARY[name].dtype == torch.int64:
        return torch.randint(classes, shape, generator=generator)
    if name in BINARY:
        return uniform().round()
    if name == 'target_edge':
        return uniform().round() * 2 - 1
    if name.endswith('keypoints'):
        return torch.cat([uniform()[..., :2] * 16, torch.ones(*shape[:2], 1)], dim=-1)
    return uniform() * 2 - 1
