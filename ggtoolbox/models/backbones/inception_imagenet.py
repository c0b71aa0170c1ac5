"""Inception-v3 as torchvision trained it on ImageNet, without torchvision: StarGAN v2's FID."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import BACKBONES

from .inception import SIDE, InceptionV3, Mixed, wide_block

ADDRESS = 'https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth'
AUXILIARY = 'AuxLogits.'
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
FIRST_SIDE = 256


@BACKBONES.register_module()
class ImageNetInceptionV3(InceptionV3):
    """As :class:`InceptionV3`, but averages count the padding, Mixed_7c takes one, too, and there are 1000
    classes; pictures are brought to 256 x 256, then to 299 x 299, with antialiasing, as Pillow's bilinear
    filter does it to rounding, and normalised by ImageNet's mean and deviation (StarGAN v2's FID).

    Args:
        weights: path or URL of torchvision's ``inception_v3_google-0cc3c7bd.pth``, whose auxiliary classifier
            is left out.
        layers, allow_random, sha256: as of :class:`InceptionV3`.
    """

    address = ADDRESS

    def __init__(self, weights: str | None = None, layers: Sequence[str] = ('pool',),
                 allow_random: bool = False, sha256: str | None = None) -> None:
        super().__init__(weights, layers, 'half_pixel', allow_random, sha256)

    def _build(self) -> None:
        super()._build()
        self.Mixed_7c, self.fc = wide_block(2048, 'average'), nn.Linear(2048, 1000)
        for module in self.modules():
            if isinstance(module, Mixed):
                module.counts_padding = True

    def own_weights(self, state: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: value for name, value in state.items() if not name.startswith(AUXILIARY)}

    def resized(self, image: Tensor) -> Tensor:
        for side in (FIRST_SIDE, SIDE):
            if image.shape[2:] != (side, side):
                image = F.interpolate(image, (side, side), mode='bilinear', align_corners=False,
                                      antialias=True)
        mean, deviation = (torch.tensor(values, dtype=image.dtype, device=image.device).view(-1, 1, 1)
                           for values in (_MEAN, _STD))
        return ((image + 1) / 2 - mean) / deviation
