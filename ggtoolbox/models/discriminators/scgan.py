"""Discriminators that classify attributes, too (Jiang et al., SCGAN, section 4.2.2 and table 2; released as
jackyjsy/SCGAN). Without attributes they are those of WGAN-GP."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.adaptive_convolution import AdaptiveConv2d
from ..layers.sizes import check_halvings
from ..layers.spectral_norm import spectral_norm
from .patch import join_condition


@DISCRIMINATORS.register_module()
class AttributeDiscriminator(nn.Module):
    """4x4 convolutions of stride 2 with leaky ReLU, no norm; a map of logits, and a logit an attribute.

    Paper (the default): leaky ReLU 0.2, and a 3x3 convolution with padding 1 that makes a single pixel of
    2x2, which it cannot; released code: leaky ReLU 0.01, and a convolution without padding over the whole
    last map, as here. Neither head has a bias.

    Args:
        num_attributes: 0 builds no classifier.
        image_size: (height, width), multiples of 2**num_layers; the classifier reads images of this size.
        channels: width of the first layer; each further one doubles it.
        num_layers: 6 at 128 pixels.
        leaky_slope: of the activations.
        in_channels: of condition and image together.
    """

    draws_own_weights = True  # PyTorch's, as the released code trains it

    def __init__(self, num_attributes: int = 0, image_size: tuple[int, int] = (128, 128), channels: int = 64,
                 num_layers: int = 6, leaky_slope: float = 0.2, in_channels: int = 3) -> None:
        super().__init__()
        self.image_size, self.leaky_slope, factor = tuple(image_size), leaky_slope, 2 ** num_layers
        if any(length < factor or length % factor for length in image_size):
            raise InputError(f'AttributeDiscriminator: image_size must be multiples of {factor} (2 to the '
                             f'power of num_layers={num_layers}), found {tuple(image_size)}')
        widths = [in_channels, *(channels * 2 ** i for i in range(num_layers))]
        self.layers = nn.ModuleList(AdaptiveConv2d(before, after, 4, stride=2, padding=1)
                                    for before, after in zip(widths, widths[1:]))
        self.to_logits = nn.Conv2d(widths[-1], 1, 3, padding=1, bias=False)
        self.to_attributes = None
        if num_attributes:
            last = tuple(length // factor for length in image_size)
            self.to_attributes = nn.Conv2d(widths[-1], num_attributes, last, bias=False)

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) and condition (B, in_channels - 3, H, W) -> one scale, with attributes.

        Raises:
            InputError: another size than ``image_size`` where there are attributes.
        """
        x, features = join_condition(image, condition), []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), self.leaky_slope)
            features.append(x)
        attributes = None
        if self.to_attributes is not None:
            if tuple(image.shape[-2:]) != self.image_size:
                raise InputError(f'AttributeDiscriminator: image must have the size {self.image_size} by '
                                 f'image_size, found {tuple(image.shape[-2:])}')
            attributes = self.to_attributes(x).flatten(1)
        return [DiscriminatorOutput(self.to_logits(x), features, attributes)]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 24).reshape(2, 3, 16, 24)
        return (dict(num_attributes=3, image_size=(16, 24), channels=4, num_layers=2, in_channels=5),
                dict(image=image, condition=image[:, :2].abs()))


class SpectralResidualBlock(nn.Module):
    """ReLU, convolution, ReLU, convolution, halving; beside it a 1x1 convolution and halving; their sum.

    Args:
        reads_image: the first ReLU is left out.
        halves: False leaves out both halvings and the 1x1 convolution.
    """

    def __init__(self, in_channels: int, out_channels: int, reads_image: bool = False,
                 halves: bool = True) -> None:
        super().__init__()
        self.reads_image, self.halves = reads_image, halves
        self.first, self.second = (spectral_norm(nn.Conv2d(before, out_channels, 3, padding=1))
                                   for before in (in_channels, out_channels))
        self.bypass = spectral_norm(nn.Conv2d(in_channels, out_channels, 1)) if halves else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H / 2, W / 2), or of the same size."""
        main = self.second(F.relu(self.first(x if self.reads_image else F.relu(x))))
        if not self.halves:
            return x + main
        # The mean of four pixels and a 1x1 convolution commute: it reads a quarter of them.
        return F.avg_pool2d(main, 2) + self.bypass(F.avg_pool2d(x, 2))


@DISCRIMINATORS.register_module()
class SpectralAttributeDiscriminator(nn.Module):
    """Residual blocks with spectral normalisation (Miyato et al., ICLR 2018), then one logit an image.

    Lies in the released model file, where nothing builds it. There every forward iterates, in eval mode,
    too; here in train mode alone.

    Args:
        num_attributes: 0 builds no classifier.
        channels: width of the first block; each further one doubles it.
        num_downsamplings: n blocks halve, one more keeps size and width; heights and widths must be
            multiples of 2**n.
        in_channels: of condition and image together.
    """

    draws_own_weights = True

    def __init__(self, num_attributes: int = 0, channels: int = 64, num_downsamplings: int = 5,
                 in_channels: int = 3) -> None:
        super().__init__()
        self.num_downsamplings = num_downsamplings
        widths = [in_channels, *(channels * 2 ** i for i in range(num_downsamplings))]
        self.blocks = nn.ModuleList(SpectralResidualBlock(before, after, reads_image=index == 0)
                                    for index, (before, after) in enumerate(zip(widths, widths[1:])))
        self.blocks.append(SpectralResidualBlock(widths[-1], widths[-1], halves=False))
        self.to_logits = spectral_norm(nn.Linear(widths[-1], 1))
        self.to_attributes = nn.Linear(widths[-1], num_attributes) if num_attributes else None

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) and condition (B, in_channels - 3, H, W) -> logits (B, 1), with attributes.

        Raises:
            InputError: for a size that cannot be halved so often.
        """
        check_halvings('SpectralAttributeDiscriminator', image.shape[-2:], self.num_downsamplings, left=1)
        x, features = join_condition(image, condition), []
        for block in self.blocks:
            x = block(x)
            features.append(x)
        mean = F.relu(x).mean((2, 3))
        attributes = None if self.to_attributes is None else self.to_attributes(mean)
        return [DiscriminatorOutput(self.to_logits(mean), features, attributes)]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 24).reshape(2, 3, 16, 24)
        return (dict(num_attributes=3, channels=4, num_downsamplings=2, in_channels=5),
                dict(image=image, condition=image[:, :2].abs()))
