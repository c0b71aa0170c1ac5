"""From an input to features of its size: halvings, residual blocks, doublings (Johnson et al., ECCV 2016)."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import UPSAMPLERS

from .convolution import bias_beside, normalised_convolution
from .normalisation import build_norm
from .panoptic import PanopticMap
from .residual import ResidualBlock
from .sizes import check_halvings
from .upsampling import enlarge


class ResidualTrunk(nn.Module):
    """All but the last convolution of the generators of CycleGAN and pix2pixHD.

    A wide convolution, ``num_downsamplings`` convolutions of stride 2 that double the width, residual
    blocks, as many upsamplings that halve the width; norm and ReLU behind each. The first convolution pads
    by reflection, whatever ``padding_mode`` says.

    Args:
        in_channels: of the input.
        channels: width at full size, and of the features.
        num_blocks: residual blocks at the smallest size; none for an encoder-decoder.
        num_downsamplings: n; heights and widths must be multiples of 2**n, and at least twice that (more
            where a kernel's reflected border is wider).
        norm: ``'instance'``, ``'batch'`` or None.
        track_running_stats: of instance norm.
        dropout: probability inside the blocks.
        padding_mode: of the blocks.
        stem_kernel_size, block_kernel_size: of the first convolution, of the blocks'.
        bias: of all convolutions; None: unless batch norm follows.
        spectral: spectral normalisation of all convolutions, the default upsampler's too.
        upsampler: what doubles (default: ``DeconvolutionUpsampler`` with ``kernel_size=3``); gets
            ``in_channels``, ``out_channels`` and ``scale=2``, and the input as guide.
    """

    def __init__(self, in_channels: int, channels: int = 64, num_blocks: int = 9,
                 num_downsamplings: int = 2, norm: str | None = 'instance',
                 track_running_stats: bool = False, dropout: float = 0.0, padding_mode: str = 'reflect',
                 stem_kernel_size: int = 7, block_kernel_size: int = 3, bias: bool | None = None,
                 spectral: bool = False, upsampler: dict | None = None) -> None:
        super().__init__()
        self.in_channels, self.channels, self.num_downsamplings = in_channels, channels, num_downsamplings
        # What is reflected must be larger than the border: here, and at full size.
        border, outer = block_kernel_size // 2 if padding_mode == 'reflect' else 0, stem_kernel_size // 2
        self.least = max(2, border + 1, outer // 2 ** num_downsamplings + 1)
        bias = bias_beside(norm) if bias is None else bias
        widths = [channels * 2 ** i for i in range(num_downsamplings + 1)]
        normalisation = dict(norm=norm, track_running_stats=track_running_stats, bias=bias, spectral=spectral)
        self.normalisation = normalisation  # for what is to be built alike
        self.stem = normalised_convolution(in_channels, channels, stem_kernel_size, padding_mode='reflect',
                                           **normalisation)
        self.downs = nn.ModuleList(
            normalised_convolution(before, after, stride=2, **normalisation)
            for before, after in zip(widths, widths[1:]))
        self.blocks = nn.ModuleList(
            ResidualBlock(widths[-1], block_kernel_size, padding_mode, dropout=dropout, **normalisation)
            for _ in range(num_blocks))
        narrowing = list(zip(widths[:0:-1], widths[-2::-1]))
        default = dict(type='DeconvolutionUpsampler', kernel_size=3, bias=bias, spectral=spectral)
        self.upsamplers = nn.ModuleList(
            UPSAMPLERS.build(upsampler or default,
                             default_args=dict(in_channels=before, out_channels=after, scale=2))
            for before, after in narrowing)
        self.norms = nn.ModuleList(build_norm(norm, after, norm == 'batch', track_running_stats)
                                   for _, after in narrowing)

    def features(self, given: Tensor, panoptic: PanopticMap | None = None) -> Tensor:
        """(B, in_channels, H, W) -> (B, channels, H, W).

        Raises:
            InputError: for a size that cannot be halved so often.
        """
        return self.decode(self.encode(given), given, panoptic)

    def encode(self, given: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, channels * 2**n, H / 2**n, W / 2**n): what enters the blocks."""
        check_halvings(type(self).__name__, given.shape[-2:], self.num_downsamplings, self.least)
        x = F.relu(self.stem(given))
        for down in self.downs:
            x = F.relu(down(x))
        return x

    def decode(self, x: Tensor, given: Tensor, panoptic: PanopticMap | None = None) -> Tensor:
        """What :meth:`encode` gives -> (B, channels, H, W); ``given`` guides the upsamplers, and so does
        ``panoptic`` those that read it."""
        for block in self.blocks:
            x = block(x)
        for upsampler, norm in zip(self.upsamplers, self.norms):
            x = F.relu(norm(enlarge(upsampler, x, given, panoptic)))
        return x
