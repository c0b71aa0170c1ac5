"""ResNet-50 (He et al., CVPR 2016; torchvision's form) as a feature network."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES

from ..layers.pretrained import drawn_the_same, load_strictly, read_weights, require_weights

ADDRESS = 'https://download.pytorch.org/models/resnet50-0676ba61.pth'
STAGES = (3, 4, 6, 3)
LAYERS = ('layer1', 'layer2', 'layer3', 'layer4', 'pool', 'logits')
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Bottleneck(nn.Module):
    """1x1, 3x3 (which halves), 1x1 to four times the width, and the shortcut."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(in_channels, channels, 1, bias=False), nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3, self.bn3 = nn.Conv2d(channels, 4 * channels, 1, bias=False), nn.BatchNorm2d(4 * channels)
        self.downsample = None
        if stride != 1 or in_channels != 4 * channels:
            self.downsample = nn.Sequential(nn.Conv2d(in_channels, 4 * channels, 1, stride, bias=False),
                                            nn.BatchNorm2d(4 * channels))

    def forward(self, x: Tensor) -> Tensor:
        residue = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        return F.relu(self.bn3(self.conv3(residue)) + (x if self.downsample is None else self.downsample(x)))


@BACKBONES.register_module()
class ResNet50(nn.Module):
    """ResNet-50 by torchvision's names; frozen.

    Args:
        weights: path or URL of torchvision's ``resnet50`` state dict.
        layers: ``layer1`` ... ``layer4`` (maps), ``pool`` (B, 2048), ``logits`` (B, 1000).
        pool_size: side of the last average, which reads the upper left of the map; None averages over
            all of it. MATLAB's network has 7, so that of 256 x 256 pixels (a map of 8 x 8) a row and a
            column are not seen.
        normalise: take images in [-1, 1] to ImageNet's mean and deviation first.
        allow_random: build with random weights (the same each time) where there are no others.
        sha256: of the file of weights, or its beginning; None takes it from the file's name.
    """

    def __init__(self, weights: str | None = None, layers: Sequence[str] = ('logits',),
                 pool_size: int | None = None, normalise: bool = True, allow_random: bool = False,
                 sha256: str | None = None) -> None:
        require_weights('ResNet50', weights, allow_random, ADDRESS)
        if not layers or any(layer not in LAYERS for layer in layers):
            raise InputError(f'ResNet50: layers must be among {", ".join(LAYERS)}, found {list(layers)}')
        super().__init__()
        self.layers, self.pool_size, self.normalise = tuple(layers), pool_size, normalise
        with drawn_the_same():
            self._build()
        for name, values in (('mean', _MEAN), ('std', _STD)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1), persistent=False)
        if weights is not None:
            load_strictly(self, read_weights(weights, sha256), weights)
        self.requires_grad_(False)
        self.eval()

    def _build(self) -> None:
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        in_channels = 64
        for stage, blocks in enumerate(STAGES):
            channels = 64 * 2 ** stage
            chain = []
            for block in range(blocks):
                chain.append(Bottleneck(in_channels, channels, 2 if stage and not block else 1))
                in_channels = 4 * channels
            self.add_module(f'layer{stage + 1}', nn.Sequential(*chain))
        self.fc = nn.Linear(in_channels, 1000)

    def train(self, mode: bool = True) -> ResNet50:
        """Stays in eval mode."""
        return super().train(False)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1] -> layer name -> features."""
        x = ((image + 1) / 2 - self.mean) / self.std if self.normalise else image
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        found = {}
        for layer in LAYERS[:len(STAGES)]:
            x = found[layer] = getattr(self, layer)(x)
        found['pool'] = x[:, :, :self.pool_size, :self.pool_size].mean((2, 3))
        found['logits'] = self.fc(found['pool'])
        return {layer: found[layer] for layer in self.layers}
