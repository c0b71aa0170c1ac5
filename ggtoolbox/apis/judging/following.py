"""Does a model follow its guide, or does it hand its source back?"""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.evaluator import Evaluator
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from numpy.typing import NDArray

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.grid import GridEnergy
from ggtoolbox.evaluation.images import image_bytes

from ..inference import init_model
from .protocols import judged_protocol, use_protocol

GUIDES = ('target_guide', 'label', 'edge', 'instance', 'attributes', 'domain')
OWNER = 'follows_guide'


def follows_guide(cfg: Config, checkpoint: str | Path | None = None, images: int | None = None
                  ) -> dict[str, float]:
    """What a model makes of its guide, on unseen samples of ToyWorld.

    Args:
        cfg: of the system; its test is changed to the judges' protocol for its data.
        checkpoint: see :func:`~ggtoolbox.apis.inference.init_model`.
        images: number of samples; None for the protocol's.

    Returns:
        ``output_to_target``, ``source_to_target``, ``output_to_source`` (where there is a source image) and
        ``under_another_guide`` (the next sample's, everything else as it was): mean absolute differences in
        levels of 8 bits; ``grid``, see :class:`~ggtoolbox.evaluation.grid.GridEnergy`; and what the judges
        measure.

    Raises:
        InputError: the data are not ToyWorld's; the model reads no guide.
    """
    use_protocol(cfg, judged_protocol(cfg), images)
    model = init_model(cfg, checkpoint)
    inputs = model.test_inputs()
    guides = [name for name in GUIDES if name in (*inputs.required, *inputs.optional)]
    if not guides:
        raise InputError(f'{cfg.filename}: its generator reads no guide (it reads '
                         f'{", ".join(inputs.required) or "noise alone"})')
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        loader = Runner.build_dataloader(cfg.test_dataloader, seed=0)
        evaluator = Evaluator(cfg.test_evaluator)
    evaluator.dataset_meta = getattr(loader.dataset, 'metainfo', None)
    sums, grid, seen = {}, GridEnergy(), 0
    for batch in loader:
        samples = model.test_step(batch)
        evaluator.process(data_samples=samples, data_batch=batch)
        image, target = (_bytes(samples, field) for field in ('image', 'target_image'))
        pairs = dict(output_to_target=(image, target))
        if 'source_image' in samples[0]:
            source = _bytes(samples, 'source_image')
            pairs |= dict(source_to_target=(source, target), output_to_source=(image, source))
        pairs['under_another_guide'] = image, _bytes(model.test_step(_next_guides(batch, guides)), 'image')
        for name, (first, second) in pairs.items():
            distance = np.abs(first.astype(np.float64) - second).mean(axis=(1, 2, 3)).sum()
            sums[name] = sums.get(name, 0.0) + float(distance)
        grid.add(image, target)
        seen += len(samples)
    means = {name: total / seen for name, total in sums.items()}
    return {**means, 'grid': grid.value(), **evaluator.evaluate(len(loader.dataset))}


def _next_guides(batch: dict, guides: Sequence[str]) -> dict:
    return {name: value.roll(-1, 0) if name in guides else value for name, value in batch.items()}


def _bytes(samples: list[dict], field: str) -> NDArray[np.uint8]:
    return np.stack([image_bytes(sample, field, OWNER) for sample in samples])


def following_table(rows: dict[str, dict[str, float]]) -> str:
    """Markdown, a line a model.

    Args:
        rows: name of a model -> what :func:`follows_guide` found.
    """
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    lines = [['model', *columns], ['---', *['---:'] * len(columns)]]
    lines += [[name, *(f'{row[column]:.4g}' if column in row else '' for column in columns)]
              for name, row in rows.items()]
    return '\n'.join(f'| {" | ".join(line)} |' for line in lines) + '\n'
