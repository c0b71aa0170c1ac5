"""Learned perceptual image patch similarity."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones import alexnet, squeezenet, vgg
from ggtoolbox.models.layers.pretrained import read_weights
from ggtoolbox.registry import METRICS

from ..images import image_pair
from ..judge import judge_network
from ..networks import find_weights, name_of, named_network, shared_extractor
from .base import ListMetric

# Backbone -> network's type, address of its weights, sums of the layers' weights of version 0.1.
BACKBONES = {
    'alex': ('AlexNet', alexnet.ADDRESS, (2.349532, 16.143027, 39.268439, 27.197178, 20.317177)),
    'vgg': ('VGG16', f'{vgg.ADDRESS}vgg16-397923af.pth',
            (6.925992, 8.858334, 17.515006, 51.521323, 47.034854)),
    'squeeze': ('SqueezeNet', squeezenet.ADDRESS, (5.690101, 1.185279, 16.326565, 71.012624, 37.370723,
                                                   24.262872, 17.590553)),
}
LINEAR = 'https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/lpips/weights/v0.1/{}.pth'
EPSILON = 1e-10


def lpips_terms(first: Sequence[Tensor], second: Sequence[Tensor],
                weights: Sequence[Tensor] | None = None, inside: bool = False) -> list[Tensor]:
    """(B, 1, h, w) a layer: weighted squares of the differences of features of length 1.

    Args:
        first, second: features (B, C, h, w) of both images, a layer each.
        weights: (C,) a layer; None takes 1.
        inside: the root that gives a length has epsilon under it, as in StarGAN v2's copy, not beside it.
    """
    under, beside = (EPSILON, 0.0) if inside else (0.0, EPSILON)
    terms = []
    for place, (one, other) in enumerate(zip(first, second)):
        one, other = (x / ((x.square().sum(1, keepdim=True) + under).sqrt() + beside) for x in (one, other))
        squares = (one - other).square()
        if weights is not None:
            squares = squares * weights[place].view(1, -1, 1, 1)
        terms.append(squares.sum(1, keepdim=True))
    return terms


def lpips_distance(first: Sequence[Tensor], second: Sequence[Tensor],
                   weights: Sequence[Tensor] | None = None, inside: bool = False) -> Tensor:
    """(B,): the sum over layers of the terms' means over the picture; see :func:`lpips_terms`."""
    return sum(term.mean((1, 2, 3)) for term in lpips_terms(first, second, weights, inside))


def lpips_map(first: Sequence[Tensor], second: Sequence[Tensor], size: tuple[int, int],
              weights: Sequence[Tensor] | None = None) -> Tensor:
    """(B, 1, H, W): the sum over layers of the terms, brought to ``size`` (bilinear)."""
    return sum(F.interpolate(term, size, mode='bilinear', align_corners=False)
               for term in lpips_terms(first, second, weights))


def read_linear_weights(source: str, backbone: str) -> list[Tensor]:
    """(C,) a layer from LPIPS's own file of version 0.1.

    Raises:
        InputError: other names, or sums other than those of the published file.
    """
    state, sums = read_weights(source), BACKBONES[backbone][2]
    names = [f'lin{layer}.model.1.weight' for layer in range(len(sums))]
    if set(state) != set(names):
        raise InputError(f"{source}: expected LPIPS's linear weights ({names[0]}, ...), found "
                         f'{", ".join(list(state)[:3])}, ...')
    weights = [state[name].flatten().float() for name in names]
    found = [round(float(weight.double().sum()), 6) for weight in weights]
    if not np.allclose(found, sums, rtol=1e-4):
        raise InputError(f'{source}: the sums of its layers are {found}, expected {list(sums)} as in '
                         f"version 0.1 of LPIPS's {backbone} weights")
    return weights


