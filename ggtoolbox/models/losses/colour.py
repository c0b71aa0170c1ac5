"""GestureGAN's colour loss (thesis section 2.3.3, equations 2.9 and 2.10)."""
from __future__ import annotations

from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES


def colour_distance(prediction: Tensor, target: Tensor, power: int = 1) -> Tensor:
    """Sum over the channels c of mean |prediction_c - target_c|^power.

    Tensors (B, C, H, W) of one shape; each mean is over batch and pixels.
    """
    difference = (prediction - target).abs()
    return (difference if power == 1 else difference.square()).mean(dim=(0, 2, 3)).sum()


@LOSSES.register_module()
class ColourLoss(nn.Module):
    """Each colour channel against its own target: "colour L1" or "colour L2". See :func:`colour_distance`.

    Paper and code: the paper says that the generator makes each channel by itself, from one channel of the
    source image; the released generator makes all three at once, and this sum of three means is then three
    times the plain loss (:class:`L1Loss`, :class:`L2Loss`), of the same gradient direction. Released code
    has the colour L1 loss alone, and adds the plain one to it.

    Args:
        power: 1 or 2 (mean squares).
    """

    def __init__(self, weight: float = 1.0, power: int = 1) -> None:
        super().__init__()
        if power not in (1, 2):
            raise InputError(f'ColourLoss: power must be 1 or 2, found {power}')
        self.weight, self.power = weight, power

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        """Tensors (B, C, H, W) of one shape -> scalar."""
        return self.weight * colour_distance(prediction, target, self.power)
