"""Samples as a batch. Importing this module puts it in the place of mmengine's ``default_collate``."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmengine.registry import FUNCTIONS
from torch import Tensor
from torch.utils.data import default_collate

from ggtoolbox.errors import InputError


def stack_samples(samples: Sequence[Any]) -> Any:
    """PyTorch's ``default_collate``, which stacks each field of the samples along a first dimension.

    Raises:
        InputError: samples whose fields or sizes differ; two of them are named, and what to do.
    """
    try:
        return default_collate(samples)
    except (RuntimeError, KeyError, TypeError):
        reason = _difference(samples)
        if reason is None:
            raise
        raise InputError(reason) from None


def _difference(samples: Sequence[Any]) -> str | None:
    """What keeps samples from becoming a batch, as far as it is theirs."""
    if not all(isinstance(sample, dict) for sample in samples):
        return None
    first, *others = samples
    for other in others:
        names = f'the samples {first.get("name")!r} and {other.get("name")!r} of one batch'
        lone = next(iter(first.keys() ^ other.keys()), None)
        if lone is not None:
            return f'{names} must hold the same fields, found {lone!r} in one of them only'
        for field, value in first.items():
            shapes = [tuple(one.shape) for one in (value, other[field]) if isinstance(one, Tensor)]
            if len(set(shapes)) > 1:
                return (f'{names} must have one size, found {field} of {shapes[0]} and of {shapes[1]}: bring '
                        'them to one size in the pipeline (ResizeAndCrop), or set batch_size=1')
    return None


FUNCTIONS.register_module(name='default_collate', force=True, module=stack_samples)
