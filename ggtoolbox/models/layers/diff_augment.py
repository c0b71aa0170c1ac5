"""Differentiable augmentation (Zhao et al., Differentiable Augmentation for Data-Efficient GAN Training,
NeurIPS 2020)."""
from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.structures import IGNORED_LABEL

POLICIES = ('colour', 'translation', 'cutout')
DRAWS = 7  # brightness, saturation, contrast; shift down, right; centre of the square, down, right


def check_policy(policy: Collection[str], field: str) -> None:
    """Raise :class:`InputError` unless ``policy`` is made of :data:`POLICIES`."""
    if not isinstance(policy, (list, tuple)) or not set(policy) <= set(POLICIES):
        raise InputError(f'{field} must be a list of {", ".join(POLICIES)}, found {policy!r}')


class DiffAugment:
    """T of equations 4 and 5, with its draws made: so that it is the same for all that it is applied to.

    ``colour``: brightness, x + b, b from U(-0.5, 0.5); saturation, the distance to the mean of the pixel's
    channels times U(0, 2); contrast, the distance to the mean of the image times U(0.5, 1.5).
    ``translation``: by up to an eighth of the size, in whole pixels, zeros behind. ``cutout``: a square of
    half the size, its centre anywhere in the image, is 0. In this order, whatever the order of ``policy``.

    Args:
        policy: some of :data:`POLICIES`; empty: nothing is changed.
        draws: (B, :data:`DRAWS`) from U(0, 1), a row a sample. Row n of what is augmented takes the draws
            of sample n modulo B: fakes and reals in one batch are augmented pair by pair alike.
    """

    def __init__(self, policy: Collection[str], draws: Tensor) -> None:
        self.policy, self.draws = tuple(policy), draws

    def image(self, image: Tensor) -> Tensor:
        """(B, C, H, W) in [-1, 1] -> its colours changed, and moved.

        Raises:
            InputError: colours, and C is neither 1 nor 3.
        """
        return self.guide(self.coloured(image) if 'colour' in self.policy else image)

    def guide(self, guide: Tensor) -> Tensor:
        """(B, K, H, W), whose values mean something and are only moved, as the image is."""
        if 'translation' in self.policy:
            guide = self.translated(guide)
        return self.cut_out(guide) if 'cutout' in self.policy else guide

    def label(self, label: Tensor) -> Tensor:
        """(B, H, W) class ids -> moved; 255, no class, where nothing is left."""
        return self.guide((label - IGNORED_LABEL).unsqueeze(1)).squeeze(1) + IGNORED_LABEL

    def coloured(self, image: Tensor) -> Tensor:
        if image.shape[1] not in (1, 3):
            raise InputError("options: diff_augment 'colour' needs pictures of 1 or 3 channels, but the "
                             f'discriminator judges {image.shape[1]} together')
        brightness, saturation, contrast = (self._draw(image, i).to(image.dtype).view(-1, 1, 1, 1)
                                            for i in range(3))
        image = image + (brightness - 0.5)
        mean = image.mean(1, keepdim=True)
        image = mean + (image - mean) * (2 * saturation)
        mean = image.mean((1, 2, 3), keepdim=True)
        return mean + (image - mean) * (contrast + 0.5)

    def translated(self, x: Tensor) -> Tensor:
        for dim, column in ((2, 3), (3, 4)):
            length = x.shape[dim]
            most = int(length / 8 + 0.5)
            shift = (self._draw(x, column) * (2 * most + 1)).long() - most
            source = torch.arange(length, device=x.device) - shift.unsqueeze(1)
            inside = ((source >= 0) & (source < length)).to(x.dtype)
            shape = (len(x), 1, length, 1) if dim == 2 else (len(x), 1, 1, length)
            x = x.gather(dim, source.clamp(0, length - 1).view(shape).expand_as(x)) * inside.view(shape)
        return x

    def cut_out(self, x: Tensor) -> Tensor:
        spans = []
        for dim, column in ((2, 5), (3, 6)):
            length = x.shape[dim]
            side = int(length / 2 + 0.5)
            start = (self._draw(x, column) * (length + 1 - side % 2)).long() - side // 2
            place = torch.arange(length, device=x.device) - start.unsqueeze(1)
            spans.append((place >= 0) & (place < side))
        hole = spans[0].unsqueeze(2) & spans[1].unsqueeze(1)
        return x * (~hole).to(x.dtype).unsqueeze(1)

    def _draw(self, x: Tensor, column: int) -> Tensor:
        """(rows of x,): one of the draws for each row."""
        return self.draws[torch.arange(len(x), device=x.device) % len(self.draws), column]
