"""Angles, with nothing but additions and products, so that every machine agrees to the last bit."""
from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

DEGREE = 0.017453292519943295


class Turn(NamedTuple):
    """The cosine and sine of an angle."""

    cos: float
    sin: float

    @classmethod
    @lru_cache(maxsize=1024)  # most angles are constants of a drawing
    def degrees(cls, angle: float) -> Turn:
        """An angle in degrees, from -720 to 720: the series of a sixteenth of it, doubled four times."""
        x = angle * DEGREE / 16
        square = x * x
        sin = x * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72))))
        cos = 1 - square / 2 * (1 - square / 12 * (1 - square / 30 * (1 - square / 56)))
        turn = cls(cos, sin)
        for _ in range(4):
            turn = turn.plus(turn)
        return turn

    def plus(self, other: Turn) -> Turn:
        """This angle and another one."""
        return Turn(self.cos * other.cos - self.sin * other.sin, self.sin * other.cos + self.cos * other.sin)

    def of(self, x: float, y: float) -> tuple[float, float]:
        """(x, y) turned by this angle, from x towards y."""
        return self.cos * x - self.sin * y, self.sin * x + self.cos * y
