"""What two convolutions, one after another, see of a layout: its distinct neighbourhoods."""
from __future__ import annotations

from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

from ggtoolbox.ops.modulation import look_up
from ggtoolbox.ops.neighbourhood_convolution import neighbourhood_convolution, neighbourhoods_pay
from ggtoolbox.ops.neighbourhoods import Groups, Neighbourhoods, numbered, pixels_of
from ggtoolbox.ops.recording import is_recorded

_MOST_OTHERS = 8  # channels beside the classes


def codes_of(semantics: Tensor, label: Tensor | None, num_classes: int) -> Tensor | None:
    """(B, 1, H, W) whole numbers that are equal where ``semantics`` are.

    Args:
        semantics: (B, K, H, W): the one-hot map of ``label``, behind it other channels.
        label: (B, H, W), ids outside 0 .. ``num_classes`` - 1 are pixels of no class.

    Returns:
        float32, below 2^24 and so exact. None where there is no label or the other channels hold more than
        zeros and ones; on a GPU, where this has not been timed; in graphs that are recorded or compiled.
    """
    if label is None or label.device.type != 'cpu' or is_recorded() or torch.compiler.is_compiling():
        return None
    others = semantics[:, num_classes:]
    if others.shape[1] > _MOST_OTHERS or not ((others == 0) | (others == 1)).all():
        return None
    codes = torch.where((label >= 0) & (label < num_classes), label, num_classes)
    for channel in others.unbind(1):
        codes = codes * 2 + channel.to(codes.dtype)
    return codes.unsqueeze(1).float()


class DistinctPixels:
    """The distinct pixels of a layout at one size, and where they lie.

    Args:
        semantics: (B, K, H, W).
        codes: (B, 1, H, W) at the same size, as :func:`codes_of` gives them.

    Attributes:
        ids: (B, H, W) which row a pixel is; rows: (N, K); groups: the pixels, counted through, by row.
    """

    def __init__(self, semantics: Tensor, codes: Tensor) -> None:
        self.ids, count = numbered(codes.squeeze(1).long())
        image, row, column = pixels_of(self.ids, count)
        self.rows, self.count = semantics[image, :, row, column], count

    @cached_property
    def groups(self) -> Groups:
        return Groups(self.ids.flatten(), self.count)


class DistinctLayout:
    """The distinct neighbourhoods of a layout at one size: k x k, and k x k of those.

    Args:
        semantics: (B, K, H, W).
        codes: (B, 1, H, W) at the same size, as :func:`codes_of` gives them.
        kernel_size: k of both convolutions.

    Attributes:
        rows: (N, K) the distinct pixels.
        first, second: neighbourhoods of pixels, and of those; all images share them.
    """

    def __init__(self, semantics: Tensor, codes: Tensor, kernel_size: int) -> None:
        ids, count = numbered(codes.squeeze(1).long())
        image, row, column = pixels_of(ids, count)
        self.rows = semantics[image, :, row, column]
        self.first = Neighbourhoods(ids, count, kernel_size)
        self._pixels = ids.numel()

    @cached_property
    def second(self) -> Neighbourhoods:
        return Neighbourhoods(self.first.ids, self.first.count, self.first.kernel_size)

    @cached_property
    def groups(self) -> Groups:
        """The pixels, counted through, by :attr:`second` neighbourhood."""
        return Groups(self.second.ids.flatten(), self.second.count)

    def pays(self, channels: int) -> bool:
        """Whether two convolutions with so many channels between them are faster by neighbourhood."""
        return (neighbourhoods_pay(self._pixels, self.first.count, self.first.count, channels)
                and neighbourhoods_pay(self._pixels, self.first.count, self.second.count, channels))

    def convolve_twice(self, first: tuple[Tensor, Tensor], second: tuple[Tensor, Tensor]) -> Tensor:
        """(U, O), for each second neighbourhood: convolution, ReLU and convolution, by weight and bias."""
        hidden = F.relu(neighbourhood_convolution(self.rows, self.first, *first))
        return neighbourhood_convolution(hidden, self.second, *second)

    def spread(self, table: Tensor) -> Tensor:
        """(U, O) -> (B, O, H, W)."""
        return look_up(table, self.second.ids, self.groups)
