"""Panoptic maps at whatever resolution is asked for, and layers that read them."""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.ops.panoptic_alignment import Alignment, panoptic_alignment
from ggtoolbox.ops.panoptic_convolution import EqualNeighbours, panoptic_convolution

from .layout import Layout
from .spade import SPADEResidualBlock
from .spectral_norm import next_weight


def panoptic_identities(label: Tensor | None, instance: Tensor) -> Tensor:
    """(B, H, W) one integer an instance of a class: equal where label and instance both are.

    Where ``instance`` is the class id on stuff, as in Cityscapes' and ToyWorld's maps, it changes nothing;
    where it numbers instances of each class anew, or is 0 on stuff, it tells classes apart.
    """
    if label is None or label.dim() != 3:
        return instance.long()
    return label.long() * 2 ** 32 + instance.long()


class PanopticMap:
    """A panoptic map; what depends on it alone is computed once for each resolution.

    Args:
        identities: (B, H, W) integers, of which equality alone has a meaning.
    """

    def __init__(self, identities: Tensor) -> None:
        self.identities = identities
        self._resized: dict[tuple, Tensor] = {}
        self._neighbours: dict[tuple, EqualNeighbours] = {}
        self._alignments: dict[tuple, Alignment] = {}

    def at(self, size: tuple[int, int]) -> Tensor:
        """(B, *size) by nearest neighbour: source index = floor(i * input / output)."""
        size = tuple(size)
        if size not in self._resized:
            rows, columns = (torch.arange(new, device=self.identities.device) * old // new
                             for new, old in zip(size, self.identities.shape[-2:]))
            self._resized[size] = self.identities[:, rows][:, :, columns]
        return self._resized[size]

    def neighbours(self, size: tuple[int, int], kernel_size: int) -> EqualNeighbours:
        """Of the map of this size."""
        key = (*size, kernel_size)
        if key not in self._neighbours:
            self._neighbours[key] = EqualNeighbours.of(self.at(size), kernel_size)
        return self._neighbours[key]

    def alignment(self, low: tuple[int, int], high: tuple[int, int], window: str) -> Alignment:
        """From the map of size ``low`` to that of size ``high``."""
        key = (*low, *high, window)
        if key not in self._alignments:
            self._alignments[key] = panoptic_alignment(self.at(low), self.at(high), window)
        return self._alignments[key]


def convolve(convolution: torch.nn.Conv2d, x: Tensor, panoptic: PanopticMap) -> Tensor:
    """``convolution(x)`` panoptic aware, for an odd kernel, stride 1 and padding that keeps the size;
    spectral normalisation divides the weights as ever."""
    neighbours = panoptic.neighbours(x.shape[-2:], convolution.kernel_size[0])
    return panoptic_convolution(x, next_weight(convolution), convolution.bias, neighbours)


class PanopticResidualBlock(SPADEResidualBlock):
    """GauGAN's block with panoptic aware 3x3 convolutions; the modulation's convolutions stay plain, for what
    they read is constant inside of an instance."""

    reads_instance = True

    def convolve(self, convolution: torch.nn.Conv2d, x: Tensor, layout: Layout) -> Tensor:
        return convolve(convolution, x, layout.panoptic)
