"""VGG trunks (Simonyan and Zisserman, ICLR 2015) as feature networks, without torchvision."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES

from ..layers.adaptive_convolution import AdaptiveConv2d
from ..layers.pretrained import drawn_the_same, load_strictly, read_weights, require_weights

VGG16_CONVOLUTIONS, VGG19_CONVOLUTIONS = (2, 2, 3, 3, 3), (2, 2, 4, 4, 4)
ADDRESS = 'https://download.pytorch.org/models/'
_WIDTHS = (64, 128, 256, 512, 512)
_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class VGG(nn.Module):
    """The convolutional part of a VGG, up to the last layer asked for; frozen.

    Sub-modules are numbered as torchvision's ``features``, so that its state dicts load.

    Args:
        convolutions: how many in each of the five stages.
        layers: names ``'relu<stage>_<convolution>'``, both from 1.
        normalise: take images in [-1, 1] to ImageNet's mean and deviation first. The released code of
            GauGAN, GestureGAN and SelectionGAN does not.
    """

    def __init__(self, convolutions: Sequence[int], layers: Sequence[str],
                 normalise: bool = False) -> None:
        super().__init__()
        self.layers, self.normalise = tuple(layers), normalise
        modules, positions, channels = [], {}, 3
        for stage, (count, width) in enumerate(zip(convolutions, _WIDTHS), 1):
            for convolution in range(1, count + 1):
                modules += [AdaptiveConv2d(channels, width, 3, padding=1), nn.ReLU()]
                nn.init.kaiming_normal_(modules[-2].weight, nonlinearity='relu')
                positions[f'relu{stage}_{convolution}'] = len(modules) - 1
                channels = width
            modules.append(nn.MaxPool2d(2))
        unknown = [layer for layer in layers if layer not in positions]
        if unknown or not layers:
            raise InputError(f'VGG: layers must be among {", ".join(positions)}, found {list(layers)}')
        self.positions = {positions[layer]: layer for layer in layers}
        self.features = nn.ModuleList(modules[:max(self.positions) + 1])
        for name, values in (('mean', _IMAGENET_MEAN), ('std', _IMAGENET_STD)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1), persistent=False)
        self.requires_grad_(False)
        self.eval()

    def train(self, mode: bool = True) -> VGG:
        """Stays in eval mode."""
        return super().train(False)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1] -> layer name -> (B, C, h, w), shallow layers first."""
        x = ((image + 1) / 2 - self.mean) / self.std if self.normalise else image
        found = {}
        for position, module in enumerate(self.features):
            x = module(x)
            if position in self.positions:
                found[self.positions[position]] = x
        return found


@BACKBONES.register_module()
class VGG19(VGG):
    """VGG19 with torchvision's own weights.

    Args:
        weights: path or URL of torchvision's ``vgg19`` state dict; what lies behind ``layers``
            (classifier, deeper convolutions) is dropped.
        layers: default: what GauGAN's perceptual loss compares.
        allow_random: build with random weights (the same each time) where there are no others.
        normalise: see :class:`VGG`.
        sha256: of the file of weights, or its beginning; None takes it from the file's name.
    """

    def __init__(self, weights: str | None = None,
                 layers: Sequence[str] = ('relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'),
                 allow_random: bool = False, normalise: bool = False, sha256: str | None = None) -> None:
        require_weights('VGG19', weights, allow_random, f'{ADDRESS}vgg19-dcbb9e9d.pth')
        with drawn_the_same():
            super().__init__(VGG19_CONVOLUTIONS, layers, normalise)
        if weights is not None:
            load_strictly(self, read_weights(weights, sha256), weights, ('features.', 'classifier.'))


@BACKBONES.register_module()
class VGG16(VGG):
    """VGG16 with torchvision's own weights.

    Args:
        weights: path or URL of torchvision's ``vgg16`` state dict; otherwise as in :class:`VGG19`.
        layers: default: what LPIPS compares.
    """

    def __init__(self, weights: str | None = None,
                 layers: Sequence[str] = ('relu1_2', 'relu2_2', 'relu3_3', 'relu4_3', 'relu5_3'),
                 allow_random: bool = False, normalise: bool = False, sha256: str | None = None) -> None:
        require_weights('VGG16', weights, allow_random, f'{ADDRESS}vgg16-397923af.pth')
        with drawn_the_same():
            super().__init__(VGG16_CONVOLUTIONS, layers, normalise)
        if weights is not None:
            load_strictly(self, read_weights(weights, sha256), weights, ('features.', 'classifier.'))
