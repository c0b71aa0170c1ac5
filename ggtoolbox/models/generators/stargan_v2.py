"""StarGAN v2's generator (Choi et al., StarGAN v2: Diverse Image Synthesis for Multiple Domains, CVPR 2020,
appendix)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.normalisation import build_norm
from ..layers.pre_activation import PreActivationBlock
from ..layers.sizes import check_size, check_statistics

KEPT_SIZES = {32: 0, 64: 1, 128: 1}  # rows of features that the high-pass path keeps -> which mask


class AdaIN(nn.Module):
    """(1 + gamma(s)) * IN(x) + beta(s) (Huang and Belongie, ICCV 2017)."""

    def __init__(self, style_channels: int, channels: int) -> None:
        super().__init__()
        self.norm = build_norm('instance', channels)
        self.linear = nn.Linear(style_channels, 2 * channels)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """x (B, channels, H, W), style (B, style_channels)."""
        gamma, beta = self.linear(style)[..., None, None].chunk(2, dim=1)
        return (1 + gamma) * self.norm(x) + beta


class AdaINBlock(nn.Module):
    """AdaIN, leaky ReLU 0.2, convolution, twice; beside it a shortcut, and their sum divided by sqrt 2.

    Args:
        upsampler: in front of the first convolution, and in the shortcut; None keeps the size.
        shortcut: False: the residual alone, as in the generator with a high-pass path. The shortcut's
            convolution exists all the same, because released files hold one, and is not trained.
    """

    def __init__(self, in_channels: int, out_channels: int, style_channels: int,
                 upsampler: nn.Module | None = None, shortcut: bool = True) -> None:
        super().__init__()
        self.norm1, self.norm2 = AdaIN(style_channels, in_channels), AdaIN(style_channels, out_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.upsampler, self.has_shortcut = upsampler, shortcut
        self.shortcut = nn.Identity() if in_channels == out_channels else \
            nn.Conv2d(in_channels, out_channels, 1, bias=False)
        self.shortcut.requires_grad_(shortcut)

    def forward(self, x: Tensor, style: Tensor, guide: Tensor) -> Tensor:
        """x (B, in_channels, H, W) -> (B, out_channels, H, W), or twice that size."""
        grow = (lambda y: y) if self.upsampler is None else (lambda y: self.upsampler(y, guide))
        y = self.conv1(grow(F.leaky_relu(self.norm1(x, style), 0.2)))
        y = self.conv2(F.leaky_relu(self.norm2(y, style), 0.2))
        if not self.has_shortcut:
            return y
        return (y + self.shortcut(grow(x))) / 2 ** 0.5


class HighPass(nn.Module):
    """A Laplacian of each channel, divided by ``scale``; zeros around it."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        kernel = torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]) / scale
        self.register_buffer('kernel', kernel, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> the same shape."""
        return F.conv2d(x, self.kernel.to(x.dtype).expand(x.shape[1], 1, 3, 3), padding=1, groups=x.shape[1])


@GENERATORS.register_module()
class StarGANv2Generator(nn.Module):
    """An image and a style: residual blocks down to a small grid and, with AdaIN of the style, back.

    No tanh: the released images are not bounded, and cut off when they are saved. At 256 pixels 33,892,995
    parameters, with a high-pass path 43,467,395.

    Args:
        resolution: of square images, a power of 2; halved log2(resolution) - 4 times, down to 16 x 16, with
            a high-pass path once more.
        channels: width at full size; None: 2^14 / resolution (64 at 256 pixels), doubled by each halving.
        max_channels: 512.
        style_channels: of ``style`` (64).
        high_pass: w_hpf, which divides the filter of a path that carries what the masks keep of a face past
            the small grid (1 for CelebA-HQ); 0: no such path, and blocks with shortcuts. The paper shows it
            as an extra; in the released code the two are different networks.
        upsampler: what doubles (default: ``NearestUpsampler``); gets ``in_channels`` and ``scale=2``.
        head: what makes the image. None, as released: a 1x1 convolution.
    """

    def __init__(self, resolution: int = 256, channels: int | None = None, max_channels: int = 512,
                 style_channels: int = 64, high_pass: float = 0.0, upsampler: dict | None = None,
                 head: dict | None = None) -> None:
        super().__init__()
        self.names = ('source_image', 'style')
        self.style_channels, self.resolution = style_channels, resolution
        halvings = resolution.bit_length() - 5 + bool(high_pass)
        if halvings < 1 or resolution & (resolution - 1):
            raise InputError('StarGANv2Generator: resolution must be a power of 2 from '
                             f'{16 if high_pass else 32} on, found {resolution}')
        self.step, channels = 2 ** halvings, channels or 2 ** 14 // resolution
        widths = [min(channels * 2 ** i, max_channels) for i in range(halvings + 1)]

        def decode(before: int, after: int, grows: bool) -> AdaINBlock:
            grow = UPSAMPLERS.build(upsampler or dict(type='NearestUpsampler'),
                                    default_args=dict(in_channels=before, scale=2)) if grows else None
            return AdaINBlock(before, after, style_channels, grow, shortcut=not high_pass)

        self.from_rgb = nn.Conv2d(3, channels, 3, padding=1)
        self.encode = nn.ModuleList(PreActivationBlock(i, o, normalise=True, halves=True)
                                    for i, o in zip(widths, widths[1:]))
        self.encode.extend(PreActivationBlock(widths[-1], widths[-1], normalise=True) for _ in range(2))
        self.decode = nn.ModuleList(decode(widths[-1], widths[-1], False) for _ in range(2))
        self.decode.extend(decode(i, o, True) for i, o in zip(widths[:0:-1], widths[-2::-1]))
        self.norm = build_norm('instance', channels, affine=True)
        self.high_pass = HighPass(high_pass) if high_pass else None
        self.to_rgb = nn.Conv2d(channels, 3, 1) if head is None else None
        self.head = None if head is None else HEADS.build(head, default_args=dict(in_channels=channels,
                                                                                  out_channels=3))

    def forward(self, source_image: Tensor, style: Tensor, source_guide: Tensor | None = None
                ) -> dict[str, Tensor]:
        """Translate.

        Args:
            source_image: (B, 3, H, W) in [-1, 1]; H and W are multiples of 2**halvings.
            style: (B, style_channels).
            source_guide: (B, 2, ., .) in [0, 1]: what of the face to keep at 32 rows, and at 64 and 128
                rows of features; resized (bilinear). None: the high-pass path is not used.

        Returns:
            ``image`` (B, 3, H, W), and what else a head returns.

        Raises:
            InputError: a size that cannot be halved so often; a style of another length.
        """
        size = source_image.shape[-2:]
        check_size('StarGANv2Generator', size, self.step)
        check_statistics('StarGANv2Generator', self.encode, [n // self.step for n in size],
                         source_image.shape[0])
        if style.shape[1] != self.style_channels:
            raise InputError(f'StarGANv2Generator: style must be (B, {self.style_channels}), found '
                             f'{tuple(style.shape)}')
        x, kept = self.from_rgb(source_image), {}
        keeps = self.high_pass is not None and source_guide is not None
        for block in self.encode:
            if keeps and x.shape[2] in KEPT_SIZES:
                kept[x.shape[2]] = x
            x = block(x)
        for block in self.decode:
            x = block(x, style, source_image)
            rows = x.shape[2]
            if rows in kept:
                mask = source_guide[:, KEPT_SIZES[rows]:][:, :1].to(x.dtype)
                mask = F.interpolate(mask, size=x.shape[2:], mode='bilinear', align_corners=False)
                x = x + self.high_pass(mask * kept[rows])
        x = F.leaky_relu(self.norm(x), 0.2)
        return dict(image=self.to_rgb(x)) if self.head is None else self.head(x, source_image)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 32 * 32).reshape(2, 3, 32, 32)
        return (dict(resolution=32, channels=2, style_channels=3),
                dict(source_image=image, style=torch.tensor([[1.0, 0, -1], [0, 1, 0.5]])))
