from __future__ import annotations

from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, 1)), summed over batch and dimensions.

    -1/2 * sum(1 + log_variance - mean^2 - exp(log_variance)); Kingma and Welling 2014, appendix B.
    """
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum()


@LOSSES.register_module()
class KLLoss(nn.Module):
    """See :func:`kl_divergence`.

    Args:
        weight: 0.05 in GauGAN.
        reduction: ``'sum'`` over the batch (GauGAN's released code, so that the term grows with the
            batch of each GPU) or ``'batch_mean'`` (the expectation that the paper's equation writes).
    """

    def __init__(self, weight: float = 0.05, reduction: str = 'sum') -> None:
        super().__init__()
        if reduction not in ('sum', 'batch_mean'):
            raise InputError(f"KLLoss: reduction must be 'sum' or 'batch_mean', found {reduction!r}")
        self.weight, self.reduction = weight, reduction

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """mean and log_variance (B, Z) -> scalar."""
        divergence = kl_divergence(mean.float(), log_variance.float())
        return self.weight * (divergence / len(mean) if self.reduction == 'batch_mean' else divergence)
