"""Attention between channels."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from ggtoolbox.ops.selected_convolution import Expand, selected_convolution


class ChannelSelection(nn.Module):
    """gamma * A X + X, with A = softmax(rowmax(X X^T) - X X^T) and X as a matrix channels x pixels.

    SelectionGAN++'s multi-scale channel selection (Tang et al., TPAMI 2022; thesis equation 5.3, whose
    alpha is ``gamma``); the channel attention of DANet (Fu et al., CVPR 2019). No projections, no scaling:
    X X^T grows with the number of pixels, so that at 256 pixels most rows of A pick a single channel.

    ``gamma`` starts from 0, where the output is X.

    Args:
        most_alike: True, as the paper says, takes the softmax of X X^T, so that a channel attends to those
            that are most like it; False, as the released code does, of the row's maximum minus X X^T, so
            that it attends to those that are least like it.
    """

    def __init__(self, most_alike: bool = False) -> None:
        super().__init__()
        self.most_alike = most_alike
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        identity = torch.eye(x.shape[1], dtype=self.gamma.dtype, device=x.device)[:, :, None, None]
        return selected_convolution(x, identity, None, self.gamma, most_alike=self.most_alike)

    def convolve(self, x: Tensor, convolution: nn.Conv2d, expand: Expand | None = None) -> Tensor:
        """``convolution(forward(expand(x)))``, which is cheaper than each by itself.

        Args:
            x: (B, c, H, W).
            convolution: of stride 1, that keeps the size by zero padding.
            expand: what derives the parts of (B, C, H, W) from x, see :func:`selected_convolution`.
        """
        return selected_convolution(x, convolution.weight, convolution.bias, self.gamma, expand,
                                    self.most_alike)
