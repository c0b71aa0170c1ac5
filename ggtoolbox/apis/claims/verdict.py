"""What the seeds say of a claim, by a test that is stated beforehand."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import t

LEVEL, LEAST_SEEDS = 0.05, 3
HOLDS, FAILS, UNDECIDED = 'holds', 'does not hold', 'undecided'


class Verdict(NamedTuple):
    """Of a claim.

    Attributes:
        word: ``holds``, ``does not hold`` or ``undecided``.
        seeds: with which both rows have been trained.
        mean, deviation: of the improvements (N - 1); NaN where there are too few.
        p: of the one-sided test in the direction of the mean; NaN without a test.
    """

    word: str
    seeds: int
    mean: float
    deviation: float
    p: float


def judge(improvements: Sequence[float]) -> Verdict:
    """Paired, one-sided t-tests at :data:`LEVEL`, from :data:`LEAST_SEEDS` seeds on.

    The claim holds where the mean improvement is larger than 0, does not hold where it is smaller than 0,
    each with a p below the level; otherwise nothing is decided. Improvements that are all the same and not 0
    have p = 0.

    Args:
        improvements: by how much the better row is better, a seed each.
    """
    values = np.asarray(improvements, np.float64)
    seeds = len(values)
    mean = float(values.mean()) if seeds else float('nan')
    deviation = float(values.std(ddof=1)) if seeds > 1 else float('nan')
    if seeds < LEAST_SEEDS:
        return Verdict(UNDECIDED, seeds, mean, deviation, float('nan'))
    if deviation == 0:
        p = 0.0 if mean else 0.5
    else:
        p = float(t.sf(abs(mean) / (deviation / seeds ** 0.5), seeds - 1))
    word = UNDECIDED if p >= LEVEL else HOLDS if mean > 0 else FAILS
    return Verdict(word, seeds, mean, deviation, p)
