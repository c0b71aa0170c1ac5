"""Feature networks that several metrics share, and where their weights lie."""
from __future__ import annotations

import os
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones import alexnet, inception, inception_imagenet, resnet50, squeezenet, vgg
from ggtoolbox.registry import BACKBONES, nearest

from .images import image_bytes, network_images, read_field
from .judge import judge_network, known_judges

# Feature networks that metrics know by name -> address of their weights; None: a package brings them.
ADDRESSES = {
    'InceptionV3': inception.ADDRESS, 'ImageNetInceptionV3': inception_imagenet.ADDRESS,
    'EfficientNetLite0': None, 'ResNet50': resnet50.ADDRESS,
    'AlexNet': alexnet.ADDRESS, 'SqueezeNet': squeezenet.ADDRESS,
    'VGG16': f'{vgg.ADDRESS}vgg16-397923af.pth', 'VGG19': f'{vgg.ADDRESS}vgg19-dcbb9e9d.pth'}


class MissingWeights(InputError):
    """A network's weights were neither given nor found.

    Attributes:
        argument: under which they could be given.
    """

    def __init__(self, message: str, argument: str) -> None:
        super().__init__(message)
        self.argument = argument


_built: WeakValueDictionary[str, FeatureExtractor] = WeakValueDictionary()


def find_weights(given: str | None, address: str, owner: str, argument: str = 'weights') -> str:
    """``given``, or else the file of ``address`` in torch's hub cache.

    Raises:
        MissingWeights: neither; says what to fetch and where to put it.
    """
    if given is not None:
        return given
    path = Path(torch.hub.get_dir()) / 'checkpoints' / os.path.basename(address)
    if not path.is_file():
        raise MissingWeights(f'{owner}: download {address} and put it at {path}, or give its path (or this '
                             f'address) as {argument}', argument)
    return str(path)


class FeatureExtractor:
    """A feature network over the samples that metrics are given.

    The last answer to each field is kept, so that metrics that share a network share its work, too.
    """

    def __init__(self, network: dict | torch.nn.Module) -> None:
        self.network = network if isinstance(network, torch.nn.Module) else BACKBONES.build(network)
        self.network.eval()
        self._last: dict[str, tuple[list, list]] = {}  # values of a field, their features

    def of_field(self, samples: list[dict], field: str, owner: str) -> list[dict[str, Tensor]]:
        """The features of a field of each sample; see :meth:`of_images`."""
        values = [read_field(sample, field, owner) for sample in samples]
        before, features = self._last.get(field, ([], []))
        if len(before) != len(values) or any(x is not y for x, y in zip(before, values)):
            images = [image_bytes(sample, field, owner) for sample in samples]
            features = self.of_images(images, getattr(values[0], 'device', None))
            self._last[field] = values, features
        return features

    @torch.no_grad()
    def of_images(self, images: list[np.ndarray], device: torch.device | None = None) \
            -> list[dict[str, Tensor]]:
        """(H, W, 3) of 8 bits each -> layer name -> features of each (no batch dimension).

        Images of one size go through the network together.

        Args:
            device: where; None for a GPU, if there is one.
        """
        device = device or torch.device('cuda' if torch.cuda.is_available() else 'cpu')
        self.network.to(device)
        found: list[dict[str, Tensor]] = [{}] * len(images)
        for size in {image.shape for image in images}:
            places = [i for i, image in enumerate(images) if image.shape == size]
            features = self.network(network_images([images[i] for i in places], device))
            for row, place in enumerate(places):
                found[place] = {layer: value[row] for layer, value in features.items()}
        return found


def named_network(name: str, owner: str, weights: str | None = None,
                  settings: dict | None = None) -> dict | str:
    """What a name stands for: a judge itself, or the description of a feature network.

    Args:
        owner: who wants it, for errors.
        weights: path or URL; None looks into torch's hub cache, or into the package that brings them.
        settings: of the network, unless it is a judge, which has none.

    Raises:
        InputError: an unknown name; no weights.
    """
    judges = known_judges()
    if name in judges:
        return name
    if name not in ADDRESSES:
        known = [*ADDRESSES, *judges]
        raise InputError(f'{owner}: there is no feature network or judge {name!r}{nearest(name, known)} '
                         f'(known: {", ".join(known)})')
    if ADDRESSES[name] is not None:
        weights = find_weights(weights, ADDRESSES[name], owner)
    return dict(type=name, weights=weights, **(settings or {}))


def shared_extractor(network: dict | torch.nn.Module | str) -> FeatureExtractor:
    """The extractor of a network's description, or of a judge by name; the same one as long as somebody
    uses it."""
    if isinstance(network, torch.nn.Module):
        return FeatureExtractor(network)
    if isinstance(network, str):
        network = judge_network(network)
    key = repr(sorted(network.items()))
    extractor = _built.get(key)
    if extractor is None:
        extractor = _built[key] = FeatureExtractor(network)
    return extractor


def name_of(network: dict | torch.nn.Module | str) -> str:
    """Of a network's description, of a module, or of a judge, for a metric's name."""
    if isinstance(network, str):
        return network
    return network['type'] if isinstance(network, dict) else type(network).__name__


def describe(network: dict | torch.nn.Module | str) -> str:
    """As :func:`name_of`, for a protocol: a judge with the first digits of its weights' sha256."""
    is_judge = isinstance(network, str) and network not in ADDRESSES
    return Path(judge_network(network)['weights']).stem if is_judge else name_of(network)
