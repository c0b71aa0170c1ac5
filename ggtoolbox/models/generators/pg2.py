"""PG2's generator (Ma et al., Pose Guided Person Image Generation, NIPS 2017): a person in another pose,
first coarsely, then by a map of differences."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, HEADS, UPSAMPLERS

from ..layers.same_padding import SameConv2d
from ..layers.sizes import check_size


class TwoConvolutions(nn.Module):
    """Two 3x3 convolutions with ReLU, with ``residual`` added to what enters them."""

    def __init__(self, in_channels: int, out_channels: int, residual: bool) -> None:
        super().__init__()
        self.a = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.b = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H, W)."""
        y = F.relu(self.b(F.relu(self.a(x))))
        return x + y if self.residual else y


def _grow(upsampler: dict | None, channels: int) -> nn.Module:
    return UPSAMPLERS.build(upsampler or dict(type='NearestUpsampler'),
                            default_args=dict(in_channels=channels, scale=2))


class _Unbounded(nn.Module):
    """A convolution alone."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(in_channels, 3, 3, padding=1)

    def forward(self, features: Tensor, source_image: Tensor | None = None) -> dict[str, Tensor]:
        """(B, in_channels, H, W) -> ``image`` (B, 3, H, W)."""
        return dict(image=self.convolution(features))


def _draw(head: dict | None, in_channels: int) -> nn.Module:
    given = dict(in_channels=in_channels, out_channels=3)
    return _Unbounded(in_channels) if head is None else HEADS.build(head, default_args=given)


def _check_levels(owner: str, num_levels: int) -> None:
    if num_levels < 1:
        raise InputError(f'{owner}: num_levels must be at least 1, found {num_levels}')


@GENERATORS.register_module()
class PG2CoarseGenerator(nn.Module):
    """G1 (section 3.1): a U-Net of residual blocks with a fully connected code in the middle.

    Nothing bounds the images of the released generators (no tanh): they are cut off to [-1, 1] before they
    are saved or measured. 70,795,075 parameters at 128 x 64, 122,103,235 at 256 x 256.

    Args:
        guide_channels: joints of the pose, whose maps are 0 and 1.
        image_size: (height, width), which the fully connected layers fix.
        channels: n (128); level k has k n channels.
        code_channels: of the code between the halves (64).
        num_levels: None: log2(height) - 2, so that the smallest grid has 8 rows.
        upsampler: what doubles (default: ``NearestUpsampler``); gets ``in_channels`` and ``scale=2``.
        head: what draws the image (default: a 3x3 convolution, not bounded).
    """

    def __init__(self, guide_channels: int = 18, image_size: tuple[int, int] = (128, 64),
                 channels: int = 128, code_channels: int = 64, num_levels: int | None = None,
                 upsampler: dict | None = None, head: dict | None = None) -> None:
        super().__init__()
        self.image_size, self.guide_channels = tuple(image_size), guide_channels
        self.names = ('source_image', 'target_guide')
        levels = max(1, self.image_size[0].bit_length() - 3) if num_levels is None else num_levels
        _check_levels('PG2CoarseGenerator', levels)
        step = 2 ** (levels - 1)
        if any(length % step for length in self.image_size):
            raise InputError(f'PG2CoarseGenerator: image_size must be multiples of {step} '
                             f'(num_levels={levels}), found {self.image_size}')
        self.bottom = tuple(length // step for length in self.image_size)
        widths, cells = [channels * (k + 1) for k in range(levels)], self.bottom[0] * self.bottom[1]
        self.stem = nn.Conv2d(3 + guide_channels, channels, 3, padding=1)
        self.encoder = nn.ModuleList(TwoConvolutions(width, width, residual=True) for width in widths)
        self.downs = nn.ModuleList(SameConv2d(i, o, 3, stride=2) for i, o in zip(widths, widths[1:]))
        self.to_code = nn.Linear(cells * widths[-1], code_channels)
        self.from_code = nn.Linear(code_channels, cells * channels)
        joined = [before + skip for before, skip in zip([channels, *widths[-2::-1]], widths[::-1])]
        self.decoder = nn.ModuleList(TwoConvolutions(width, width, residual=True) for width in joined)
        self.narrow = nn.ModuleList(nn.Conv2d(i, o, 1) for i, o in zip(joined, widths[-2::-1]))
        self.ups = nn.ModuleList(_grow(upsampler, width) for width in widths[-2::-1])
        self.head = _draw(head, joined[-1])

    def forward(self, source_image: Tensor, target_guide: Tensor) -> dict[str, Tensor]:
        """Generate.

        Args:
            source_image: (B, 3, H, W) in [-1, 1].
            target_guide: (B, guide_channels, H, W) in {0, 1}: discs around the joints.

        Returns:
            ``image`` (B, 3, H, W); ``code`` (B, code_channels); and what else the head returns.

        Raises:
            InputError: another size or number of maps.
        """
        expected = (self.guide_channels, *self.image_size)
        if tuple(target_guide.shape[1:]) != expected or tuple(source_image.shape[2:]) != self.image_size:
            raise InputError(f'PG2CoarseGenerator: target_guide must be (B, {", ".join(map(str, expected))}) '
                             f'and source_image of that size, found {tuple(target_guide.shape)} and '
                             f'{tuple(source_image.shape)}')
        given = torch.cat([source_image, 2 * target_guide.to(source_image.dtype) - 1], dim=1)
        x, skips = F.relu(self.stem(given)), []
        for index, block in enumerate(self.encoder):
            x = block(F.relu(self.downs[index - 1](x)) if index else x)
            skips.append(x)
        code = self.to_code(x.permute(0, 2, 3, 1).flatten(1))  # rows, columns, channels, as released
        x = self.from_code(code).unflatten(1, (*self.bottom, -1)).permute(0, 3, 1, 2)
        for index, block in enumerate(self.decoder):
            x = block(torch.cat([x, skips[-1 - index]], dim=1))
            if index < len(self.ups):
                # Released: doubling, then the 1x1 convolution, which is the same at four times the price.
                x = self.ups[index](F.relu(self.narrow[index](x)), given)
        return dict(self.head(x, source_image), code=code)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 8).reshape(2, 3, 16, 8)
        return (dict(guide_channels=2, image_size=(16, 8), channels=2, code_channels=3, num_levels=2),
                dict(source_image=image, target_guide=(image[:, :2] > 0).float()))


@GENERATORS.register_module()
class PG2RefinementGenerator(nn.Module):
    """G2 (section 3.2): a U-Net that draws what is to be added to the coarse image.

    Not bounded, as :class:`PG2CoarseGenerator`. 6,058,883 parameters with 3 levels and
    ``skip_finest=False``, 12,696,067 with 4.

    Args:
        channels: n (128); level k of the encoder has k n channels, the decoder n.
        num_levels: two less than G1's.
        skip_finest: whether the finest level has a skip (paper, and released for DeepFashion); released for
            Market-1501: not.
        upsampler: what doubles (default: ``NearestUpsampler``); gets ``in_channels`` and ``scale=2``.
        head: what draws the difference map (default: a 3x3 convolution, not bounded); with one the sum is
            cut off to [-1, 1].
    """

    def __init__(self, channels: int = 128, num_levels: int = 4, skip_finest: bool = True,
                 upsampler: dict | None = None, head: dict | None = None) -> None:
        super().__init__()
        _check_levels('PG2RefinementGenerator', num_levels)
        widths = [channels * (k + 1) for k in range(num_levels)]
        self.skip_finest, self.step, self.bounded = skip_finest, 2 ** (num_levels - 1), head is not None
        self.names = ('source_image', 'target_guide')
        self.stem = nn.Conv2d(6, channels, 3, padding=1)
        self.encoder = nn.ModuleList(TwoConvolutions(before, after, residual=False)
                                     for before, after in zip([channels, *widths], widths))
        self.downs = nn.ModuleList(SameConv2d(width, width, 3, stride=2) for width in widths[:-1])
        entering, skips = [widths[-1]] + [channels] * (num_levels - 1), widths[::-1]
        if not skip_finest:
            skips[-1] = 0
        self.decoder = nn.ModuleList(TwoConvolutions(before + skip, channels, residual=False)
                                     for before, skip in zip(entering, skips))
        self.ups = nn.ModuleList(_grow(upsampler, channels) for _ in widths[1:])
        self.head = _draw(head, channels)

    def forward(self, source_image: Tensor, target_guide: Tensor) -> dict[str, Tensor]:
        """Refine.

        Args:
            source_image: (B, 3, H, W) in [-1, 1].
            target_guide: (B, 3, H, W): the coarse image.

        Returns:
            ``image`` and ``difference`` (B, 3, H, W), and what else the head returns.

        Raises:
            InputError: a size that cannot be halved so often.
        """
        check_size('PG2RefinementGenerator', source_image.shape[-2:], self.step)
        x, skips = F.relu(self.stem(torch.cat([target_guide, source_image], dim=1))), []
        for index, block in enumerate(self.encoder):
            x = block(F.relu(self.downs[index - 1](x)) if index else x)
            skips.append(x)
        for index, block in enumerate(self.decoder):
            finest = index == len(self.decoder) - 1
            x = block(torch.cat([x, skips[-1 - index]], 1) if not finest or self.skip_finest else x)
            x = x if finest else self.ups[index](x, target_guide)
        drawn = self.head(x, source_image)
        image = target_guide + drawn['image']
        return dict(drawn, difference=drawn['image'], image=image.clamp(-1, 1) if self.bounded else image)

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 8).reshape(2, 3, 16, 8)
        return dict(channels=2, num_levels=2), dict(source_image=image, target_guide=-image)
