"""Convolutions that choose their form by shape; what they compute and store is PyTorch's."""
from __future__ import annotations

from math import prod

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.ops.tiny_map_convolution import (
    convolution_as_product,
    map_size,
    product_pays,
    transposed_convolution_as_product,
)
from ggtoolbox.ops.winograd_convolution import winograd_convolution, winograd_pays

from .made_again import Again, as_now, made_again, makes_again, mirrored, rounded, rounds


class AdaptiveConv2d(nn.Conv2d):
    """``nn.Conv2d``, as one matrix product where the output is tiny and the weights are many
    (:mod:`ggtoolbox.ops.tiny_map_convolution`), with fewer multiplications where 3 x 3 kernels have many
    channels (:mod:`ggtoolbox.ops.winograd_convolution`)."""

    def weight_again(self) -> Again:
        """What gives this layer's weight once more, as it is now."""
        return as_now(self.weight)

    def _conv_forward(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        if self._pays_as_product(x, weight):
            with made_again(*([(weight, self.weight_again())] if rounds(weight) else [])):
                return convolution_as_product(x, weight, bias, self.stride, self.padding, self.dilation)
        made, padding = [], self.padding
        if self.padding_mode == 'reflect' and x.dim() == 4 and makes_again(x):
            made.append(mirrored(x, tuple(self._reversed_padding_repeated_twice)))
            x, padding = made[-1][0], (0, 0)
        if rounds(weight):
            made.append(rounded(weight, self.weight_again()))
            weight = made[-1][0]
        if not made:
            return self._convolve(x, weight, bias, padding)
        with made_again(*made):
            return self._convolve(x, weight, bias, padding)

    def _pays_as_product(self, x: Tensor, weight: Tensor) -> bool:
        if self.groups > 1 or self.padding_mode != 'zeros' or isinstance(self.padding, str) or x.dim() != 4:
            return False
        size = map_size(x.shape[2:], self.kernel_size, self.stride, self.padding, self.dilation)
        return product_pays(x.device, weight.numel(), x.shape[0] * prod(size))

    def _convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None, padding: tuple[int, int] | str
                  ) -> Tensor:
        """The convolution of x; ``padding`` is 0 where ``padding_mode`` has been seen to."""
        bordered = self.padding_mode == 'zeros' or padding != self.padding  # what is missing are zeros
        if self.groups == 1 and not isinstance(padding, str) and x.dim() == 4:
            around, way = padding[0], (self.stride, self.dilation, padding)
            if way == ((1, 1), (1, 1), (around, around)) and winograd_pays(x, weight, around):
                if not bordered:
                    x, around = F.pad(x, 4 * (around,), self.padding_mode), 0
                return winograd_convolution(x, weight, bias, around)
        if not bordered:
            return super()._conv_forward(x, weight, bias)
        return F.conv2d(x, weight, bias, self.stride, padding, self.dilation, self.groups)


class AdaptiveConvTranspose2d(nn.ConvTranspose2d):
    """``nn.ConvTranspose2d``, as one matrix product where the input is tiny and the weights are many."""

    def weight_again(self) -> Again:
        """What gives this layer's weight once more, as it is now."""
        return as_now(self.weight)

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        weight = self.weight
        made = [(weight, self.weight_again())] if rounds(weight) else []
        if output_size is None and self._pays_as_product(x):
            with made_again(*made):
                return transposed_convolution_as_product(x, weight, self.bias, self.stride, self.padding,
                                                         self.output_padding, self.dilation)
        if made:
            made = [rounded(*made[0])]
            weight = made[0][0]
        padding = self._output_padding(x, output_size, self.stride, self.padding, self.kernel_size, 2,
                                       self.dilation)
        with made_again(*made):
            return F.conv_transpose2d(x, weight, self.bias, self.stride, self.padding, padding, self.groups,
                                      self.dilation)

    def _pays_as_product(self, x: Tensor) -> bool:
        weights = self.in_channels * self.out_channels * prod(self.kernel_size)
        return self.groups == 1 and x.dim() == 4 and product_pays(
            x.device, weights, x.shape[0] * prod(x.shape[2:]))
