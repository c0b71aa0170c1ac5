"""Results as a table: metric, value, number of images, protocol."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mmengine.evaluator import BaseMetric


class Row(NamedTuple):
    """One value.

    Attributes:
        metric: its name.
        images: of how many images.
        protocol: how it was measured; empty where the metric does not say.
    """

    metric: str
    value: float
    images: int
    protocol: str


def result_rows(metrics: Sequence[BaseMetric], values: dict[str, float], images: int) -> list[Row]:
    """A row a value, in the order of ``values``.

    Args:
        metrics: that were evaluated, in this (the main) process.
        values: what they gave.
        images: size of the data set, for metrics that do not say of how many images they speak.
    """
    known = {name: (count, metric.protocol) for metric in metrics
             for name, count in getattr(metric, 'counts', {}).items()}
    return [Row(name, value, *known.get(name, (images, ''))) for name, value in values.items()]


def format_table(rows: Sequence[Row]) -> str:
    """Columns brought into line, values with four decimals."""
    cells = [('metric', 'value', 'images', 'protocol'),
             *((row.metric, f'{row.value:.4f}', str(row.images), row.protocol) for row in rows)]
    first, second, third, _ = (max(map(len, column)) for column in zip(*cells))
    return '\n'.join(f'{name:<{first}}  {value:>{second}}  {images:>{third}}  {protocol}'.rstrip()
                     for name, value, images, protocol in cells)
