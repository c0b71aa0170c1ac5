"""CC-FPSE's discriminator (Liu et al., NeurIPS 2019, section 3.2)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.convolution import normalised_convolution
from ..layers.sizes import check_size


@DISCRIMINATORS.register_module()
class FeaturePyramidDiscriminator(nn.Module):
    """Feature pyramid and semantics embedding: does a patch look real, and does it fit the layout?

    Five halvings (3x3, stride 2) of the image alone; from the smallest map up again by bilinear doubling,
    each plus a 1x1 convolution of what was there on the way down. At 1/4, 1/8 and 1/16 of the size a 3x3
    convolution gives f_k, and the score is (equation 5)

        t(f_k) + sum over channels of s(f_k) * e_k,

    t and s 1x1 convolutions that the three share, e_k the layout's embedding (1x1 convolution), averaged over
    2x2 pixels until it has the size of f_k. (Here the layout is averaged first, which gives the same numbers
    for a sixteenth of the work.) Convolutions of the pyramid are spectrally normalised, without bias,
    followed by a norm and leaky ReLU 0.2.

    Features for matching are the halvings' from 1/4 to 1/32, one for each score and two for the last:
    ``FeatureMatchingLoss(average='features')`` averages them as the released code does.

    Args:
        in_channels: of condition and image together.
        channels: of the first halving (64); 2, 4, 8, 8 times as many follow.
        image_channels: of the image.
        return_features: list the features too.
    """

    def __init__(self, in_channels: int, channels: int = 64, image_channels: int = 3,
                 norm: str | None = 'instance', spectral: bool = True, return_features: bool = True) -> None:
        super().__init__()
        if in_channels <= image_channels:
            raise InputError(f'FeaturePyramidDiscriminator: in_channels must exceed image_channels='
                             f'{image_channels} by the condition that it embeds, found {in_channels}')
        self.return_features = return_features

        def unit(before: int, after: int, kernel_size: int = 3, stride: int = 1) -> nn.Sequential:
            return normalised_convolution(before, after, kernel_size, stride, norm=norm, bias=norm is None,
                                          spectral=spectral).append(nn.LeakyReLU(0.2))

        widths = [channels * factor for factor in (1, 2, 4, 8, 8)]
        self.downs = nn.ModuleList(
            unit(before, after, stride=2) for before, after in zip([image_channels, *widths], widths))
        self.laterals = nn.ModuleList(unit(width, 4 * channels, 1) for width in widths[1:])
        self.finals = nn.ModuleList(unit(4 * channels, 2 * channels) for _ in range(3))
        self.to_logits = nn.Conv2d(2 * channels, 1, 1)
        self.to_semantics = nn.Conv2d(2 * channels, 2 * channels, 1)
        self.embedding = nn.Conv2d(in_channels - image_channels, 2 * channels, 1)

    def forward(self, image: Tensor, condition: Tensor | None = None) -> list[DiscriminatorOutput]:
        """image (B, 3, H, W) and condition (B, in_channels - 3, H, W) -> scores at 1/4, 1/8, 1/16.

        Raises:
            InputError: no condition, one of another size, or a size that is no multiple of 32.
        """
        size = tuple(image.shape[-2:])
        if condition is None or tuple(condition.shape[-2:]) != size:
            raise InputError(f'FeaturePyramidDiscriminator: the condition must have the size {size} of the '
                             f'image, found {"none" if condition is None else tuple(condition.shape[-2:])}')
        check_size('FeaturePyramidDiscriminator', size, 32)
        passed, x = [], image
        for down in self.downs:
            x = down(x)
            passed.append(x)
        features = passed[1:]
        laterals = [lateral(feature) for lateral, feature in zip(self.laterals, features)]
        maps = [laterals.pop()]
        while laterals:
            maps.append(F.interpolate(maps[-1], scale_factor=2, mode='bilinear') + laterals.pop())

        groups = [features[:1], features[1:2], features[2:]] if self.return_features else [[], [], []]
        pooled, outputs = F.avg_pool2d(condition, 2), []
        for final, x, group in zip(self.finals, maps[:0:-1], groups):
            x, pooled = final(x), F.avg_pool2d(pooled, 2)
            fitting = (self.embedding(pooled) * self.to_semantics(x)).sum(1, keepdim=True)
            outputs.append(DiscriminatorOutput(self.to_logits(x) + fitting, group))
        return outputs

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 64 * 64).reshape(2, 3, 64, 64)
        return dict(in_channels=5, channels=4), dict(image=image, condition=image[:, :2].abs())
