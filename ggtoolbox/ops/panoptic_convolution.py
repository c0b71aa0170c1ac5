"""Panoptic aware convolution: a window reads only what belongs to the same instance as its centre.

Dundar et al., Panoptic-based Image Synthesis, CVPR 2020, section 3. With M = 1 where the panoptic map equals
its value at the window's centre c, 0 elsewhere and outside of the image,

    x'_c = W^T (X * M) * k^2 / sum(M) + b.

No code was released. Away from the boundaries of instances M is all ones inside of the image, where the plain
convolution gives the same numbers: it runs everywhere, and the pixels at boundaries are computed again.
Where most pixels are at boundaries, as in small maps, the plain formula does less.
"""
from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ggtoolbox.errors import InputError

from .recording import is_recorded

MOST_AT_BOUNDARIES = 0.5  # of the pixels; above it the plain formula, by benchmarks/panoptic_convolution.py
NO_IDENTITY = -1 - 2 ** 62  # outside of the image: an identity that nothing has


class EqualNeighbours(NamedTuple):
    """Where the k x k neighbours of each pixel have its identity: of one panoptic map, for all layers of a
    size.

    Attributes:
        kernel_size: k, odd.
        equal: (B, k*k, H, W) bool, M of each window, row by row.
        scale: (B, 1, H, W), k^2 / sum(M).
        boundary: (N,) the pixels, counted through the batch, some of whose neighbours inside of the image
            have another identity; None where a graph is recorded, which must hold for other maps, too.
    """

    kernel_size: int
    equal: Tensor
    scale: Tensor
    boundary: Tensor | None

    @classmethod
    @torch.no_grad()
    def of(cls, panoptic: Tensor, kernel_size: int) -> EqualNeighbours:
        """Compare each pixel of (B, H, W) integers with its neighbours."""
        if kernel_size < 1 or kernel_size % 2 == 0:
            raise InputError(f'panoptic aware convolution: kernel_size must be odd, found {kernel_size}')
        padded = F.pad(panoptic.long(), [kernel_size // 2] * 4, value=NO_IDENTITY)
        windows = torch.stack(_shifted(padded, kernel_size, panoptic.shape[-2:]), dim=1)
        equal = windows == panoptic.unsqueeze(1)
        scale = kernel_size ** 2 / equal.sum(1, keepdim=True).float()
        boundary = None
        if not (is_recorded() or panoptic.is_meta):  # the number of pixels depends on the map
            foreign = (~equal & (windows != NO_IDENTITY)).any(1)
            boundary = foreign.flatten().nonzero().squeeze(1)
        return cls(kernel_size, equal, scale, boundary)


def panoptic_convolution_reference(x: Tensor, panoptic: Tensor, weight: Tensor,
                                   bias: Tensor | None = None) -> Tensor:
    """The plain formula: unfold, mask, multiply; x (B, C, H, W), panoptic (B, H, W), weight (., C, k, k)."""
    return _by_windows(x, weight, bias, EqualNeighbours.of(panoptic, weight.shape[-1]))


def _by_windows(x: Tensor, weight: Tensor, bias: Tensor | None, neighbours: EqualNeighbours) -> Tensor:
    windows = F.unfold(x, neighbours.kernel_size, padding=neighbours.kernel_size // 2)
    windows = windows.unflatten(1, (x.shape[1], -1))
    masked = (windows * neighbours.equal.flatten(2).unsqueeze(1)).flatten(1, 2)
    y = (weight.flatten(1) @ masked).unflatten(2, x.shape[2:]) * neighbours.scale.to(x.dtype)
    return y if bias is None else y + bias.view(1, -1, 1, 1)


def panoptic_convolution(x: Tensor, weight: Tensor, bias: Tensor | None,
                         neighbours: EqualNeighbours) -> Tensor:
    """Equal to :func:`panoptic_convolution_reference` to rounding, forward and backward.

    Args:
        x: (B, C, H, W).
        weight: (channels, C, k, k), of the ``neighbours``' k.
        bias: (channels,) or None; it is added after scaling.
        neighbours: of x's panoptic map.
    """
    if neighbours.boundary is None:
        return _by_taps(x, weight, bias, neighbours)
    if len(neighbours.boundary) > MOST_AT_BOUNDARIES * neighbours.scale.numel():
        return _by_windows(x, weight, bias, neighbours)
    y = F.conv2d(x, weight, padding=neighbours.kernel_size // 2)
    y = y * neighbours.scale.to(y.dtype)
    if len(neighbours.boundary):
        found = panoptic_convolution_at(neighbours.boundary, x, weight, neighbours).to(y.dtype)
        rows = y.movedim(1, -1)
        y = rows.reshape(-1, rows.shape[-1]).index_copy(0, neighbours.boundary, found).view(rows.shape)
        y = y.movedim(-1, 1)
    return y if bias is None else y + bias.view(1, -1, 1, 1)


def panoptic_convolution_at(pixels: Tensor, x: Tensor, weight: Tensor, neighbours: EqualNeighbours) -> Tensor:
    """The convolution, without a bias, at some pixels alone.

    Args:
        pixels: (N,), counted through the batch row by row.

    Returns:
        (N, channels).
    """
    size, (height, width) = neighbours.kernel_size, x.shape[-2:]
    padded = F.pad(x, [size // 2] * 4).movedim(1, -1)
    image, place = pixels // (height * width), pixels % (height * width)
    corner = (image * padded.shape[1] + place // width) * padded.shape[2] + place % width
    taps = torch.arange(size, device=x.device)
    offsets = (taps.unsqueeze(1) * padded.shape[2] + taps).flatten()
    windows = padded.flatten(0, 2)[corner.unsqueeze(1) + offsets]  # (N, k*k, C)
    factor = (neighbours.equal * neighbours.scale).movedim(1, -1).flatten(0, 2)[pixels]
    masked = windows * factor.unsqueeze(-1).to(windows.dtype)
    return masked.flatten(1) @ weight.permute(2, 3, 1, 0).flatten(0, 2)


def _by_taps(x: Tensor, weight: Tensor, bias: Tensor | None, neighbours: EqualNeighbours) -> Tensor:
    """Offset by offset, a masked pointwise product: plain operators that hold for any map."""
    size = neighbours.kernel_size
    windows = _shifted(F.pad(x, [size // 2] * 4), size, x.shape[-2:])
    y = sum(F.conv2d(window * neighbours.equal[:, index:index + 1].to(x.dtype),
                     weight[:, :, index // size, index % size, None, None])
            for index, window in enumerate(windows)) * neighbours.scale.to(x.dtype)
    return y if bias is None else y + bias.view(1, -1, 1, 1)


def _shifted(padded: Tensor, kernel_size: int, size: tuple[int, int]) -> list[Tensor]:
    height, width = size
    return [padded[..., row:row + height, column:column + width]
            for row in range(kernel_size) for column in range(kernel_size)]
