"""SqueezeNet 1.1 (Iandola et al., 2016; torchvision's form) as a feature network."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES

from ..layers.pretrained import drawn_the_same, load_strictly, read_weights, require_weights

ADDRESS = 'https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth'
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_TAPS = {'relu1': 1, 'fire2': 4, 'fire3': 7, 'fire4': 9, 'fire5': 10, 'fire6': 11, 'fire7': 12}


class Fire(nn.Module):
    """1x1 to few channels, then 1x1 and 3x3 side by side, ReLU behind each."""

    def __init__(self, in_channels: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(in_channels, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.squeeze(x))
        return F.relu(torch.cat([self.expand1x1(x), self.expand3x3(x)], 1))


@BACKBONES.register_module()
class SqueezeNet(nn.Module):
    """The convolutional part of SqueezeNet 1.1 by torchvision's names; frozen.

    Args:
        weights: path or URL of torchvision's ``squeezenet1_1`` state dict; the classifier is dropped.
        layers: ``relu1``, ``fire2`` ... ``fire7`` (B, C, h, w): what LPIPS compares, its slices' ends.
        normalise: take images in [-1, 1] to ImageNet's mean and deviation first.
        allow_random: build with random weights (the same each time) where there are no others.
        sha256: of the file of weights, or its beginning; None takes it from the file's name.
    """

    def __init__(self, weights: str | None = None, layers: Sequence[str] = tuple(_TAPS),
                 normalise: bool = True, allow_random: bool = False, sha256: str | None = None) -> None:
        require_weights('SqueezeNet', weights, allow_random, ADDRESS)
        if not layers or any(layer not in _TAPS for layer in layers):
            raise InputError(f'SqueezeNet: layers must be among {", ".join(_TAPS)}, found {list(layers)}')
        super().__init__()
        self.layers, self.normalise = tuple(layers), normalise
        pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
        with drawn_the_same():
            self.features = nn.ModuleList([
                nn.Conv2d(3, 64, 3, 2), nn.ReLU(), pool(), Fire(64, 16, 64), Fire(128, 16, 64), pool(),
                Fire(128, 32, 128), Fire(256, 32, 128), pool(), Fire(256, 48, 192), Fire(384, 48, 192),
                Fire(384, 64, 256), Fire(512, 64, 256)])
        for name, values in (('mean', _MEAN), ('std', _STD)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1), persistent=False)
        if weights is not None:
            load_strictly(self, read_weights(weights, sha256), weights, ('classifier.',))
        self.requires_grad_(False)
        self.eval()

    def train(self, mode: bool = True) -> SqueezeNet:
        """Stays in eval mode."""
        return super().train(False)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1] -> layer name -> (B, C, h, w)."""
        x = ((image + 1) / 2 - self.mean) / self.std if self.normalise else image
        found = []
        for module in self.features:
            x = module(x)
            found.append(x)
        return {layer: found[_TAPS[layer]] for layer in self.layers}
