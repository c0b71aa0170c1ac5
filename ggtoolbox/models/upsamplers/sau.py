"""Semantic-aware upsampling: SAU (Tang et al., Local and Global GANs with Semantic-Aware Upsampling for
Image Generation, section 3.2; row B8 of table 12)."""
from __future__ import annotations

from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import UPSAMPLERS

from ..layers.normalisation import build_norm
from .carafe import draw_kernel_generator
from .reassembly import Reassembly


@UPSAMPLERS.register_module()
class SAU(Reassembly):
    """Each output pixel is a weighted sum of the features around its source pixel; the weights are
    predicted from the features.

    Section 3.2.1, kernel generation: channel compression, a convolution to (k*s)^2 maps, a shuffle to
    k^2 maps of the output's size, a softmax over the k^2. Section 3.2.2, eq. (1): the weighted sum.
    "Semantic" is what the features hold: the layout (``guide``) is not read.

    Its authors never released SAU. What the paper leaves open is settled by its parameter counts: one
    module for each width (1024, 512, 256, 128), shared by the places of that width, adds 353,936 to
    the Cityscapes generator: 93.4 M, as table 12 says. A 1x1 kernel convolution would make it 93.2 M,
    a 5x5 one 93.8 M, one module a place 93.6 M. Initial weights are CARAFE's (the paper is
    silent): GauGAN's shrink both convolutions, and the first gradient of the kernels sixty times.

    Args:
        in_channels: of x.
        out_channels: of y; None for the same.
        scale: s.
        kernel_size: k, odd; 5 in the paper.
        compressed_channels: C'' of the paper, 64.
        kernel_conv: kernel size of the convolution to (k*s)^2 maps. Not in the paper: 3 by the count.
        window: ``'source'``, the paper's equations: k x k source pixels around the pixel; this makes
            the sum CARAFE's. ``'expanded'``, its listed steps taken literally: k x k pixels of the
            nearest-expanded features, which reach 3 x 3 source pixels at k = 5, s = 2. The claimed
            receptive field fits only the first.
        groups: kernels an output pixel, each for its run of channels; 1 in the paper.
        norm: behind the two convolutions of the kernel generation (which then have no bias),
            ``'batch'``, ``'instance'`` or None. Not in the paper, and the count cannot tell
            (354,592 with batch norm).
        activation: behind the channel compression, ``'relu'`` or None. Not in the paper.
        implementation: of the sum; see ``ggtoolbox.ops.sau.semantic_aware_upsample``.
    """

    def __init__(self, in_channels: int, out_channels: int | None = None, scale: int = 2,
                 kernel_size: int = 5, compressed_channels: int = 64, kernel_conv: int = 3,
                 window: str = 'source', groups: int = 1, norm: str | None = None,
                 activation: str | None = None, implementation: str = 'auto') -> None:
        super().__init__(in_channels, out_channels, scale, kernel_size, window, groups, implementation)
        if activation not in (None, 'relu'):
            raise InputError(f"SAU: activation must be 'relu' or None, found {activation!r}")
        maps = groups * (kernel_size * self.scale) ** 2
        self.compress = nn.Sequential(
            nn.Conv2d(in_channels, compressed_channels, 1, bias=norm is None),
            build_norm(norm, compressed_channels, affine=True),
            nn.ReLU() if activation else nn.Identity())
        self.generate = nn.Sequential(
            nn.Conv2d(compressed_channels, maps, kernel_conv, padding=kernel_conv // 2,
                      bias=norm is None),
            build_norm(norm, maps, affine=True))
        draw_kernel_generator(self.compress[0], self.generate[0])

    def logits(self, x: Tensor) -> Tensor:
        return self.generate(self.compress(x))
