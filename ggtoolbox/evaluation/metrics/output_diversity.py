"""How much the outputs of one picture in a domain differ, by StarGAN v2's protocol."""
from __future__ import annotations

from itertools import combinations

import numpy as np
from mmengine.dist import get_dist_info
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS

from ..networks import name_of
from .base import ListMetric
from .lpips import LPIPSDistance


@METRICS.register_module()
class OutputDiversity(ListMetric):
    """Mean LPIPS of all pairs of a picture's outputs, higher is more diverse (Choi et al., CVPR 2020).

    Each output is a sample of its own, those of one picture in a row (:class:`DomainFolders` with
    ``outputs``); of the picture at hand alone features are kept, each made once. Protocol: AlexNet, the root
    of lengths with epsilon under it; mean of a picture's pairs; mean of so many pictures as the released code
    has in a batch; mean of these batches, of which the last may be smaller and counts the same. The paper's
    figure is the mean over all ordered pairs of domains, each a test of its own.

    Args:
        outputs: of each picture (10).
        pictures: in a batch of the released code (8).
        key: field of the generated image.
        weights, linear_weights, feature_network: see :class:`~.lpips.LPIPSDistance`; of another network the
            value is called ``LPIPS_outputs_<network>``.

    Raises:
        InputError: no weights; fewer than two outputs; samples that are not so many outputs of a picture in a
            row; several processes.
    """

    def __init__(self, outputs: int = 10, pictures: int = 8, key: str = 'image', weights: str | None = None,
                 linear_weights: str | None = None,
                 feature_network: dict | nn.Module | str | None = None, collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.outputs, self.pictures, self.key = outputs, pictures, key
        self.name = 'LPIPS_outputs'
        if feature_network is not None:
            self.name += f'_{name_of(feature_network)}'
        if outputs < 2 or pictures < 1:
            raise InputError(f'{self.name}: expected two outputs or more and one picture or more, found '
                             f'outputs={outputs} and pictures={pictures}')
        self.distance = LPIPSDistance(self.name, 'alex', weights, linear_weights, feature_network, True)
        self.protocol = f'LPIPS, all pairs of {outputs} outputs; mean of means of {pictures} pictures'
        self.at_hand: list[dict[str, Tensor]] = []
        self.picture = ''

    def judge(self, samples: list[dict]) -> list[float | None]:
        """The value of a picture at its last output, None at the others."""
        if get_dist_info()[1] > 1:
            raise InputError(f'{self.name}: the outputs of a picture must be in one process; test with one')
        features = self.distance.extractor.of_field(samples, self.key, self.name)
        return [self._add(sample, found) for sample, found in zip(samples, features)]

    def _add(self, sample: dict, features: dict[str, Tensor]) -> float | None:
        picture = str(sample.get('name')).rpartition('_')[0]
        if self.at_hand and picture != self.picture:
            raise InputError(f'{self.name}: expected {self.outputs} outputs of {self.picture!r} in a row, '
                             f'found {len(self.at_hand)}')
        self.picture = picture
        self.at_hand.append(features)
        if len(self.at_hand) < self.outputs:
            return None
        first, second = zip(*combinations(self.at_hand, 2))
        self.at_hand = []
        return float(np.mean(self.distance(first, second)))

    def number(self, results: list[float | None]) -> int:
        return sum(result is not None for result in results)

    def summarise(self, results: list[float | None]) -> dict[str, float]:
        if self.at_hand:
            raise InputError(f'{self.name}: expected {self.outputs} outputs of {self.picture!r}, found '
                             f'{len(self.at_hand)}')
        values = [result for result in results if result is not None]
        batches = [values[start:start + self.pictures] for start in range(0, len(values), self.pictures)]
        return {self.name: float(np.mean([np.mean(batch) for batch in batches]))}
