"""CoCosNet's correspondence network (Zhang et al., Cross-domain Correspondence Learning for Exemplar-based
Image Translation, CVPR 2020, section 3.1): an exemplar, warped into a layout."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.ops.correspondence import correlation_reference, warp
from ggtoolbox.registry import GENERATORS

from ..layers.attention import PooledAttention
from ..layers.coordinates import append_coordinates
from ..layers.guided_input import GuidedInput
from ..layers.layout import Layout
from ..layers.normalisation import InstanceNorm2d
from ..layers.sizes import check_size
from ..layers.spade import SPADEResidualBlock
from ..layers.spectral_norm import spectral_norm

STRIDE = 4  # of the features
TINY = 2.2e-16


class DomainAdaptor(nn.Module):
    """From one domain to features that both share (equation 1), at a quarter of the size, of length 1.

    Five convolutions with instance norm, then SPADE blocks that are steered by what enters.

    Args:
        in_channels: of the layout, or 3.
        channels: width of the first convolution; 4 times that come out.
        kernel_size: of the two convolutions of stride 2: 3, or 4 in the released weights but ADE20K's.
        norm: inside SPADE.
        extra_blocks, attention, squeeze: released options, off in all released set-ups: three more blocks,
            attention behind the first block, squeeze and excitation in the first three.
    """

    def __init__(self, in_channels: int, channels: int = 64, kernel_size: int = 3, norm: str = 'position',
                 norm_hidden_channels: int = 128, extra_blocks: bool = False, attention: bool = False,
                 squeeze: bool = False) -> None:
        super().__init__()
        widths = [in_channels, channels, 2 * channels, 4 * channels, 8 * channels, 8 * channels]
        self.layers = nn.ModuleList(
            nn.Sequential(spectral_norm(nn.Conv2d(before, after, kernel_size if index % 2 else 3,
                                                  stride=2 if index in (1, 3) else 1, padding=1, bias=False)),
                          InstanceNorm2d(after))
            for index, (before, after) in enumerate(zip(widths, widths[1:])))

        def block(before: int, after: int, squeeze: bool = False) -> SPADEResidualBlock:
            return SPADEResidualBlock(before, after, in_channels, norm, 3, norm_hidden_channels, True,
                                      padding_mode='reflect', squeeze=squeeze)

        wide, narrow = 8 * channels, 4 * channels
        self.blocks = nn.ModuleList([block(wide, wide, squeeze), block(wide, wide, squeeze),
                                     block(wide, narrow, squeeze)])
        if extra_blocks:
            self.blocks.extend(block(narrow, narrow) for _ in range(3))
        self.attention = PooledAttention(wide, spectral=False) if attention else None

    def forward(self, given: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, 4 * channels, H / 4, W / 4)."""
        x = self.layers[0](given)
        for layer in self.layers[1:]:
            x = layer(F.leaky_relu(x, 0.2))
        layout = Layout(given)
        for index, block in enumerate(self.blocks):
            x = block(x, layout)
            if index == 0 and self.attention is not None:
                x = self.attention(x)
        return x / (x.norm(dim=1, keepdim=True) + TINY)


class MatchingBlock(nn.Module):
    """Reflecting 3x3 convolution, instance norm, PReLU, the same convolution and norm, their input added, and
    the same PReLU again."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2d(channels, channels, 3, padding=1, padding_mode='reflect')
                                  for _ in range(2))
        self.norm, self.activation = InstanceNorm2d(channels), nn.PReLU()

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> the same shape."""
        y = self.norm(self.conv2(self.activation(self.norm(self.conv1(x)))))
        return self.activation(x + y)


