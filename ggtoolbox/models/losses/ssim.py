from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import LOSSES


def structural_similarity(x: Tensor, y: Tensor, window: int = 11, sigma: float = 1.5,
                          data_range: float = 1.0) -> Tensor:
    """Mean structural similarity (Wang et al. 2004), differentiable; at most 1.

    Channel by channel, with a Gaussian window and zeros beyond the border, C1 = (0.01 * ``data_range``)^2
    and C2 = (0.03 * ``data_range``)^2; the mean over all elements.

    Args:
        x, y: (B, C, H, W).
        window: side of the window, odd.
        data_range: of the values. 1 in the released code of SelectionGAN for persons, whose images lie in
            [-1, 1] (there it should be 2).
    """
    channels = x.shape[1]
    offsets = torch.arange(window, dtype=x.dtype, device=x.device) - window // 2
    line = torch.exp(-offsets.square() / (2 * sigma ** 2))
    line = line / line.sum()
    kernel = torch.outer(line, line).expand(channels, 1, window, window)
    parts = torch.cat([x, y, x * x, y * y, x * y], dim=1)
    blurred = F.conv2d(parts, kernel.repeat(5, 1, 1, 1), padding=window // 2, groups=5 * channels)
    mean_x, mean_y, xx, yy, xy = blurred.chunk(5, dim=1)
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    variances, covariance = xx - mean_x ** 2 + yy - mean_y ** 2, xy - mean_x * mean_y
    return ((2 * mean_x * mean_y + c1) * (2 * covariance + c2)
            / ((mean_x ** 2 + mean_y ** 2 + c1) * (variances + c2))).mean()


@LOSSES.register_module()
class SSIMLoss(nn.Module):
    """-SSIM, see :func:`structural_similarity`; weight 20 in the released SelectionGAN for persons."""

    def __init__(self, weight: float = 20.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Images (B, 3, H, W) in [-1, 1] -> scalar."""
        return -self.weight * structural_similarity(prediction.float(), target.float())
