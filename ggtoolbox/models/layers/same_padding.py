"""Convolutions that pad as TensorFlow's ``SAME`` does: what does not divide evenly is added behind."""
from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class SameConv2d(nn.Conv2d):
    """A convolution whose output has ceil(size / stride) rows and columns.

    Of max((ceil(size / stride) - 1) * stride + kernel_size - size, 0) zeros a side, half, rounded down, lie
    in front: at stride 2 and even sizes a 3x3 kernel has none in front and one behind, 4x4 one and one, 5x5
    one and two. ``padding`` is not to be given.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, ceil(H / stride), ceil(W / stride))."""
        padding = []
        for size, kernel, stride in zip(x.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1]):
            missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            padding += [missing // 2, missing - missing // 2]
        if padding[0] == padding[1] and padding[2] == padding[3]:
            return F.conv2d(x, self.weight, self.bias, self.stride, (padding[2], padding[0]),
                            groups=self.groups)
        return F.conv2d(F.pad(x, padding), self.weight, self.bias, self.stride, groups=self.groups)
