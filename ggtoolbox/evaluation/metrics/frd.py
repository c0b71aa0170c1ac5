"""Frechet ResNet distance."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ggtoolbox.models.backbones.resnet50 import ADDRESS
from ggtoolbox.registry import METRICS

from ..images import image_pair
from ..networks import find_weights, name_of, named_network, shared_extractor
from .base import ListMetric


def discrete_frechet(first: NDArray, second: NDArray) -> NDArray[np.float64]:
    """(N,) discrete Frechet distances of curves on a line (Eiter and Mannila 1994).

    c(i, j) = max(min(c(i-1, j), c(i-1, j-1), c(i, j-1)), |u_i - v_j|); the distance is the last c.
    All c of a diagonal i + j are found at once.

    Args:
        first, second: (N, P) and (N, Q): points of N pairs of curves, in order.
    """
    first, second = np.float64(first), np.float64(second)
    (pairs, length), width = first.shape, second.shape[1]
    edge = np.inf
    # costs[:, i + 1] = c(i, diagonal - i); what lies outside is infinite.
    before = np.full((pairs, length + 1), edge)
    last = before.copy()
    for diagonal in range(length + width - 1):
        low, high = max(0, diagonal - width + 1), min(length, diagonal + 1)
        gaps = np.abs(first[:, low:high] - second[:, diagonal - high + 1:diagonal - low + 1][:, ::-1])
        reached = np.minimum(np.minimum(last[:, low:high], last[:, low + 1:high + 1]), before[:, low:high])
        if diagonal == 0:
            reached[:] = 0
        current = np.full_like(last, edge)
        current[:, low + 1:high + 1] = np.maximum(reached, gaps)
        before, last = last, current
    return last[:, length]


@METRICS.register_module()
class FRD(ListMetric):
    """Frechet ResNet distance (GestureGAN; thesis, eq. 2.17), lower is better.

    Protocol: 8-bit RGB, no resize; the 1000 logits of ResNet-50, read in the order of the classes as points
    of a curve on a line; discrete Frechet distance of the two images' curves. ``FRD`` is the mean over
    images, as eq. 2.17 says; the released MATLAB script divides by N + 2, because the folder's entries ``.``
    and ``..`` count: that is ``FRD_script``. The infimum over reparametrisations of eq. 2.17 is taken over
    steps from point to point, as the script does. Its network is MATLAB's ResNet-50, whose weights are not
    public in any form that loads here and whose last average has 7 x 7 pixels; ours has torchvision's
    weights, so values compare with one another but not with the tables.

    Args:
        key, target: fields of the generated and of the real image.
        weights: path or URL of torchvision's ``resnet50``; None looks into torch's hub cache.
        feature_network: a network with ``logits``: a name (``EfficientNetLite0``), a description for
            ``BACKBONES``, or a module; None is ResNet-50; of another the values are called
            ``FRD_<network>`` and ``FRD_<network>_script``.
    """

    values = '{name}', '{name}_script'

    def __init__(self, key: str = 'image', target: str = 'target_image', weights: str | None = None,
                 feature_network: dict | nn.Module | str | None = None,
                 collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.key, self.target = key, target
        network, self.name = feature_network, 'FRD'
        if network is None:
            network = dict(type='ResNet50', pool_size=7, weights=find_weights(weights, ADDRESS, self.name))
        else:
            self.name = f'FRD_{name_of(network)}'
        if isinstance(network, str):
            network = named_network(network, self.name, weights, dict(layers=('logits',)))
        self.extractor = shared_extractor(network)
        self.protocol = f'{name_of(network)} logits as a curve, no resize, discrete; _script divides by N + 2'

    def judge(self, samples: list[dict]) -> list[float]:
        for sample in samples:
            image_pair(sample, self.key, self.target, self.name)
        curves = [np.stack([row['logits'].cpu().numpy()
                            for row in self.extractor.of_field(samples, field, self.name)])
                  for field in (self.key, self.target)]
        return list(discrete_frechet(*curves))

    def summarise(self, results: list[float]) -> dict[str, float]:
        mean, script = frd_means(np.array(results)).values()
        return {self.name: mean, f'{self.name}_script': script}


def frd_means(distances: NDArray) -> dict[str, float]:
    """``FRD`` of eq. 2.17 and ``FRD_script`` of single distances (N,)."""
    return dict(FRD=distances.mean(), FRD_script=distances.sum() / (len(distances) + 2))
