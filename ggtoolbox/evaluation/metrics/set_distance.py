"""What the measures of two sets of images share that keep a row of features an image."""
from __future__ import annotations

from numpy.typing import NDArray

from ..feature_rows import FeatureNetwork, FeatureRows, two_sides
from .base import ListMetric


class SetDistance(ListMetric):
    """Rows of features of generated and of real images; a subclass compares them in ``summarise``.

    Args:
        measure: what it is called; with another network, :attr:`name` holds that network's.
        key, target: fields with the generated and the real image.
        statistics: ``.npz`` of the real images with ``features`` (N, D), as
            ``tools/analysis_tools/feature_statistics.py`` writes it, instead of the samples' ``target``.
        feature_network, layer, weights, resize: as in :class:`~.fid.FID`.

    Raises:
        InputError: no weights.
    """

    def __init__(self, measure: str, key: str, target: str, statistics: str | None,
                 feature_network: FeatureNetwork, layer: str | None, weights: str | None, resize: str,
                 collect_device: str) -> None:
        super().__init__(collect_device)
        self.sides = dict(generated=key, **({} if statistics else dict(real=target)))
        self.features = FeatureRows(measure, feature_network, layer, weights, resize)
        self.name = self.features.name
        self.real = None if statistics is None else self.features.read_rows(statistics)

    def judge(self, samples: list[dict]) -> list[dict[str, NDArray]]:
        return self.features.of_samples(samples, self.sides)

    def number(self, results: list[dict[str, NDArray]]) -> int:
        return sum('generated' in row for row in results)

    def rows(self, results: list[dict[str, NDArray]], least: int = 2) -> tuple[NDArray, NDArray]:
        """Generated (N, D) and real (M, D) rows.

        Raises:
            InputError: fewer than ``least`` on a side.
        """
        return two_sides(results, self.real, self.name, least)
