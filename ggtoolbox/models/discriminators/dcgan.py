"""Strided convolutions and one linear layer: a score for a picture as a whole (Radford et al., Unsupervised
Representation Learning with Deep Convolutional Generative Adversarial Networks, ICLR 2016)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.same_padding import SameConv2d
from ..layers.tensorflow_layers import DeviationNorm
from .patch import join_condition


@DISCRIMINATORS.register_module()
class DCGANDiscriminator(nn.Module):
    """Convolutions of stride 2 that double the width up to eightfold, norm from the second on, leaky ReLU
    0.2; then a linear layer over all that is left. PG2's (section 3.2), at 128 x 64: 4,324,737 parameters.

    Batch norm has no running statistics: it always sees the batch, in which real and generated pictures
    lie together. SketchyCOCO's critics are such networks, too: ``kernel_size=4, bias=False`` and
    ``norm='deviation'``.

    Args:
        image_size: (height, width), which the linear layer fixes.
        in_channels: of condition and image together.
        channels: width of the first layer.
        num_layers: 4 at 128 pixels, 5 at 256.
        kernel_size: of the convolutions, padded as TensorFlow's ``SAME``.
        bias: of the convolutions.
        norm: ``'batch'`` or ``'deviation'`` (:class:`DeviationNorm`).
        detached_mean: of the latter, for the gradient of a penalty as TensorFlow gives it.
    """

    def __init__(self, image_size: tuple[int, int] = (128, 64), in_channels: int = 3, channels: int = 64,
                 num_layers: int = 4, kernel_size: int = 5, bias: bool = True, norm: str = 'batch',
                 detached_mean: bool = False) -> None:
        super().__init__()
        self.image_size, self.in_channels, step = tuple(image_size), in_channels, 2 ** num_layers
        if any(length % step for length in self.image_size):
            raise InputError(f'DCGANDiscriminator: image_size must be multiples of {step} (2 to the power of '
                             f'num_layers={num_layers}), found {self.image_size}')
        if norm not in ('batch', 'deviation'):
            raise InputError(f"DCGANDiscriminator: norm must be 'batch' or 'deviation', found {norm!r}")
        widths = [channels * min(2 ** i, 8) for i in range(num_layers)]
        self.layers = nn.ModuleList(SameConv2d(before, after, kernel_size, stride=2, bias=bias)
                                    for before, after in zip([in_channels, *widths], widths))
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(width, track_running_stats=False) if norm == 'batch'
            else DeviationNorm(detached_mean)
            for width in widths[1:])
        cells = self.image_size[0] * self.image_size[1] // step ** 2
        self.to_logits = nn.Linear(widths[-1] * cells, 1)

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) and condition (B, in_channels - 3, H, W) -> one scale, logits (B, 1).

        Raises:
            InputError: another size than ``image_size``.
        """
        if tuple(image.shape[-2:]) != self.image_size:
            raise InputError(f'DCGANDiscriminator: image must have the size {self.image_size} by image_size, '
                             f'found {tuple(image.shape[-2:])}')
        x, features = join_condition(image, condition), []
        for index, layer in enumerate(self.layers):
            x = layer(x)
            x = F.leaky_relu(self.norms[index - 1](x) if index else x, 0.2)
            features.append(x)
        return [DiscriminatorOutput(self.to_logits(x.flatten(1)), features)]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 24).reshape(2, 3, 16, 24)
        return (dict(image_size=(16, 24), in_channels=5, channels=4, num_layers=2),
                dict(image=image, condition=image[:, :2].abs()))
