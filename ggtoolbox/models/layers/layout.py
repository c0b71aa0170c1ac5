"""The semantic layout: classes, edges and guides as the channels that SPADE reads."""
from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.ops.one_hot_convolution import look_up_pays, one_hot_convolution
from ggtoolbox.structures import IGNORED_LABEL

from .distinct_layout import DistinctLayout, DistinctPixels, codes_of
from .spectral_norm import next_weight

if TYPE_CHECKING:
    from .panoptic import PanopticMap


def check_ids(ids: Tensor, name: str = 'label') -> None:
    """Raise :class:`InputError` for ids of another type than int64 (or int32, which serves as well)."""
    if ids.dtype not in (torch.int64, torch.int32):
        raise InputError(f'{name}: class ids must be of torch.int64, found {ids.dtype}')


def one_hot(label: Tensor, num_classes: int, dtype: torch.dtype = torch.float32, name: str = 'label'
            ) -> Tensor:
    """(B, ...) class ids, such as (B, H, W), to (B, num_classes, ...) zeros and ones; 255 becomes all zeros.

    Args:
        name: what errors call the ids.

    Raises:
        InputError: for any other id outside 0 .. ``num_classes`` - 1. The check reads the values, so
            it is left out on a GPU (where it would wait for the device; such pixels are all zeros
            there) and while tracing, compiling or exporting. For ids that are no whole numbers.
    """
    check_ids(label, name)
    valid = (label >= 0) & (label < num_classes)
    if label.device.type == 'cpu' and not torch.compiler.is_compiling() and not torch.jit.is_tracing():
        wrong = label[~valid & (label != IGNORED_LABEL)]
        if wrong.numel():
            raise InputError(f'{name}: found class id {int(wrong[0])}, expected 0 to {num_classes - 1} '
                             f'or {IGNORED_LABEL} (ignored)')
    zeros = torch.zeros(label.shape[0], num_classes, *label.shape[1:], dtype=dtype, device=label.device)
    return zeros.scatter_(1, torch.where(valid, label, 0).unsqueeze(1), valid.unsqueeze(1).to(dtype))


