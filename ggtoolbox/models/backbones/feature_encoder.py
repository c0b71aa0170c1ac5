"""pix2pixHD's encoder of instance styles (Wang et al., CVPR 2018, section 3.4)."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.registry import BACKBONES

from ..layers.instances import average_by_instance
from ..layers.residual_trunk import ResidualTrunk


@BACKBONES.register_module()
class InstanceFeatureEncoder(nn.Module):
    """An encoder-decoder, then the mean over each instance.

    Args:
        channels: width at full size; 16 in the released code.
        feature_channels: 3 in the paper.
        num_downsamplings: n; heights and widths must be multiples of 2**n.
        norm: ``'instance'``, ``'batch'`` or None.
        upsampler: as of ``Pix2pixHDGenerator``.
    """

    def __init__(self, channels: int = 16, feature_channels: int = 3, num_downsamplings: int = 4,
                 norm: str | None = 'instance', upsampler: dict | None = None, in_channels: int = 3) -> None:
        super().__init__()
        self.feature_channels = feature_channels
        self.trunk = ResidualTrunk(in_channels, channels, 0, num_downsamplings, norm, upsampler=upsampler)
        self.to_features = nn.Conv2d(channels, feature_channels, 7, padding=3, padding_mode='reflect')

    def forward(self, image: Tensor, instance: Tensor | None = None) -> dict[str, Tensor]:
        """Encode.

        Args:
            image: (B, 3, H, W) in [-1, 1].
            instance: (B, H, W) instance ids; None leaves each pixel its own features.

        Returns:
            ``instance_features`` (B, feature_channels, H, W) in [-1, 1].
        """
        features = torch.tanh(self.to_features(self.trunk.features(image)))
        if instance is not None:
            features = average_by_instance(features, instance)
        return dict(instance_features=features)
