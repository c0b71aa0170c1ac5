"""DAGAN's generator (Tang, Bai and Sebe, Dual Attention GANs for Semantic Image Synthesis, ACM MM 2020;
released as Ha0Tang/DAGAN, ``DAGAN_v1``)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS

from .spade import SPADEGenerator


class PositionWiseSpatialAttention(nn.Module):
    """y = x * sigmoid(conv([mean of x, maximum of x])), both over the channels: a weight for each place.

    Paper: the module relates pixels of the same label regardless of their distance. Released code: this
    convolution, which sees a small neighbourhood and the label only as far as x shows it. We follow the code;
    :class:`~ggtoolbox.models.layers.attention.PositionAttention` is a module that relates all places.

    Args:
        kernel_size: 3 (the released generator) or 7 (which its module accepts, too).
    """

    def __init__(self, kernel_size: int = 3) -> None:
        super().__init__()
        if kernel_size not in (3, 7):
            raise InputError(f'PositionWiseSpatialAttention: kernel_size must be 3 or 7, found {kernel_size}')
        self.convolution = nn.Conv2d(2, 1, kernel_size, padding=kernel_size // 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        statistics = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], dim=1)
        return x * torch.sigmoid(self.convolution(statistics))


class ScaleWiseChannelAttention(nn.Module):
    """y = low + high * c: low-level and high-level features, joined by a weight c for each channel.

    c = sigmoid(W_2 relu(W_1 g)), g the mean over all places of [low, high]. (Paper: attention between
    features of different scales. Released code: ``low`` is what entered the last block and ``high`` what left
    it, both at the full size.)

    Args:
        channels: of ``low`` and of ``high``.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(2 * channels, channels, 1)
        self.excite = nn.Conv2d(channels, channels, 1)

    def forward(self, low: Tensor, high: Tensor) -> Tensor:
        """Both (B, channels, H, W) -> (B, channels, H, W)."""
        means = torch.cat([low, high], dim=1).mean((2, 3), keepdim=True)
        return low + high * torch.sigmoid(self.excite(F.relu(self.squeeze(means))))


@GENERATORS.register_module()
class DAGANGenerator(SPADEGenerator):
    """GauGAN's generator with two attentions, summed, between its last block and its head.

    Args:
        spatial_attention: :class:`PositionWiseSpatialAttention` of the last block's output.
        channel_attention: :class:`ScaleWiseChannelAttention` of what entered the last block (through a 3x3
            convolution to its width) and its output.
        spatial_kernel_size: of the spatial attention.

    Without either it is :class:`SPADEGenerator`, whose arguments the others are.
    """

    def __init__(self, num_classes: int, edge: bool = False, guide_channels: int = 0,
                 image_size: tuple[int, int] | None = (256, 512), channels: int = 64,
                 num_upsamplings: int = 6, latent_dim: int | None = None, norm: str = 'batch',
                 norm_kernel_size: int = 3, norm_hidden_channels: int = 128, spectral: bool = True,
                 upsampler: dict | None = None, share_upsamplers: bool = True,
                 head: dict | None = None, out_channels: int = 3, from_features: bool = False,
                 spatial_attention: bool = True, channel_attention: bool = True,
                 spatial_kernel_size: int = 3) -> None:
        super().__init__(num_classes, edge, guide_channels, image_size, channels, num_upsamplings, latent_dim,
                         norm, norm_kernel_size, norm_hidden_channels, spectral, upsampler, share_upsamplers,
                         head, out_channels, from_features)
        before, after = self.widths[-2:]
        self.spatial_attention = (
            PositionWiseSpatialAttention(spatial_kernel_size) if spatial_attention else None)
        self.channel_attention = ScaleWiseChannelAttention(after) if channel_attention else None
        self.narrow = nn.Conv2d(before, after, 3, padding=1) if channel_attention else None

    def refine(self, entered: Tensor, features: Tensor) -> Tensor:
        """Sum of the attentions; (B, C', H, W) and (B, C, H, W) -> (B, C, H, W)."""
        attended = []
        if self.channel_attention is not None:
            attended.append(self.channel_attention(self.narrow(entered), features))
        if self.spatial_attention is not None:
            attended.append(self.spatial_attention(features))
        return sum(attended) if attended else features
