"""Samples of different sizes in batches."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from torch import Tensor

Row = TypeVar('Row')


def runs_of_one_shape(rows: Iterable[Row], size: int, tensors: Callable[[Row], dict[str, Tensor]]
                      ) -> Iterator[list[Row]]:
    """Batches of up to ``size`` rows in their order; a row with other fields or shapes begins a new one.

    Args:
        tensors: the fields of a row.
    """
    run, shapes = [], None
    for row in rows:
        own = {field: value.shape for field, value in tensors(row).items()}
        if run and own != shapes:
            yield run
            run = []
        run.append(row)
        shapes = own
        if len(run) == size:
            yield run
            run = []
    if run:
        yield run