class LPIPSDistance:
    """LPIPS of two images, as metrics share it.

    Args:
        backbone: ``alex``, ``vgg`` or ``squeeze``.
        weights: path or URL of torchvision's ``alexnet``, ``vgg16`` or ``squeezenet1_1``; None looks into
            torch's hub cache.
        linear_weights: path or URL of LPIPS's ``v0.1`` file for it; likewise.
        feature_network: another one, all of whose layers count, without linear weights: a name
            (``EfficientNetLite0``), a judge's, whose levels count, a description for ``BACKBONES``, or a
            module.
        inside: see :func:`lpips_terms`.
    """

    def __init__(self, owner: str, backbone: str = 'alex', weights: str | None = None,
                 linear_weights: str | None = None,
                 feature_network: dict | nn.Module | str | None = None, inside: bool = False) -> None:
        if backbone not in BACKBONES:
            raise InputError(f'{owner}: backbone must be one of {", ".join(BACKBONES)}, found {backbone!r}')
        self.owner, self.linear, self.inside, network = owner, None, inside, feature_network
        if isinstance(network, str):
            network = named_network(network, owner, weights, dict(normalise=True))
        if isinstance(network, str):
            network = dict(judge_network(network), levels=True)
        if network is None:
            kind, address, _ = BACKBONES[backbone]
            source = find_weights(linear_weights, LINEAR.format(backbone), owner, 'linear_weights')
            network = dict(type=kind, weights=find_weights(weights, address, owner), normalise=True)
            self.linear = read_linear_weights(source, backbone)
        self.extractor = shared_extractor(network)

    def __call__(self, first: list[dict[str, Tensor]], second: list[dict[str, Tensor]]) -> list[float]:
        """Of the features of pairs of images, as the extractor gives them."""
        return [float(self._between(one, other)) for one, other in zip(first, second)]

    def _between(self, one: dict[str, Tensor], other: dict[str, Tensor]) -> Tensor:
        linear = self.linear
        if linear is not None:
            device = next(iter(one.values())).device
            linear = self.linear = [weight.to(device) for weight in linear]
        one, other = ([x[None] for x in layers.values()] for layers in (one, other))
        return lpips_distance(one, other, linear, self.inside)[0]


@METRICS.register_module()
class LPIPS(ListMetric):
    """Learned perceptual image patch similarity (Zhang et al., CVPR 2018), version 0.1; lower is better.

    Protocol: 8-bit RGB as [-1, 1], no resize; ImageNet's mean and deviation; AlexNet (relu1 ... relu5),
    VGG16 (relu1_2, relu2_2, relu3_3, relu4_3, relu5_3) or SqueezeNet 1.1 (seven layers); features of length
    1 along the channels, squared differences weighted by the learned linear layers, mean over the picture,
    sum over layers; mean over images. Equal images have 0. Reference: lpips 0.1.4. Where a paper does not
    say otherwise, it is AlexNet's.

    Args:
        key, target: fields of the generated and of the real image.
        backbone, weights, linear_weights, feature_network: see :class:`LPIPSDistance`; of another network
            the value is called ``LPIPS_<network>``.

    Raises:
        InputError: no weights; images of different sizes, or smaller than the network takes.
    """

    def __init__(self, key: str = 'image', target: str = 'target_image', backbone: str = 'alex',
                 weights: str | None = None, linear_weights: str | None = None,
                 feature_network: dict | nn.Module | str | None = None, collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.key, self.target = key, target
        self.name = f'LPIPS_{backbone if feature_network is None else name_of(feature_network)}'
        self.distance = LPIPSDistance(self.name, backbone, weights, linear_weights, feature_network)
        self.protocol = ('no resize, mean of images; '
                         + (f'lpips 0.1.4, {backbone}' if feature_network is None else
                            f'all layers of {name_of(feature_network)}, no linear weights'))

    def judge(self, samples: list[dict]) -> list[float]:
        for sample in samples:
            image_pair(sample, self.key, self.target, self.name)
        return self.distance(*(self.distance.extractor.of_field(samples, field, self.name)
                               for field in (self.key, self.target)))

    def summarise(self, results: list[float]) -> dict[str, float]:
        return {self.name: np.mean(results)}
