"""What a system must beat: the source image handed back as if it had been generated."""
from __future__ import annotations

from mmengine.config import Config
from mmengine.evaluator import Evaluator
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from ggtoolbox.errors import InputError


def copy_baseline(cfg: Config, key: str = 'source_image') -> dict[str, float]:
    """The config's own metrics on its own test data, with a field of the sample in place of ``image``.

    Args:
        cfg: with ``test_dataloader`` and ``test_evaluator``.
        key: the field.

    Raises:
        InputError: no test data in the config, or no such field in a sample.
    """
    if not cfg.get('test_dataloader') or not cfg.get('test_evaluator'):
        raise InputError(f'{cfg.filename}: copying a baseline needs test_dataloader and test_evaluator')
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        loader = Runner.build_dataloader(cfg.test_dataloader, seed=0)
        evaluator = Evaluator(cfg.test_evaluator)
    evaluator.dataset_meta = getattr(loader.dataset, 'metainfo', None)
    for batch in loader:
        if key not in batch:
            raise InputError(f'{cfg.filename}: the test samples have no {key!r} to copy (they have '
                             f'{", ".join(batch)})')
        samples = [dict(zip(batch, values)) for values in zip(*batch.values())]
        evaluator.process(data_samples=[sample | _handed_back(sample, key) for sample in samples],
                          data_batch=batch)
    return evaluator.evaluate(len(loader.dataset))


def _handed_back(sample: dict, key: str) -> dict:
    """A field as what was generated; in a video the frame before a real one is real, too."""
    copied = dict(image=sample[key])
    if 'previous_image' in sample:
        copied['generated_previous_image'] = sample['previous_image' if key == 'target_image' else key]
    return copied
