"""The distinct k x k neighbourhoods of a map of integers, and sums over what they group.

A label map has few of them, for most pixels lie among their like. What depends on a pixel's neighbourhood
alone need be computed once for each distinct one.
"""
from __future__ import annotations

from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

_MOST = 2 ** 63  # integers below it are held exactly
_PIECE = 256  # elements that are summed one after another; more are summed piece by piece


class Groups:
    """Elements sorted by the group that they belong to, for sums over each group.

    Args:
        ids: (n,) the group of each element; those from ``count`` on belong to none.
        count: how many groups there are.
        sources: (n,) the row that each element stands for; None: its own.
    """

    def __init__(self, ids: Tensor, count: int, sources: Tensor | None = None) -> None:
        self.count = count
        ids, order = ids.sort(stable=True)
        self._ends = torch.searchsorted(ids, torch.arange(count + 1, device=ids.device))
        order = order[:self._ends[-1]]
        self._sources = order if sources is None else sources[order]
        # Long groups are summed piece by piece: exact to rounding, and threads have equal shares.
        cuts = torch.arange(0, len(order), _PIECE, device=ids.device)
        cuts = cuts[self._ends.diff()[ids[cuts]] > 2 * _PIECE]
        self._pieces = torch.cat([self._ends, cuts]).unique() if len(cuts) else None

    def sum(self, rows: Tensor) -> Tensor:
        """(., C) -> (count, C): the sum of each group's rows, 0 for a group without any."""
        if self._pieces is None:
            return _sums(rows, self._sources, self._ends)
        pieces = _sums(rows, self._sources, self._pieces)
        return _sums(pieces, torch.arange(len(pieces), device=rows.device),
                     torch.searchsorted(self._pieces, self._ends))


def _sums(rows: Tensor, sources: Tensor, ends: Tensor) -> Tensor:
    return F.embedding_bag(sources, rows, ends, mode='sum', include_last_offset=True)


class Neighbourhoods:
    """The distinct k x k neighbourhoods of a map of integers; beyond its border lies nothing.

    Args:
        ids: (B, H, W) integers in 0 .. ``count`` - 1.
        count: how many there may be.
        kernel_size: k, odd.

    Attributes:
        ids: (B, H, W) which neighbourhood is around a pixel: a map of integers again.
        count: U, how many there are.
        members: (U, k * k) the integers in each, row by row; ``below`` for what lies beyond the border.
        below: the ``count`` of the map that they are neighbourhoods of.
    """

    def __init__(self, ids: Tensor, count: int, kernel_size: int) -> None:
        self.below, self.kernel_size = count, kernel_size
        height, width = ids.shape[1:]
        padded = F.pad(ids, [kernel_size // 2] * 4, value=count)
        taps = range(kernel_size)
        rows, most = _numbered_jointly([padded[:, :, x:x + width] for x in taps], count + 1)
        self.ids, self.count = _numbered_jointly([rows[:, y:y + height] for y in taps], most)
        windows = padded.unfold(1, kernel_size, 1).unfold(2, kernel_size, 1)
        self.members = windows[pixels_of(self.ids, self.count)].flatten(1)

    @cached_property
    def look_ups(self) -> Tensor:
        """(U, k * k) rows of a table that holds, for each integer, k * k rows, and last a row of zeros for
        what is beyond the border."""
        taps = torch.arange(self.members.shape[1], device=self.members.device)
        outside = self.members == self.below
        return torch.where(outside, self.below * len(taps), self.members * len(taps) + taps)

    @cached_property
    def groups(self) -> Groups:
        """The adjoint of :attr:`look_ups`: by row of that table, the neighbourhoods that read it."""
        taps = self.members.shape[1]
        sources = torch.arange(self.count, device=self.members.device).repeat_interleave(taps)
        return Groups(self.look_ups.flatten(), self.below * taps, sources)


def pixels_of(ids: Tensor, count: int) -> tuple[Tensor, ...]:
    """For each integer in 0 .. count - 1 a pixel that has it: image, row and column, each (count,)."""
    pixels = torch.arange(ids.numel(), device=ids.device)
    return torch.unravel_index(pixels.new_empty(count).scatter_(0, ids.flatten(), pixels), ids.shape)


def numbered(values: Tensor) -> tuple[Tensor, int]:
    """Integers as 0 .. count - 1, equal where ``values`` are, and count."""
    distinct, ids = values.unique(return_inverse=True)
    return ids, len(distinct)


def _numbered_jointly(parts: list[Tensor], count: int) -> tuple[Tensor, int]:
    """As :func:`numbered`, equal where all parts, in 0 .. count - 1, are."""
    joined, most = parts[0], count
    for part in parts[1:]:
        if most * count >= _MOST:
            joined, most = numbered(joined)
        joined, most = joined * count + part, most * count
    return numbered(joined)
