"""The U-Net generator of pix2pix (Isola et al., Image-to-Image Translation with Conditional Adversarial
Networks, CVPR 2017, section 6.1.1; released as ``unet_256`` and ``unet_128``)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.convolution import UpStep, bias_beside, normalised_convolution
from ..layers.guided_input import GuidedInput
from ..layers.normalisation import build_norm
from ..layers.sizes import check_halvings


@GENERATORS.register_module()
class UNetGenerator(nn.Module):
    """Halvings down to a small grid and doublings back, with a skip at each size.

    Widths going down, in units of ``channels``: 1, 2, 4, 8, 8, 8, ... Down: leaky ReLU 0.2 (not in front
    of the first), convolution 4x4 of stride 2, norm (not behind the first and the last). Up: ReLU,
    upsampling, norm, then the skip in front along the channels. The paper's results have a norm behind
    the innermost convolution too, which at batch size 1 zeroes it; the paper itself advises to remove it,
    and the released PyTorch code has (so has this).

    Paper and released code build 7 or 8 halvings. The code has an option for fewer, but with less than 5 it
    silently builds 5; here 2, 3 and 4 are what they say.

    Args:
        source_channels, num_classes, edge, guide_channels: what is read; see :class:`GuidedInput`.
        channels: width of the first step.
        num_downsamplings: n, at least 2; heights and widths must be multiples of 2**n.
        norm: ``'batch'`` (then convolutions have no bias but the last one), ``'instance'`` or None.
        track_running_stats: of instance norm; the code of 2018 has them, and normalises by them in eval
            mode, the code of 2017 has not.
        dropout: probability behind the upsamplings to the innermost grids of 8 ``channels``, of which
            there are n - 5, the very first left out; 0 for none.
        upsampler: what doubles (default: ``DeconvolutionUpsampler`` with ``kernel_size=4``); gets
            ``in_channels``, ``out_channels`` and ``scale=2``, and the input as guide.
        head: what makes the image. None, as released: the last upsampling itself, then tanh. Otherwise
            (ours) the last upsampling leads to ``channels`` features, then norm and ReLU.

    Attributes:
        feature_channels, feature_stride: width of the ``features`` that are returned, and how many times
            smaller than the image they are; what a second stage (SelectionGAN) has to know.
    """

    def __init__(self, source_channels: int = 3, num_classes: int = 0, edge: bool = False,
                 guide_channels: int = 0, channels: int = 64, num_downsamplings: int = 8,
                 norm: str | None = 'batch', track_running_stats: bool = False, dropout: float = 0.5,
                 upsampler: dict | None = None, head: dict | None = None, out_channels: int = 3) -> None:
        super().__init__()
        if num_downsamplings < 2:
            raise InputError(f'UNetGenerator: num_downsamplings must be at least 2, found '
                             f'{num_downsamplings}')
        self.guided_input = GuidedInput(source_channels, num_classes, edge, guide_channels,
                                        type(self).__name__)
        self.num_downsamplings = num_downsamplings
        self.feature_channels, self.feature_stride = 2 * channels, 2

        def grow(before: int, after: int, bias: bool = True) -> nn.Module:
            default = dict(type='DeconvolutionUpsampler', kernel_size=4, bias=bias)
            return UPSAMPLERS.build(upsampler or default,
                                    default_args=dict(in_channels=before, out_channels=after, scale=2))

        widths = [channels * min(2 ** i, 8) for i in range(num_downsamplings)]
        bias, last = bias_beside(norm), num_downsamplings - 1
        self.downs = nn.ModuleList(
            normalised_convolution(
                before, after, kernel_size=4, stride=2, padding=1, bias=bias,
                norm=None if index in (0, last) else norm, track_running_stats=track_running_stats)
            for index, (before, after) in enumerate(zip([self.guided_input.channels, *widths], widths)))
        self.ups = nn.ModuleList(
            UpStep(grow(widths[index] * (1 if index == last else 2), widths[index - 1], bias),
                   build_norm(norm, widths[index - 1], norm == 'batch', track_running_stats),
                   dropout if 4 <= index < last else 0.0)
            for index in range(last, 0, -1))
        if head is None:
            self.to_image = grow(2 * channels, out_channels)
            self.head = None
        else:
            self.to_features = UpStep(grow(2 * channels, channels, bias),
                                      build_norm(norm, channels, norm == 'batch', track_running_stats))
            self.head = HEADS.build(head, default_args=dict(in_channels=channels, out_channels=out_channels))

    def forward(self, source_image: Tensor | None = None, label: Tensor | None = None,
                edge: Tensor | None = None, target_guide: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image: (B, source_channels, H, W) in [-1, 1].
            label: (B, H, W) int64 class ids, 255 = ignored, or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1], ``features`` (B, 2 * channels, H / 2, W / 2), which the last
            upsampling reads (behind its ReLU), and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`, and for a size that cannot be halved so often.
        """
        given = self.guided_input(source_image, label, edge, target_guide, self.downs[0][0].weight.dtype)
        check_halvings('UNetGenerator', given.shape[-2:], self.num_downsamplings, left=0)
        x = self.downs[0](given)
        skips = [x]
        for down in self.downs[1:]:
            x = down(F.leaky_relu(x, 0.2))
            skips.append(x)
        x = F.relu(skips.pop())
        for up in self.ups:
            x = F.relu(torch.cat([skips.pop(), up(x, given)], dim=1))
        if self.head is None:
            return dict(image=torch.tanh(self.to_image(x, given)), features=x)
        outputs = self.head(F.relu(self.to_features(x, given)), source_image)
        return dict(outputs, features=x)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 32).reshape(2, 3, 16, 32)
        return (dict(channels=2, num_downsamplings=3, guide_channels=2),
                dict(source_image=image, target_guide=image[:, :2].abs()))
