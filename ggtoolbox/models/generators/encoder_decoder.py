"""The encoder-decoder of cross-view synthesis (Regmi and Borji, Cross-View Image Synthesis Using Conditional
GANs, CVPR 2018, section 4): X-Pix2pix, X-Fork with ``head=dict(type='ForkHead', num_upsamplings=2)``, both
generators of X-Seq, and the baselines Pix2pix++, X-Fork++ and X-Seq++ of SelectionGAN's tables."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.convolution import UpStep, normalised_convolution
from ..layers.guided_input import GuidedInput
from ..layers.normalisation import build_norm
from ..layers.sizes import check_halvings, check_statistics


@GENERATORS.register_module()
class EncoderDecoderGenerator(nn.Module):
    """Halvings down to a small grid and doublings back, without skips.

    Differs from :class:`UNetGenerator` in more than those: all convolutions have a bias, the innermost
    has a norm, and dropout follows the n - 5 innermost upsamplings. Widths going down, in units of
    ``channels``: 1, 2, 4, 8, 8, ... (8 halvings at 256 pixels, 6 at 64); up, the same backwards.

    At 256 pixels it has 39,081,987 parameters with a source image alone, which is what the papers' tables
    list; with a guide of 3 channels beside it, as Pix2pix++ is trained, 39,085,059.

    Args:
        source_channels, num_classes, edge, guide_channels: what is read; see :class:`GuidedInput`.
        channels: width of the first step.
        num_downsamplings: n, at least 2; heights and widths must be multiples of 2**n. Where the innermost
            grid is a single pixel, batch norm over a batch of one image would erase it, and is refused.
        norm: ``'batch'``, ``'instance'`` (not for a grid of one pixel) or None.
        dropout: probability; 0 for none.
        upsampler: what doubles (default: ``DeconvolutionUpsampler`` with ``kernel_size=4``); gets
            ``in_channels``, ``out_channels`` and ``scale=2``, and the input as guide.
        head: what makes the image. None, as released: the last upsampling itself, then tanh. Otherwise
            (ours) the last upsampling leads to ``channels`` features, then norm and ReLU. A head with
            ``num_upsamplings`` of its own (``ForkHead``) takes the place of so many of the last ones.
        single_erases: a batch of one image whose innermost grid is a single pixel leaves of it the norm's
            shift, as in Torch7: whatever is put in, the same image comes out. False refuses it.
    """

    def __init__(self, source_channels: int = 3, num_classes: int = 0, edge: bool = False,
                 guide_channels: int = 0, channels: int = 64, num_downsamplings: int = 8,
                 norm: str | None = 'batch', dropout: float = 0.5, upsampler: dict | None = None,
                 head: dict | None = None, out_channels: int = 3, single_erases: bool = False) -> None:
        super().__init__()
        if num_downsamplings < 2:
            raise InputError('EncoderDecoderGenerator: num_downsamplings must be at least 2, found '
                             f'{num_downsamplings}')
        self.guided_input = GuidedInput(source_channels, num_classes, edge, guide_channels,
                                        type(self).__name__)
        self.num_downsamplings, self.single_erases = num_downsamplings, single_erases
        left_to_head = (head or {}).get('num_upsamplings', 0)
        if not 0 <= left_to_head < num_downsamplings:
            raise InputError(f"EncoderDecoderGenerator: the head's num_upsamplings must be below "
                             f'num_downsamplings={num_downsamplings}, found {left_to_head}')

        def grow(before: int, after: int) -> nn.Module:
            default = dict(type='DeconvolutionUpsampler', kernel_size=4)
            return UPSAMPLERS.build(upsampler or default,
                                    default_args=dict(in_channels=before, out_channels=after, scale=2))

        def grow_and_normalise(before: int, after: int, dropout: float) -> UpStep:
            return UpStep(grow(before, after), build_norm(norm, after, norm == 'batch'), dropout)

        widths = [channels * min(2 ** i, 8) for i in range(num_downsamplings)]
        self.downs = nn.ModuleList(
            normalised_convolution(before, after, kernel_size=4, stride=2, padding=1, bias=True,
                                   norm=norm if index else None)
            for index, (before, after) in enumerate(zip([self.guided_input.channels, *widths], widths)))
        narrowing = list(zip(widths[::-1], widths[-2::-1]))[:num_downsamplings - max(1, left_to_head)]
        self.ups = nn.ModuleList(
            grow_and_normalise(before, after, dropout if index < num_downsamplings - 5 else 0.0)
            for index, (before, after) in enumerate(narrowing))
        self.to_image = self.to_features = self.head = None
        if head is None:
            self.to_image = grow(channels, out_channels)
        else:
            if not left_to_head:
                self.to_features = grow_and_normalise(channels, channels, 0.0)
            self.head = HEADS.build(head, default_args=dict(
                in_channels=widths[max(0, left_to_head - 1)], out_channels=out_channels))

    def forward(self, source_image: Tensor | None = None, label: Tensor | None = None,
                edge: Tensor | None = None, target_guide: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image: (B, source_channels, H, W) in [-1, 1].
            label: (B, H, W) int64 class ids, 255 = ignored, or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1], and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`, for a size that cannot be halved so often, and for a batch
                that batch norm would erase.
        """
        given = self.guided_input(source_image, label, edge, target_guide, self.downs[0][0].weight.dtype)
        check_halvings('EncoderDecoderGenerator', given.shape[-2:], self.num_downsamplings, left=0)
        x = self.encode(given)
        for up in self.ups:
            x = up(F.relu(x), given)
        if self.head is None:
            return dict(image=torch.tanh(self.to_image(F.relu(x), given)))
        if self.to_features is not None:
            x = self.to_features(F.relu(x), given)
        return self.head(F.relu(x), source_image)

    def encode(self, given: Tensor) -> Tensor:
        """(B, C, H, W) -> the innermost grid, (B, 8 * channels, H / 2**n, W / 2**n)."""
        norm, grid = self.downs[-1][1], [length // 2 ** self.num_downsamplings for length in given.shape[-2:]]
        if self.single_erases and isinstance(norm, nn.BatchNorm2d) and norm.training and \
                [given.shape[0], *grid] == [1, 1, 1]:
            return norm.bias.view(1, -1, 1, 1)
        check_statistics('EncoderDecoderGenerator', norm, grid, given.shape[0])
        x = self.downs[0](given)
        for down in self.downs[1:]:
            x = down(F.leaky_relu(x, 0.2))
        return x

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 16).reshape(2, 3, 16, 16)
        return (dict(channels=2, num_downsamplings=2, guide_channels=2),
                dict(source_image=image, target_guide=image[:, :2].abs()))
