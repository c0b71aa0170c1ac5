from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES
from ggtoolbox.structures import DiscriminatorOutput


def feature_matching(fake_outputs: list[DiscriminatorOutput], real_outputs: list[DiscriminatorOutput],
                     average: str = 'scales', layer_weights: Sequence[float] | None = None) -> Tensor:
    """Sum over scales and layers of w * mean |fake - real|, divided by the number of scales, or of features;
    w = 1 where no weights of the layers are given.

    Wang et al., pix2pixHD, CVPR 2018, equation 4; the division is the released code's. The real side
    is a constant.
    """
    if not any(output.features for output in fake_outputs):
        raise InputError('FeatureMatchingLoss: the discriminator lists no features; build it with '
                         'return_features=True')
    total = sum(weight * F.l1_loss(fake, real.detach())
                for fake_output, real_output in zip(fake_outputs, real_outputs)
                for weight, fake, real in zip(_weights(fake_output, layer_weights), fake_output.features,
                                              real_output.features))
    return total / (len(fake_outputs) if average == 'scales' else
                    sum(len(output.features) for output in fake_outputs))


def _weights(output: DiscriminatorOutput, layer_weights: Sequence[float] | None) -> Sequence[float]:
    """Of the features of one scale, which may list more than another does."""
    found = len(output.features)
    weights = [1.0] * found if layer_weights is None else layer_weights
    if len(weights) != found:
        raise InputError(f'FeatureMatchingLoss: layer_weights must hold {found} weights, one for each '
                         f'feature of a scale, found {len(weights)}')
    return weights


@LOSSES.register_module()
class FeatureMatchingLoss(nn.Module):
    """See :func:`feature_matching`; GauGAN's weight is 10.

    Args:
        average: what the sum is divided by, the number of ``'scales'`` (pix2pixHD, GauGAN) or of
            ``'features'`` of all scales together (CC-FPSE's released code).
        layer_weights: one for each of the features that a scale lists; None: 1 each.
    """

    def __init__(self, weight: float = 10.0, average: str = 'scales',
                 layer_weights: Sequence[float] | None = None) -> None:
        super().__init__()
        if average not in ('scales', 'features'):
            raise InputError("FeatureMatchingLoss: average must be 'scales' or 'features', found "
                             f'{average!r}')
        self.weight, self.average, self.layer_weights = weight, average, layer_weights

    def forward(self, fake_outputs: list[DiscriminatorOutput],
                real_outputs: list[DiscriminatorOutput]) -> Tensor:
        return self.weight * feature_matching(fake_outputs, real_outputs, self.average, self.layer_weights)
