"""X-Fork's two ends (Regmi and Borji, Cross-View Image Synthesis Using Conditional GANs, CVPR 2018, section
4.2): what has been decoded is drawn as an image and as its label map."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import HEADS, UPSAMPLERS

from ..layers.convolution import normalised_convolution
from ..layers.normalisation import build_norm


@HEADS.register_module()
class ForkHead(nn.Module):
    """Two branches of the same structure, which share nothing: one draws the image, one the label map.

    A branch is ``num_upsamplings`` doublings (transposed convolutions 4x4), each of which halves the width,
    with norm and ReLU between them and tanh at the end; without a doubling it is a convolution with norm and
    ReLU, and one with tanh. The released X-Fork forks in front of its last two doublings; a generator that
    ``EncoderDecoderGenerator`` is leaves as many to the head. At the end of any other, none are left.

    Args:
        in_channels: of the features, which are activated already.
        out_channels: of the image.
        guide_channels: of the label map: 3, a picture in colours.
        num_upsamplings: doublings that are the head's own.
        norm: ``'batch'``, ``'instance'`` or None.
        upsampler: what doubles (default: ``DeconvolutionUpsampler`` with ``kernel_size=4``).
    """

    def __init__(self, in_channels: int, out_channels: int = 3, guide_channels: int = 3,
                 num_upsamplings: int = 0, norm: str | None = 'batch', upsampler: dict | None = None) -> None:
        super().__init__()

        def grow(before: int, after: int) -> nn.Module:
            default = dict(type='DeconvolutionUpsampler', kernel_size=4)
            return UPSAMPLERS.build(upsampler or default,
                                    default_args=dict(in_channels=before, out_channels=after, scale=2))

        def branch(drawn: int) -> nn.Sequential:
            if not num_upsamplings:
                return nn.Sequential(normalised_convolution(in_channels, in_channels, norm=norm, bias=True),
                                     nn.Conv2d(in_channels, drawn, 3, padding=1))
            widths = [max(1, in_channels // 2 ** i) for i in range(num_upsamplings)]
            steps = [nn.Sequential(grow(before, after), build_norm(norm, after, norm == 'batch'))
                     for before, after in zip(widths, widths[1:])]
            return nn.Sequential(*steps, grow(widths[-1], drawn))

        self.image_branch, self.guide_branch = branch(out_channels), branch(guide_channels)

    def forward(self, features: Tensor, source_image: Tensor | None = None) -> dict[str, Tensor]:
        """Draw both; ``source_image`` is not used.

        Returns:
            ``image`` (B, out_channels, H, W) and ``guide_image`` (B, guide_channels, H, W), both in [-1, 1];
            H and W are the features' times 2**num_upsamplings.
        """
        drawn = {}
        for name, branch in (('image', self.image_branch), ('guide_image', self.guide_branch)):
            x = features
            for step in branch[:-1]:
                x = F.relu(step(x))
            drawn[name] = torch.tanh(branch[-1](x))
        return drawn
