from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.registry import HEADS

from ..layers.activation import build_activation
from ..layers.adaptive_convolution import AdaptiveConv2d


@HEADS.register_module()
class RGBHead(nn.Module):
    """One convolution and tanh.

    Args:
        in_channels: of the features.
        kernel_size: odd; the size is kept.
        padding_mode: ``'zeros'`` or ``'reflect'``.
        pre_activation: ``'leaky_relu'`` (slope 0.2, as GauGAN has it in front of its last
            convolution), ``'relu'``, or None where the features are activated already.
        bias: of the convolution.
    """

    def __init__(self, in_channels: int, out_channels: int = 3, kernel_size: int = 3,
                 padding_mode: str = 'zeros', pre_activation: str | None = 'leaky_relu',
                 bias: bool = True) -> None:
        super().__init__()
        self.pre_activation = build_activation(pre_activation, type(self).__name__)
        self.convolution = AdaptiveConv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2,
                                     padding_mode=padding_mode, bias=bias)

    def forward(self, features: Tensor, source_image: Tensor | None = None) -> dict[str, Tensor]:
        """(B, in_channels, H, W) -> ``image`` (B, out_channels, H, W); ``source_image`` is not used."""
        return dict(image=torch.tanh(self.convolution(self.pre_activation(features))))
