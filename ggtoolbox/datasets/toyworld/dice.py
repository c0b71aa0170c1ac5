"""Random numbers that are the same on every machine."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Choice = TypeVar('Choice')


def pattern_seed(seed: int, index: int) -> int:
    """One number for ``(seed, index)``, from which patterns on surfaces are hashed."""
    return 1000003 * seed + index


class Dice:
    """Draws from ``(seed, index)``.

    Only raw 53-bit fractions leave the generator: NumPy's own distributions use compiled
    arithmetic and library functions that may round differently from machine to machine.

    Args:
        seed: of the world.
        index: of the scene in it.
    """

    def __init__(self, seed: int, index: int) -> None:
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, index))))
        self._generator = generator
        self._drawn: list[float] = []

    def fraction(self) -> float:
        """A number in [0, 1)."""
        if not self._drawn:
            self._drawn = self._generator.random(256).tolist()
        return self._drawn.pop()

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.fraction()

    def whole(self, low: int, high: int) -> int:
        """An integer in [low, high], both included."""
        return low + int((high - low + 1) * self.fraction())

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.fraction() < probability

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """One of ``choices``, all equally likely."""
        return choices[int(len(choices) * self.fraction())]
