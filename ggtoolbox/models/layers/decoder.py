"""Doublings from a code back to features of full size."""
from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import UPSAMPLERS

from .convolution import bias_beside
from .normalisation import build_norm
from .panoptic import PanopticMap
from .upsampling import enlarge


class Decoder(nn.Module):
    """Doublings with norm and ReLU behind each; ``linear`` leaves both out.

    Args:
        in_channels: of the code.
        widths: of the maps behind each doubling.
        norm: ``'batch'``, ``'instance'`` or None.
        upsampler: what doubles; gets ``in_channels``, ``out_channels`` and ``scale=2``.
        narrowed: width to which a 1x1 convolution with norm and ReLU first brings the code; None without.
        linear: neither norms nor activations.
    """

    def __init__(self, in_channels: int, widths: Sequence[int], norm: str | None, upsampler: dict,
                 narrowed: int | None = None, linear: bool = False) -> None:
        super().__init__()
        self.linear, norm = linear, None if linear else norm
        self.narrow = None
        if narrowed is not None:  # transposed, as its released weights are stored
            self.narrow = nn.Sequential(nn.ConvTranspose2d(in_channels, narrowed, 1, bias=bias_beside(norm)),
                                        build_norm(norm, narrowed, norm == 'batch'), nn.ReLU())
        before = [narrowed or in_channels, *widths]
        self.upsamplers = nn.ModuleList(
            UPSAMPLERS.build(upsampler, default_args=dict(in_channels=i, out_channels=o, scale=2))
            for i, o in zip(before, widths))
        self.norms = nn.ModuleList(build_norm(norm, width, norm == 'batch') for width in widths)

    def forward(self, code: Tensor, guide: Tensor, panoptic: PanopticMap | None = None) -> Tensor:
        """(B, in_channels, h, w) -> (B, widths[-1], 2**n * h, 2**n * w); ``guide`` and ``panoptic`` are the
        upsamplers'."""
        x = code if self.narrow is None else self.narrow(code)
        for upsampler, norm in zip(self.upsamplers, self.norms):
            x = enlarge(upsampler, x, guide, panoptic)
            x = x if self.linear else F.relu(norm(x))
        return x
