"""CC-FPSE's generator (Liu et al., Learning to Predict Layout-to-image Conditional Convolutions for Semantic
Image Synthesis, NeurIPS 2019; released as xh-liu/CC-FPSE)."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import GENERATORS

from ..layers.conditional_block import BlockConditions, ConditionalResidualBlock
from ..layers.convolution import normalised_convolution
from ..layers.doubling_trunk import DoublingTrunk
from ..layers.guided_input import GuidedInput
from ..layers.layout import JoinedLayout, Layout
from ..layers.sizes import check_statistics


class LayoutPyramid(nn.Module):
    """Feature pyramid of the layout, from which all kernels are predicted (section 3.1, figure 2).

    On the way down a 3x3 convolution at full size, then ``num_halvings`` of stride 2; on the way up nearest
    doubling, plus a 1x1 convolution of what was there on the way down, then a 3x3 convolution. Each
    convolution is spectrally normalised, and followed by a norm and leaky ReLU 0.2.

    Args:
        layout_channels: of the layout.
        channels: of all maps of the pyramid.
    """

    def __init__(self, layout_channels: int, channels: int, num_halvings: int,
                 norm: str | None = 'batch', spectral: bool = True) -> None:
        super().__init__()

        def unit(before: int, kernel_size: int = 3, stride: int = 1) -> nn.Sequential:
            return normalised_convolution(before, channels, kernel_size, stride, norm=norm,
                                          bias=norm is None, spectral=spectral).append(nn.LeakyReLU(0.2))

        self.downs = nn.ModuleList(
            [unit(layout_channels), *(unit(channels, stride=2) for _ in range(num_halvings))])
        self.laterals = nn.ModuleList(unit(channels, kernel_size=1) for _ in range(num_halvings))
        self.ups = nn.ModuleList(unit(channels) for _ in range(num_halvings))

    def forward(self, layout: Layout, size: tuple[int, int]) -> list[Tensor]:
        """``num_halvings + 1`` maps (B, channels, ., .), the smallest first, the last of ``size``."""
        convolution, norm, activation = self.downs[0]
        x = activation(norm(layout.convolve(convolution, size)))
        passed = [x]
        for down in self.downs[1:]:
            passed.append(down(passed[-1]))
        maps = [passed.pop()]
        for lateral, up in zip(self.laterals, self.ups):
            maps.append(up(F.interpolate(maps[-1], scale_factor=2, mode='nearest') + lateral(passed.pop())))
        return maps


class PreparedLayout(NamedTuple):
    """A layout, ready for as many latents as one likes; see :meth:`CCFPSEGenerator.prepare`."""

    layout: Layout
    size: tuple[int, int]
    conditions: Iterable[BlockConditions]


@GENERATORS.register_module()
class CCFPSEGenerator(DoublingTrunk):
    """GauGAN's grid of blocks and doublings, with convolutions that the layout's pyramid predicts.

    98 % of its multiplications depend on the layout alone. Where one layout is to be drawn with several
    latents, give ``label`` a batch of one and ``latent`` one of N: kernels, gates and modulations are then
    predicted once. To come back to a layout later, keep what :meth:`prepare` gives and :meth:`render` it.

    Args:
        num_upsamplings: 5 or 6; the released code has 6 for Cityscapes and 5 for all others.
        norm: of the blocks, ``'batch'`` (with scale and shift; without in the shortcuts' SPADE) or
            ``'instance'``.
        pyramid_norm: of the pyramid, as well or None.
        hidden_channels: between conditioning map and kernels, gates, gamma and beta.
        spectral: of the pyramid and the shortcuts' convolutions (paper: of all layers).
        upsampler: in the image's path alone. The released code has one parameter-free object there and in the
            pyramid, which here stays nearest.

    The other arguments are :class:`~ggtoolbox.models.generators.spade.SPADEGenerator`'s.
    """

    layout_once = True  # a layout of batch 1 serves several latents

    def __init__(self, num_classes: int, edge: bool = False, guide_channels: int = 0,
                 image_size: tuple[int, int] | None = (256, 512), channels: int = 64,
                 num_upsamplings: int = 6, latent_dim: int | None = None, norm: str = 'batch',
                 pyramid_norm: str | None = 'batch', hidden_channels: int = 128, spectral: bool = True,
                 upsampler: dict | None = None, share_upsamplers: bool = True, head: dict | None = None,
                 out_channels: int = 3) -> None:
        guided_input = GuidedInput(0, num_classes, edge, guide_channels, type(self).__name__)

        def block(before: int, after: int) -> ConditionalResidualBlock:
            return ConditionalResidualBlock(before, after, guided_input.channels + channels, norm,
                                            hidden_channels, spectral)

        super().__init__(guided_input, block, image_size, channels, num_upsamplings, latent_dim, upsampler,
                         share_upsamplers, head, out_channels, depths=(5, 6))
        self.pyramid = LayoutPyramid(guided_input.channels, channels, num_upsamplings, pyramid_norm, spectral)

    def forward(self, label: Tensor | None = None, edge: Tensor | None = None,
                target_guide: Tensor | None = None, latent: Tensor | None = None,
                instance: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            label: (B, H, W) int64 class ids, 255 = ignored (no class), or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).
            latent: (B, latent_dim), or (N, latent_dim) for a layout of batch 1; drawn from N(0, 1) where it
                is needed and not given.
            instance: (B, H, W) int64, for panoptic aware upsampling.

        Returns:
            ``image`` (B, 3, *image_size) in [-1, 1], and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`, and where a latent has another length or no place.
        """
        return self.render(self.prepare(label, edge, target_guide, instance), latent)

    def prepare(self, label: Tensor | None = None, edge: Tensor | None = None,
                target_guide: Tensor | None = None, instance: Tensor | None = None,
                keep: bool = False) -> PreparedLayout:
        """All that depends on the layout alone.

        Args:
            keep: predict it now, to be rendered any number of times; at 512 x 256 and full width that is 2 GB
                a sample. Otherwise each block's part is predicted when it is rendered, and forgotten, and
                what comes back can be rendered once.
        """
        layout, size = self.read(label, edge, target_guide, instance)
        check_statistics(type(self).__name__, self.pyramid, self.grid(size), layout.original.shape[0])
        conditions = self._conditions(layout, size)
        return PreparedLayout(layout, size, list(conditions) if keep else conditions)

    def _conditions(self, layout: Layout, size: tuple[int, int]) -> Iterator[BlockConditions]:
        maps = iter(self.pyramid(layout, size))
        current = next(maps)
        for index, block in enumerate(self.blocks):
            yield block.conditions(JoinedLayout(layout, current), tuple(current.shape[-2:]))
            if index in self.upsampler_keys:
                current = next(maps)

    def render(self, prepared: PreparedLayout, latent: Tensor | None = None) -> dict[str, Tensor]:
        """What :meth:`forward` returns, from a prepared layout."""
        x = self.start(prepared.layout, prepared.size, latent)
        for index, (block, conditions) in enumerate(zip(self.blocks, prepared.conditions)):
            x = self.grow(index, block(x, conditions), prepared.layout)
        return self.head(x)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        arguments = dict(num_classes=5, edge=True, image_size=(64, 32), channels=2, num_upsamplings=5,
                         hidden_channels=4)
        inputs = dict(label=torch.arange(2 * 64 * 32).reshape(2, 64, 32) // 97 % 5,
                      edge=(torch.arange(2 * 64 * 32).reshape(2, 1, 64, 32) % 7 == 0).float())
        return arguments, inputs
