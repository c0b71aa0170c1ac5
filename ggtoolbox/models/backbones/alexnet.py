"""AlexNet (Krizhevsky et al., NeurIPS 2012; torchvision's one-tower form) as a feature network."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES

from ..layers.pretrained import drawn_the_same, load_strictly, read_weights, require_weights

ADDRESS = 'https://download.pytorch.org/models/alexnet-owt-7be5be79.pth'
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_TAPS = {'relu1': 1, 'relu2': 4, 'relu3': 7, 'relu4': 9, 'relu5': 11}
SMALLEST = 31  # pixels; less leaves nothing for the second pooling


@BACKBONES.register_module()
class AlexNet(nn.Module):
    """AlexNet by torchvision's names, up to the last layer asked for; frozen.

    Args:
        weights: path or URL of torchvision's ``alexnet`` state dict, or of another with these names
            (Places365's ``alexnet_places365.pth.tar``; names may hold ``module.``).
        layers: ``relu1`` ... ``relu5`` (B, C, h, w), which LPIPS compares, and ``logits``
            (B, num_classes).
        num_classes: 1000, or 365 for Places.
        normalise: take images in [-1, 1] to ImageNet's mean and deviation first, as LPIPS and the scene
            scores do.
        allow_random: build with random weights (the same each time) where there are no others.
        sha256: of the file of weights, or its beginning; None takes it from the file's name.
    """

    def __init__(self, weights: str | None = None, layers: Sequence[str] = tuple(_TAPS),
                 num_classes: int = 1000, normalise: bool = True, allow_random: bool = False,
                 sha256: str | None = None) -> None:
        require_weights('AlexNet', weights, allow_random, ADDRESS)
        known = (*_TAPS, 'logits')
        if not layers or any(layer not in known for layer in layers):
            raise InputError(f'AlexNet: layers must be among {", ".join(known)}, found {list(layers)}')
        super().__init__()
        self.layers, self.normalise = tuple(layers), normalise
        with drawn_the_same():
            self._build(num_classes)
        for name, values in (('mean', _MEAN), ('std', _STD)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1), persistent=False)
        if weights is not None:
            state = {name.replace('module.', ''): value
                     for name, value in read_weights(weights, sha256).items()}
            load_strictly(self, state, weights, ('features.', 'classifier.'))
        self.requires_grad_(False)
        self.eval()

    def _build(self, num_classes: int) -> None:
        features = [nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
                    nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
                    nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(),
                    nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
                    nn.Conv2d(256, 256, 3, padding=1), nn.ReLU()]
        self.classifier = None
        if 'logits' in self.layers:
            features.append(nn.MaxPool2d(3, 2))
            self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
                                            nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(),
                                            nn.Linear(4096, num_classes))
        else:
            features = features[:max(_TAPS[layer] for layer in self.layers) + 1]
        self.features = nn.ModuleList(features)

    def train(self, mode: bool = True) -> AlexNet:
        """Stays in eval mode."""
        return super().train(False)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1] -> layer name -> features.

        Raises:
            InputError: for a side below 31 pixels.
        """
        if min(image.shape[2:]) < SMALLEST:
            raise InputError(f'AlexNet: images must measure {SMALLEST} x {SMALLEST} pixels at least, found '
                             f'{image.shape[3]} x {image.shape[2]}')
        x = ((image + 1) / 2 - self.mean) / self.std if self.normalise else image
        found = {}
        for position, module in enumerate(self.features):
            x = found[position] = module(x)
        named = {layer: found[position] for layer, position in _TAPS.items() if position in found}
        if self.classifier is not None:
            named['logits'] = self.classifier(F.adaptive_avg_pool2d(x, 6).flatten(1))
        return {layer: named[layer] for layer in self.layers}
