"""Which numbers a setting may have, by the kind of thing that its name says it is."""
from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from numbers import Real
from typing import Any, NamedTuple

from ggtoolbox.arguments import is_default
from ggtoolbox.errors import InputError

# Whose arguments are meant; those of a user's own components may mean something else.
PACKAGES = ('ggtoolbox', 'mmengine', 'mmcv', 'torch')


class Range(NamedTuple):
    """Numbers from ``lowest`` to ``highest``; ``open``: without these two themselves."""

    lowest: float = -math.inf
    highest: float = math.inf
    open: bool = False

    def holds(self, value: float) -> bool:
        if self.open:
            return self.lowest < value < self.highest
        return self.lowest <= value <= self.highest and math.isfinite(value)

    def __str__(self) -> str:
        if self.highest < math.inf:
            return f'{self.lowest:g} to {self.highest:g}{", without these two" if self.open else ""}'
        return f'more than {self.lowest:g}' if self.open else f'at least {self.lowest:g}'


SEED = Range(0, 2**32 - 1)  # NumPy's
COUNT, AMOUNT, MORE_THAN_NOTHING, SHARE = Range(1), Range(0), Range(0, open=True), Range(0, 1)
ANY = Range()
RULES = dict(
    **dict.fromkeys((
        'accumulative_counts', 'base_batch_size', 'batch_size', 'crop_size', 'discriminator_steps',
        'dynamic_intervals', 'image_size', 'interval', 'length', 'load_size', 'log_interval', 'max_epochs',
        'max_iters', 'max_keep_ckpts', 'num_batch_per_epoch', 'num_layers', 'num_scales', 'number',
        'patch_size', 'prefetch_factor', 'rows', 'samples', 'samples_per_epoch', 'scale', 'scale_factor',
        'size', 'splits', 'step_size', 'stride', 'subset_size', 'subsets', 'T_max', 'timeout', 'times',
        'val_begin', 'val_interval', 'window_size'), COUNT),
    **dict.fromkeys(('lr', 'norm_hidden_channels', 'source_channels', 'weight_decay'), AMOUNT),
    **dict.fromkeys(('aspect_ratio', 'clip_value', 'max_norm', 'sigma', 'threshold'), MORE_THAN_NOTHING),
    **dict.fromkeys(('alpha', 'betas', 'dropout', 'momentum', 'probability'), SHARE),
    seed=SEED,
    # Positions, thresholds and factors that may well be negative.
    **dict.fromkeys(('gain', 'ignore_index', 'max', 'min', 'negative_slope', 'target_fake', 'target_real'),
                    ANY))


def rule_of(argument: str) -> Range:
    """Of an argument that the table does not hold: channels are at least 1, all else is not negative."""
    return RULES.get(argument, COUNT if argument.endswith('channels') else AMOUNT)


def check_range(cls: Callable, argument: str, value: Any, field: str) -> None:
    """Raise :class:`InputError` for a number, or a list that holds one, which the argument's name rules out.

    The default of ``cls`` is always right (-1 often means never).
    """
    if not (getattr(cls, '__module__', None) or '').startswith(PACKAGES) or is_default(cls, argument, value):
        return
    rule = rule_of(argument)
    for number in _numbers(value):
        if not rule.holds(number):
            raise InputError(f'{field}: expected {rule}, found {value!r}')


def _numbers(value: Any) -> Iterator[float]:
    """The value, or what its lists hold, as far as these are numbers."""
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _numbers(inner)
    elif isinstance(value, Real) and not isinstance(value, bool):
        yield value
