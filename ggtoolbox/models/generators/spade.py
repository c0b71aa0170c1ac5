"""GauGAN's generator (Park et al., Semantic Image Synthesis with Spatially-Adaptive Normalization,
CVPR 2019; released as NVlabs/SPADE)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.guided_input import GuidedInput
from ..layers.layout import Layout
from ..layers.spade import SPADEResidualBlock


@GENERATORS.register_module()
class SPADEGenerator(nn.Module):
    """SPADE residual blocks from a small grid up, with a doubling between them.

    The grid starts at ``image_size / 2**num_upsamplings``, from the layout itself (resized, one
    convolution) or from a latent (one linear layer). Widths in units of ``channels``: 16, 16, 16, 8,
    4, 2, 1 and, with 7 upsamplings, 1/2. Spectral normalisation lies on the blocks' own convolutions
    alone (paper: on all layers; released code: so).

    Args:
        num_classes: of the label map; 0 where a guide alone steers.
        edge: an edge channel follows the classes.
        guide_channels: of ``target_guide`` (0: none).
        image_size: (height, width) of what is generated, whatever the size of the layout; multiples of
            2**num_upsamplings. None: the size of the layout (not with a latent).
        channels: width of the last block (64 in the paper).
        num_upsamplings: 5, 6 or 7; the released options ``normal``, ``more``, ``most``. The paper's
            figure has 6 at 256 pixels; the released code has 5 there and 6 for Cityscapes.
        latent_dim: start from a latent of this length (256 in the released code), as a variational
            auto-encoder's decoder does. None: start from the layout.
        norm: inside SPADE, ``'batch'`` (synchronised by the runner's ``sync_bn``) or ``'instance'``.
        norm_kernel_size: of SPADE's convolutions.
        norm_hidden_channels: between layout and gamma, beta.
        spectral: spectral normalisation of the blocks.
        upsampler: what doubles the features (default: ``NearestUpsampler``); gets ``in_channels`` and
            ``scale=2``.
        share_upsamplers: one upsampler for each width, used at all places of that width (the parameter
            counts of SAU's paper, table 12, fit this); False: one for each place (so does its row of
            spatial attention).
        head: what turns the last features into an image (default: ``RGBHead``); gets ``in_channels`` and
            ``out_channels``.
        from_features: start from features that somebody else has encoded (LGGAN's shared encoder) in
            place of the layout's own first convolution, which is then not built.
    """

    def __init__(self, num_classes: int, edge: bool = False, guide_channels: int = 0,
                 image_size: tuple[int, int] | None = (256, 512), channels: int = 64,
                 num_upsamplings: int = 6, latent_dim: int | None = None, norm: str = 'batch',
                 norm_kernel_size: int = 3, norm_hidden_channels: int = 128, spectral: bool = True,
                 upsampler: dict | None = None, share_upsamplers: bool = True,
                 head: dict | None = None, out_channels: int = 3, from_features: bool = False) -> None:
        super().__init__()
        self.guided_input = GuidedInput(0, num_classes, edge, guide_channels, type(self).__name__)
        self.num_upsamplings, self.latent_dim = num_upsamplings, latent_dim
        self.from_features = from_features
        self.image_size = tuple(image_size) if image_size is not None else None
        if from_features and latent_dim is not None:
            raise InputError(f'{type(self).__name__}: latent_dim must be None with from_features, found '
                             f'{latent_dim}')
        self._check(norm)

        self.widths = widths = [channels * factor for factor in (16, 16, 16, 8, 4, 2, 1)]
        if num_upsamplings == 7:
            widths.append(channels // 2)
        layout_channels = self.guided_input.channels
        self.stem = None
        if latent_dim is None and not from_features:
            self.stem = nn.Conv2d(layout_channels, widths[0], 3, padding=1)
        elif latent_dim is not None:
            height, width = self._grid(self.image_size)
            self.stem = nn.Linear(latent_dim, widths[0] * height * width)
        self.blocks = nn.ModuleList(
            SPADEResidualBlock(before, after, layout_channels, norm, norm_kernel_size,
                               norm_hidden_channels, spectral)
            for before, after in zip(widths[:1] + widths, widths))

        # The third block follows the second at the same size when there are only five doublings.
        doubled = [i for i in range(len(widths) - 1) if i != 1 or num_upsamplings > 5]
        self.upsampler_keys = {
            i: f'width_{widths[i]}' if share_upsamplers else f'block_{i}' for i in doubled}
        self.upsamplers = nn.ModuleDict()
        for index, key in self.upsampler_keys.items():
            if key not in self.upsamplers:
                self.upsamplers[key] = UPSAMPLERS.build(
                    upsampler or dict(type='NearestUpsampler'),
                    default_args=dict(in_channels=widths[index], scale=2))
        self.head = HEADS.build(head or dict(type='RGBHead'),
                                default_args=dict(in_channels=widths[-1], out_channels=out_channels))

    def _check(self, norm: str) -> None:
        if self.num_upsamplings not in (5, 6, 7):
            raise InputError(f'{type(self).__name__}: num_upsamplings must be 5, 6 or 7, found '
                             f'{self.num_upsamplings}')
        if self.image_size is None and self.latent_dim is not None:
            raise InputError(f'{type(self).__name__}: image_size must be given with a latent, found None')
        grid = self._grid(self.image_size) if self.image_size is not None else None
        if norm == 'instance' and grid == (1, 1):
            raise InputError(f'{type(self).__name__}: image_size {self.image_size} halved '
                             f'{self.num_upsamplings} times is a single pixel, which '
                             "norm='instance' cannot normalise")

    def _grid(self, size: tuple[int, int]) -> tuple[int, int]:
        step = 2 ** self.num_upsamplings
        if any(length < step or length % step for length in size):
            raise InputError(f'{type(self).__name__}: image size {tuple(size)} must be multiples of {step} '
                             f'(2 to the power of num_upsamplings={self.num_upsamplings})')
        return size[0] // step, size[1] // step

    def forward(self, label: Tensor | None = None, edge: Tensor | None = None,
                target_guide: Tensor | None = None, latent: Tensor | None = None,
                features: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            label: (B, H, W) int64 class ids, 255 = ignored (no class), or a map (B, num_classes, H, W).
            edge: (B, 1, H, W) in {0, 1}.
            target_guide: (B, guide_channels, H, W).
            latent: (B, latent_dim); drawn from N(0, 1) where it is needed and not given.
            features: (B, 16 * channels, h, w) with ``from_features``; resized (nearest) to the first grid.

        Returns:
            ``image`` (B, 3, *image_size) in [-1, 1], and what else the head returns.

        Raises:
            InputError: as :class:`GuidedInput`, and where a latent has another length or no place.
        """
        semantics = self.guided_input(label=label, edge=edge, target_guide=target_guide,
                                      dtype=self.blocks[0].conv_0.bias.dtype)
        is_class_ids = label is not None and label.dim() == 3
        layout = Layout(semantics, label if is_class_ids else None, self.guided_input.num_classes)
        grid = self._grid(self.image_size or semantics.shape[-2:])
        x = self._start(layout, grid, latent, features)
        for index, block in enumerate(self.blocks):
            entered, x = x, block(x, layout)
            if index in self.upsampler_keys:
                x = self.upsamplers[self.upsampler_keys[index]](x, semantics)
        return self.head(self.refine(entered, x))

    def _start(self, layout: Layout, grid: tuple[int, int], latent: Tensor | None,
               features: Tensor | None) -> Tensor:
        """What enters the first block: from features, layout or latent, by how it was built."""
        if latent is not None and tuple(latent.shape[1:]) != (self.latent_dim,):
            raise InputError(f'{type(self).__name__}: latent must be (B, {self.latent_dim}) by latent_dim='
                             f'{self.latent_dim}, found {tuple(latent.shape)}')
        found = None if features is None else features.shape[1]
        if found != (self.widths[0] if self.stem is None else None):
            raise InputError(f'{type(self).__name__}: features must have {self.widths[0]} channels with '
                             f'from_features and be absent without, found {found}')
        if self.stem is None:
            return F.interpolate(features, size=grid, mode='nearest')
        if self.latent_dim is None:
            return self.stem(layout.at(grid))
        if latent is None:
            semantics = layout.at(grid)
            latent = torch.randn(semantics.shape[0], self.latent_dim, dtype=semantics.dtype,
                                 device=semantics.device)
        return self.stem(latent).unflatten(1, (-1, *grid))

    def refine(self, entered: Tensor, features: Tensor) -> Tensor:
        """What the head reads. Subclasses change it, with what entered and what left the last block."""
        return features

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        arguments = dict(num_classes=5, edge=True, image_size=(64, 32), channels=2, num_upsamplings=5,
                         norm_hidden_channels=4)
        inputs = dict(label=torch.arange(2 * 64 * 32).reshape(2, 64, 32) // 97 % 5,
                      edge=(torch.arange(2 * 64 * 32).reshape(2, 1, 64, 32) % 7 == 0).float())
        return arguments, inputs
