"""CARAFE (Wang et al., Content-Aware ReAssembly of FEatures, ICCV 2019), laid out as mmcv's."""
from __future__ import annotations

from torch import Tensor, nn

from ggtoolbox.registry import UPSAMPLERS

from .reassembly import Reassembly


def draw_kernel_generator(compressor: nn.Conv2d, encoder: nn.Conv2d) -> None:
    """mmcv's initial weights: features pass the compressor at their own scale (Xavier uniform), logits
    start near zero (normal, deviation 0.001), that is, with windows that are nearly averages."""
    nn.init.xavier_uniform_(compressor.weight)
    nn.init.normal_(encoder.weight, std=0.001)
    for convolution in (compressor, encoder):
        if convolution.bias is not None:
            nn.init.zeros_(convolution.bias)


@UPSAMPLERS.register_module()
class CARAFE(Reassembly):
    """SAU's sum (``window='source'``) behind the kernel generator of ``mmcv.ops.CARAFEPack``.

    Names, defaults, channel order and initialisation are mmcv's, so state dicts trained there load
    strictly; compiled operators are not needed. A widely copied other form has batch norm and ReLU in
    the generator; mmcv's has neither.

    Args:
        in_channels: of x (mmcv: ``channels``).
        out_channels: of y; None for the same.
        scale: factor of height and width (mmcv: ``scale_factor``).
        up_kernel: side of the window, odd.
        up_group: kernels an output pixel, each for its run of channels.
        encoder_kernel: kernel size of the encoder.
        encoder_dilation: dilation of the encoder.
        compressed_channels: width that the encoder reads.
        implementation: of the sum; see ``ggtoolbox.ops.sau.semantic_aware_upsample``.
    """

    def __init__(self, in_channels: int, out_channels: int | None = None, scale: int = 2,
                 up_kernel: int = 5, up_group: int = 1, encoder_kernel: int = 3,
                 encoder_dilation: int = 1, compressed_channels: int = 64,
                 implementation: str = 'auto') -> None:
        super().__init__(in_channels, out_channels, scale, up_kernel, groups=up_group,
                         implementation=implementation)
        self.channel_compressor = nn.Conv2d(in_channels, compressed_channels, 1)
        self.content_encoder = nn.Conv2d(
            compressed_channels, up_group * (up_kernel * self.scale) ** 2, encoder_kernel,
            padding=(encoder_kernel - 1) * encoder_dilation // 2, dilation=encoder_dilation)
        draw_kernel_generator(self.channel_compressor, self.content_encoder)

    def logits(self, x: Tensor) -> Tensor:
        return self.content_encoder(self.channel_compressor(x))
