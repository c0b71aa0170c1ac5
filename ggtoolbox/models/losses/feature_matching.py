from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES
from ggtoolbox.structures import DiscriminatorOutput


def feature_matching(fake_outputs: list[DiscriminatorOutput],
                     real_outputs: list[DiscriminatorOutput]) -> Tensor:
    """Sum over scales and layers of mean |fake - real|, divided by the number of scales.

    Wang et al., pix2pixHD, CVPR 2018, equation 4; the division is the released code's. The real side
    is a constant.
    """
    if not any(output.features for output in fake_outputs):
        raise InputError('FeatureMatchingLoss: the discriminator lists no features; build it with '
                         'return_features=True')
    total = sum(F.l1_loss(fake, real.detach())
                for fake_output, real_output in zip(fake_outputs, real_outputs)
                for fake, real in zip(fake_output.features, real_output.features))
    return total / len(fake_outputs)


@LOSSES.register_module()
class FeatureMatchingLoss(nn.Module):
    """See :func:`feature_matching`; GauGAN's weight is 10."""

    def __init__(self, weight: float = 10.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, fake_outputs: list[DiscriminatorOutput],
                real_outputs: list[DiscriminatorOutput]) -> Tensor:
        return self.weight * feature_matching(fake_outputs, real_outputs)
