"""From a small grid to an image: blocks with a doubling between them (Park et al., CVPR 2019, figure 4)."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import HEADS

from .guided_input import GuidedInput
from .layout import Layout
from .sizes import check_statistics
from .upsampling import build_upsampler, enlarge, panoptic_map, read_instances


class DoublingTrunk(nn.Module):
    """The frame of GauGAN's generator and of those that grew from it: stem, blocks, upsamplers and head.

    The grid starts at ``image_size / 2**num_upsamplings``, from the layout itself (resized, one convolution),
    from a latent (one linear layer) or from features. Widths in units of ``channels``: 16, 16, 16, 8, 4, 2,
    1 and, with 7 upsamplings, 1/2. What a block is, and what it reads beside its features, a subclass says;
    it calls :meth:`read`, :meth:`start`, its blocks, :meth:`grow` behind each, and its head.

    Args:
        guided_input: what steers the generator.
        build_block: (input width, output width) -> a block.
        image_size, channels, num_upsamplings, latent_dim, upsampler, share_upsamplers, head, out_channels,
            from_features: see :class:`~ggtoolbox.models.generators.spade.SPADEGenerator`.
        depths: the numbers of upsamplings that there are.

    Attributes:
        least_grid: rows and columns that the first block needs.
    """

    least_grid = 1

    def __init__(self, guided_input: GuidedInput, build_block: Callable[[int, int], nn.Module],
                 image_size: tuple[int, int] | None, channels: int, num_upsamplings: int,
                 latent_dim: int | None, upsampler: dict | None, share_upsamplers: bool, head: dict | None,
                 out_channels: int, from_features: bool = False,
                 depths: Sequence[int] = (5, 6, 7)) -> None:
        super().__init__()
        self.guided_input = self.layout_input = guided_input
        self.num_upsamplings, self.latent_dim = num_upsamplings, latent_dim
        self.from_features = from_features
        self.image_size = tuple(image_size) if image_size is not None else None
        self._check(depths)
        self.widths = widths = [channels * factor for factor in (16, 16, 16, 8, 4, 2, 1)]
        if num_upsamplings == 7:
            widths.append(max(1, channels // 2))
        self.stem = None
        if latent_dim is None and not from_features:
            self.stem = nn.Conv2d(guided_input.channels, widths[0], 3, padding=1)
        elif latent_dim is not None:
            height, width = self.grid(self.image_size)
            self.stem = nn.Linear(latent_dim, widths[0] * height * width)
        self.blocks = nn.ModuleList(build_block(*pair) for pair in zip(widths[:1] + widths, widths))

        # The third block follows the second at the same size when there are only five doublings.
        doubled = [i for i in range(len(widths) - 1) if i != 1 or num_upsamplings > 5]
        self.upsampler_keys = {
            i: f'width_{widths[i]}' if share_upsamplers else f'block_{i}' for i in doubled}
        self.upsamplers = nn.ModuleDict()
        for index, key in self.upsampler_keys.items():
            if key not in self.upsamplers:
                self.upsamplers[key] = build_upsampler(upsampler or dict(type='NearestUpsampler'),
                                                       widths[index], guided_input.channels)
        self.head = HEADS.build(head or dict(type='RGBHead'),
                                default_args=dict(in_channels=widths[-1], out_channels=out_channels))
        read_instances(self, guided_input)
        if self.image_size is not None:
            self.check_grid(self.image_size, batch=2)

    def _check(self, depths: Sequence[int]) -> None:
        if self.num_upsamplings not in depths:
            *most, last = map(str, depths)
            raise InputError(f'{type(self).__name__}: num_upsamplings must be {", ".join(most)} or {last}, '
                             f'found {self.num_upsamplings}')
        if self.from_features and self.latent_dim is not None:
            raise InputError(f'{type(self).__name__}: latent_dim must be None with from_features, found '
                             f'{self.latent_dim}')
        if self.image_size is None and self.latent_dim is not None:
            raise InputError(f'{type(self).__name__}: image_size must be given with a latent, found None')
        if self.image_size is not None:
            self.grid(self.image_size)

    def grid(self, size: Sequence[int]) -> tuple[int, int]:
        """Height and width of what enters the first block, for images of ``size``.

        Raises:
            InputError: for a size that cannot be halved so often.
        """
        step = 2 ** self.num_upsamplings
        if any(length < self.least_grid * step or length % step for length in size):
            least = f', from {self.least_grid * step} on' if self.least_grid > 1 else ''
            raise InputError(f'{type(self).__name__}: image size {tuple(size)} must be multiples of {step} '
                             f'(2 to the power of num_upsamplings={self.num_upsamplings}){least}')
        return size[0] // step, size[1] // step

    def check_grid(self, size: Sequence[int], batch: int) -> None:
        """Raise :class:`InputError` where the first block cannot normalise its features of ``batch`` images
        of ``size``."""
        check_statistics(type(self).__name__, self.blocks[0], self.grid(size), batch)

    def read(self, label: Tensor | None, edge: Tensor | None = None,
             target_guide: Tensor | None = None, instance: Tensor | None = None
             ) -> tuple[Layout, tuple[int, int]]:
        """The layout, and the size of what is to be generated."""
        semantics = self.layout_input(label=label, edge=edge, target_guide=target_guide,
                                      dtype=next(self.blocks.parameters()).dtype)
        is_class_ids = label is not None and label.dim() == 3
        layout = Layout(semantics, label if is_class_ids else None, self.guided_input.num_classes,
                        panoptic_map(self.guided_input, label, instance))
        size = tuple(self.image_size or semantics.shape[-2:])
        self.check_grid(size, semantics.shape[0])
        return layout, size

    def start(self, layout: Layout, size: tuple[int, int], latent: Tensor | None = None,
              features: Tensor | None = None) -> Tensor:
        """What enters the first block: from features, layout or latent, by how it was built."""
        grid = self.grid(size)
        if latent is not None:
            self.check_latent(latent)
        found = None if features is None else features.shape[1]
        if found != (self.widths[0] if self.stem is None else None):
            raise InputError(f'{type(self).__name__}: features must have {self.widths[0]} channels with '
                             f'from_features and be absent without, found {found}')
        if self.stem is None:
            return F.interpolate(features, size=grid, mode='nearest')
        if self.latent_dim is None:
            return self.convolve_stem(layout, grid)
        if latent is None:
            semantics = layout.at(grid)
            latent = torch.randn(semantics.shape[0], self.latent_dim, dtype=semantics.dtype,
                                 device=semantics.device)
        return self.stem(latent).unflatten(1, (-1, *grid))

    def check_latent(self, latent: Tensor) -> None:
        """Raise :class:`InputError` for another length than it was built for."""
        if tuple(latent.shape[1:]) != (self.latent_dim,):
            raise InputError(f'{type(self).__name__}: latent must be (B, {self.latent_dim}) by latent_dim='
                             f'{self.latent_dim}, found {tuple(latent.shape)}')

    def convolve_stem(self, layout: Layout, grid: tuple[int, int]) -> Tensor:
        """The first features, of the layout."""
        return self.stem(layout.at(grid))

    def grow(self, index: int, x: Tensor, layout: Layout) -> Tensor:
        """Double what left block ``index``, where a doubling follows it."""
        if index not in self.upsampler_keys:
            return x
        upsampler = self.upsamplers[self.upsampler_keys[index]]
        return enlarge(upsampler, x, layout.original, layout.panoptic)