class Layout:
    """A semantic layout at whatever resolution is asked for, resized once for each.

    Args:
        semantics: (B, K, H, W), as :class:`GuidedInput` gives it.
        label: (B, H, W) the class ids behind its first channels, where it has been made of such: with
            many classes a convolution then looks its columns up instead of multiplying by zeros, and SPADE
            is computed once for each distinct neighbourhood.
        num_classes: how many channels that is.
        panoptic: the panoptic map, for those layers that read one.
    """

    def __init__(self, semantics: Tensor, label: Tensor | None = None, num_classes: int = 0,
                 panoptic: PanopticMap | None = None) -> None:
        self.panoptic, self._regions = panoptic, {}
        self.num_classes = num_classes
        self.looks_up = label is not None and look_up_pays(label, num_classes)
        self._semantics = _Resized(semantics)
        codes = codes_of(semantics, label, num_classes)
        self._codes = None if codes is None else _Resized(codes)
        self._distinct: dict[tuple[int, int, int], DistinctLayout] = {}
        self._pixels: dict[tuple[int, int], DistinctPixels] = {}
        if self.looks_up:  # ids are whole numbers below 2^24, so that float32 holds them
            self._label = _Resized(label.unsqueeze(1).float())

    @property
    def original(self) -> Tensor:
        """(B, K, H, W) as it was given."""
        return self._semantics.original

    def at(self, size: tuple[int, int]) -> Tensor:
        """(B, K, *size) by nearest neighbour: source index = floor(i * input / output)."""
        return self._semantics.at(size)

    def regions(self, size: tuple[int, int]) -> Tensor:
        """(B, *size) the channel that is not 0, the last one of several; -1 where all are."""
        size = tuple(size)
        if size not in self._regions:
            present = self.at(size) != 0
            numbers = torch.arange(1, present.shape[1] + 1, device=present.device).view(-1, 1, 1)
            self._regions[size] = (present * numbers).amax(1) - 1
        return self._regions[size]

    def distinct(self, size: tuple[int, int], kernel_size: int, channels: int) -> DistinctLayout | None:
        """The distinct neighbourhoods that two convolutions of ``kernel_size`` see, ``channels`` between
        them; None where convolutions of the whole map are faster or must serve."""
        if self._codes is None:
            return None
        key = (*size, kernel_size)
        if key not in self._distinct:
            self._distinct[key] = DistinctLayout(self.at(size), self._codes.at(size), kernel_size)
        found = self._distinct[key]
        return found if found.pays(channels) else None

    def pixels(self, size: tuple[int, int]) -> DistinctPixels | None:
        """The distinct pixels; None where the whole map must serve."""
        if self._codes is None:
            return None
        size = tuple(size)
        if size not in self._pixels:
            self._pixels[size] = DistinctPixels(self.at(size), self._codes.at(size))
        return self._pixels[size]

    def convolve(self, convolution: nn.Conv2d, size: tuple[int, int]) -> Tensor:
        """``convolution(self.at(size))`` for an odd kernel, stride 1 and padding that keeps the size."""
        if not self.looks_up:
            return convolution(self.at(size))
        return self.convolve_with(next_weight(convolution), convolution.bias, size)

    def convolve_with(self, weight: Tensor, bias: Tensor | None, size: tuple[int, int]) -> Tensor:
        """As :meth:`convolve`, by a weight (channels, K, k, k) and a bias that belong to no one layer."""
        padding = weight.shape[-1] // 2
        if not self.looks_up:
            return F.conv2d(self.at(size), weight, bias, padding=padding)
        of_classes, of_others = weight.tensor_split([self.num_classes], dim=1)
        label = self._label.at(size).squeeze(1).long()
        y = one_hot_convolution(label, of_classes, bias)
        if of_others.shape[1]:
            y = y + F.conv2d(self.at(size)[:, self.num_classes:], of_others, padding=padding)
        return y


class JoinedLayout:
    """A layout and, behind its channels, features that have been read off it at one size.

    Args:
        layout: the first channels.
        features: (B, F, h, w), the others; resized (nearest) to where they are asked for.
    """

    def __init__(self, layout: Layout, features: Tensor) -> None:
        self.layout, self._features = layout, _Resized(features)

    def distinct(self, size: tuple[int, int], kernel_size: int, channels: int) -> None:
        """None: features have no two neighbourhoods alike."""

    def pixels(self, size: tuple[int, int]) -> None:
        """None, likewise."""

    def convolve(self, convolution: nn.Conv2d, size: tuple[int, int]) -> Tensor:
        """As :meth:`Layout.convolve`."""
        return self.convolve_with(next_weight(convolution), convolution.bias, size)

    def convolve_with(self, weight: Tensor, bias: Tensor | None, size: tuple[int, int]) -> Tensor:
        """As :meth:`Layout.convolve_with`."""
        layout, features, padding = self.layout, self._features.at(size), weight.shape[-1] // 2
        if not layout.looks_up:
            return F.conv2d(torch.cat([layout.at(size), features], dim=1), weight, bias, padding=padding)
        of_layout, of_features = weight.tensor_split([layout.original.shape[1]], dim=1)
        return (layout.convolve_with(of_layout, bias, size)
                + F.conv2d(features, of_features, padding=padding))


class _Resized:
    """Copies of a map at other sizes, each made once."""

    def __init__(self, original: Tensor) -> None:
        self.original = original
        # Pairs, for sizes that are exported as free have no hash.
        self.copies = [(tuple(original.shape[-2:]), original)]

    def at(self, size: tuple[int, int]) -> Tensor:
        size = tuple(size)
        copy = next((copy for known, copy in self.copies if known == size), None)
        if copy is None:
            copy = F.interpolate(self.original, size=size, mode='nearest')
            self.copies.append((size, copy))
        return copy