@GENERATORS.register_module()
class CorrespondenceNetwork(nn.Module):
    """Which places of an exemplar correspond to which of a layout, and the exemplar, warped by that.

    Paper and code: single pixels are matched in the paper, patches of 3 x 3 in the code (``patch``); each
    patch's own mean is taken away in the code (``centre_channels``), each channel's in the paper.

    59,315,716 parameters for ADE20K (151 classes, kernel 3).

    Args:
        num_classes, guide_channels: of the layout.
        channels: width of the adaptors' first convolution (64).
        adaptor_kernel_size, extra_blocks, attention, squeeze: see :class:`DomainAdaptor`.
        norm: inside SPADE, ``'position'``, ``'batch'`` or ``'instance'``.
        join_layout: the layouts join the features before they are matched (released: ``maskmix``).
        coordinates: places join the features, too (a released option, off).
        patch: 1 or 3.
        centre_channels: see :func:`ggtoolbox.ops.correspondence.correlation_reference`.
        temperature: of the softmax (paper: alpha = 100, which is 1 / 0.01).
        upsampling: of the warped exemplar: ``'nearest'``, ``'bilinear'``, or ``'patches'``, which moves
            patches of 4 x 4 pixels.
        blind: the exemplar's layout is replaced by noise of 0.01, so that none is needed (released:
            ``noise_for_mask``).
        warped_layout: what of the layouts is warped in training, for the loss of its labels: ``'direct'``,
            the exemplar's; ``'cycle'``, the wanted one, to the exemplar and back; None: nothing.
        cycles: 1: in training the warped exemplar goes back to the exemplar (equation 9); 2: the target
            image to the exemplar and back, too.
    """

    def __init__(self, num_classes: int = 0, guide_channels: int = 0, channels: int = 64,
                 adaptor_kernel_size: int = 3, norm: str = 'position', norm_hidden_channels: int = 128,
                 join_layout: bool = True, coordinates: bool = False, patch: int = 3,
                 centre_channels: bool = True, temperature: float = 0.01, upsampling: str = 'nearest',
                 blind: bool = False, extra_blocks: bool = False, attention: bool = False,
                 squeeze: bool = False, warped_layout: str | None = None, cycles: int = 0) -> None:
        super().__init__()
        if upsampling not in ('nearest', 'bilinear', 'patches') or patch not in (1, 3):
            raise InputError("CorrespondenceNetwork: upsampling must be 'nearest', 'bilinear' or 'patches', "
                             f'patch 1 or 3, found {upsampling!r} and {patch}')
        self.guided_input = GuidedInput(0, num_classes, False, guide_channels, type(self).__name__)
        self.join_layout, self.coordinates, self.blind = join_layout, coordinates, blind
        if warped_layout not in ('direct', 'cycle', None) or cycles not in (0, 1, 2):
            raise InputError("CorrespondenceNetwork: warped_layout must be 'direct', 'cycle' or None and "
                             f'cycles 0, 1 or 2, found {warped_layout!r} and {cycles}')
        self.warped_layout, self.cycles = warped_layout, cycles
        self.matching = dict(temperature=temperature, patch=patch, centre_channels=centre_channels)
        self.upsampling, width = upsampling, 4 * channels

        def adaptor(in_channels: int) -> DomainAdaptor:
            return DomainAdaptor(in_channels, channels, adaptor_kernel_size, norm, norm_hidden_channels,
                                 extra_blocks, attention, squeeze)

        self.layout_adaptor, self.image_adaptor = adaptor(self.guided_input.channels), adaptor(3)
        joined = width + 3 * coordinates + self.guided_input.channels * join_layout
        self.trunk = nn.Sequential(*(MatchingBlock(joined) for _ in range(4)))
        self.to_query, self.to_key = nn.Conv2d(joined, width, 1), nn.Conv2d(joined, width, 1)

    def forward(self, exemplar_image: Tensor, label: Tensor | None = None, target_guide: Tensor | None = None,
                exemplar_label: Tensor | None = None, exemplar_guide: Tensor | None = None,
                target_image: Tensor | None = None) -> dict[str, Tensor]:
        """Match and warp.

        Args:
            exemplar_image: (B, 3, H, W) in [-1, 1]; H and W are multiples of 4, from 16 on.
            label, target_guide: the layout wanted, as of :class:`GuidedInput`.
            exemplar_label, exemplar_guide: the exemplar's own layout; not read where it is ``blind``.
            target_image: (B, 3, H, W) in [-1, 1], the real image of the layout, in training.

        Returns:
            ``image`` (B, 3, H, W) in [-1, 1], the warped exemplar; ``query`` and ``key`` (B, C, H / 4, W /
            4), the features that are matched; ``layout_features``; ``exemplar_layout`` (B, K, H / 4, W / 4);
            with a target image ``image_features``, which should equal ``layout_features``; in training what
            ``warped_layout`` and ``cycles`` ask for.

        Raises:
            InputError: as :class:`GuidedInput`, and for another size.
        """
        dtype = self.to_query.weight.dtype
        wanted = self.guided_input(label=label, target_guide=target_guide, dtype=dtype)
        check_size('CorrespondenceNetwork', wanted.shape[-2:], STRIDE, least=4 * STRIDE)
        for name, image in dict(exemplar_image=exemplar_image, target_image=target_image).items():
            if image is not None and image.shape[-2:] != wanted.shape[-2:]:
                raise InputError(f'CorrespondenceNetwork: {name} must have the size of the layout, '
                                 f'{tuple(wanted.shape[-2:])}, found {tuple(image.shape[-2:])}')
        layout_features, exemplar_features = self.layout_adaptor(wanted), self.image_adaptor(exemplar_image)
        found = dict(layout_features=layout_features)
        if target_image is not None:
            found['image_features'] = self.image_adaptor(target_image)
        if self.blind:
            exemplar_layout = 0.01 * torch.randn_like(wanted)
        else:
            exemplar_layout = self.guided_input(label=exemplar_label, target_guide=exemplar_guide,
                                                dtype=dtype)
        size, layouts = layout_features.shape[2:], []
        for layout in (wanted, exemplar_layout):
            layouts.append(F.interpolate(layout, size=size, mode='nearest'))
        query = self.to_query(self.trunk(self._join(layout_features, layouts[0])))
        key = self.to_key(self.trunk(self._join(exemplar_features, layouts[1])))
        found.update(query=query, key=key, layout=layouts[0], exemplar_layout=layouts[1])
        return {**found, **self.warps(found, exemplar_image, target_image)}

    def warps(self, found: dict[str, Tensor], exemplar_image: Tensor, target_image: Tensor | None
              ) -> dict[str, Tensor]:
        """All that is warped by ``query`` and ``key``."""
        query, key, small = found['query'], found['key'], self.shrink(exemplar_image)
        direct = self.warped_layout == 'direct' and self.training
        warped = self.warp(query, key, torch.cat([small, found['exemplar_layout']], 1) if direct else small)
        warped, of_layout = warped.split([small.shape[1], warped.shape[1] - small.shape[1]], dim=1)
        drawn = dict(image=self.enlarge(warped), warped=warped)
        if not self.training:
            return drawn
        if direct:
            drawn['warped_layout'] = of_layout
        elif self.warped_layout == 'cycle':
            drawn['warped_layout'] = self.warp(query, key, self.warp(key, query, found['layout']))
        if self.cycles:
            drawn.update(small_exemplar=small, cycled=self.warp(key, query, warped))
        if self.cycles == 2 and target_image is not None:
            real = self.shrink(target_image)
            drawn.update(small_target=real, to_exemplar=self.warp(key, query, real))
            drawn['cycled_target'] = self.warp(query, key, drawn['to_exemplar'])
        return drawn

    def _join(self, features: Tensor, layout: Tensor) -> Tensor:
        x = append_coordinates(features, False, False) if self.coordinates else features
        return torch.cat([x, layout], dim=1) if self.join_layout else x

    def warp(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """``value`` (B, V, h, w), taken from key's places to query's (equations 3 and 4)."""
        return warp(query, key, value, **self.matching)

    def correlation(self, query: Tensor, key: Tensor) -> Tensor:
        """(B, places, places): the cosines of equation 2, all of them; to look at, not to train with."""
        return correlation_reference(query, key, self.matching['patch'], self.matching['centre_channels'])

    def shrink(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) -> what is warped: means of 4 x 4 pixels, or these pixels as 48 channels."""
        shrink = F.pixel_unshuffle if self.upsampling == 'patches' else F.avg_pool2d
        return shrink(image, STRIDE)

    def enlarge(self, warped: Tensor) -> Tensor:
        """Back to (B, 3, H, W)."""
        if self.upsampling == 'patches':
            return F.pixel_shuffle(warped, STRIDE)
        options = dict(align_corners=False) if self.upsampling == 'bilinear' else {}
        return F.interpolate(warped, scale_factor=STRIDE, mode=self.upsampling, **options)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 16).reshape(2, 3, 16, 16)
        label = torch.arange(2 * 16 * 16).reshape(2, 16, 16) // 19 % 3
        return (dict(num_classes=3, channels=2, norm_hidden_channels=4, temperature=0.1),
                dict(exemplar_image=image.sin(), label=label, exemplar_label=label.flip(2)))
