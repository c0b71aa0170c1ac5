"""Inception-v3 as the Frechet inception distance uses it, without torchvision."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES

from ..layers.pretrained import drawn_the_same, load_strictly, read_weights, require_weights

ADDRESS = ('https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/'
           'pt_inception-2015-12-05-6726825d.pth')
SIDE = 299
LAYERS = ('block0', 'block1', 'block2', 'pool', 'logits', 'logits_without_bias')
RESIZES = ('half_pixel', 'tensorflow')
# Of (name, output channels, kernel size), one after another.
Chain = Sequence[tuple[str, int, tuple[int, int]]]


class Convolution(nn.Module):
    """Convolution without bias, batch norm (eps 0.001), ReLU."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: tuple[int, int], stride: int = 1,
                 padding: tuple[int, int] = (0, 0)) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


class Mixed(nn.Module):
    """Chains of convolutions side by side and a pooling branch, joined along the channels.

    Args:
        chains: each from the block's input on; names are the released file's. Where a name ends in ``a``
            or ``b``, both read what stands before them and are joined.
        pool: ``average`` (over what lies inside the picture) or ``max``: 3x3, then a 1x1 convolution to
            ``pool_channels``; ``halve``: the block halves the size: every chain's last convolution and the
            pooling (max, nothing behind it) have stride 2 and no padding.
        pool_channels: width of that branch.
    """

    counts_padding = False  # in an average

    def __init__(self, in_channels: int, chains: Sequence[Chain], pool: str, pool_channels: int = 0) -> None:
        super().__init__()
        self.pool, self.chains = pool, [[name for name, _, _ in chain] for chain in chains]
        for chain in chains:
            channels = in_channels
            for position, (name, width, kernel) in enumerate(chain):
                halves = pool == 'halve' and position == len(chain) - 1
                padding = (0, 0) if halves else (kernel[0] // 2, kernel[1] // 2)
                self.add_module(name, Convolution(channels, width, kernel, 2 if halves else 1, padding))
                if not name.endswith('a'):
                    channels = width
        if pool != 'halve':
            self.branch_pool = Convolution(in_channels, pool_channels, (1, 1))

    def forward(self, x: Tensor) -> Tensor:
        found = []
        for chain in self.chains:
            features = x
            for name in chain:
                layer = getattr(self, name)
                if name.endswith('a'):
                    found.append(layer(features))
                else:
                    features = layer(features)
            found.append(features)
        if self.pool == 'halve':
            return torch.cat([*found, F.max_pool2d(x, 3, 2)], 1)
        pooled = (F.max_pool2d(x, 3, 1, 1) if self.pool == 'max'
                  else F.avg_pool2d(x, 3, 1, 1, count_include_pad=self.counts_padding))
        return torch.cat([*found, self.branch_pool(pooled)], 1)


def _narrow(in_channels: int, pool_channels: int) -> Mixed:
    """Block A (35 x 35)."""
    return Mixed(in_channels, [
        [('branch1x1', 64, (1, 1))],
        [('branch5x5_1', 48, (1, 1)), ('branch5x5_2', 64, (5, 5))],
        [('branch3x3dbl_1', 64, (1, 1)), ('branch3x3dbl_2', 96, (3, 3)), ('branch3x3dbl_3', 96, (3, 3))],
    ], 'average', pool_channels)


def _separable(width: int) -> Mixed:
    """Block C (17 x 17)."""
    return Mixed(768, [
        [('branch1x1', 192, (1, 1))],
        [('branch7x7_1', width, (1, 1)), ('branch7x7_2', width, (1, 7)), ('branch7x7_3', 192, (7, 1))],
        [('branch7x7dbl_1', width, (1, 1)), ('branch7x7dbl_2', width, (7, 1)),
         ('branch7x7dbl_3', width, (1, 7)), ('branch7x7dbl_4', width, (7, 1)),
         ('branch7x7dbl_5', 192, (1, 7))],
    ], 'average', 192)


def wide_block(in_channels: int, pool: str) -> Mixed:
    """Block E (8 x 8)."""
    return Mixed(in_channels, [
        [('branch1x1', 320, (1, 1))],
        [('branch3x3_1', 384, (1, 1)), ('branch3x3_2a', 384, (1, 3)), ('branch3x3_2b', 384, (3, 1))],
        [('branch3x3dbl_1', 448, (1, 1)), ('branch3x3dbl_2', 384, (3, 3)),
         ('branch3x3dbl_3a', 384, (1, 3)), ('branch3x3dbl_3b', 384, (3, 1))],
    ], pool, 192)


@BACKBONES.register_module()
class InceptionV3(nn.Module):
    """The network of TensorFlow's graph of 2015-12-05, by the names of pytorch_fid's file; frozen.

    It differs from torchvision's Inception-v3 in its pooling branches: averages leave the padding out,
    and Mixed_7c takes a maximum. There are 1008 classes.

    Args:
        weights: path or URL of ``pt_inception-2015-12-05-6726825d.pth`` (the digits are the beginning of its
            sha256, which is checked).
        layers: ``block0`` (64 channels), ``block1`` (192), ``block2`` (768): maps; ``pool``: (B, 2048),
            which FID and KID compare; ``logits`` (B, 1008), and ``logits_without_bias``, which the scripts
            of the Inception score take.
        resize: how a picture comes to 299 x 299, bilinear: ``half_pixel`` (pytorch_fid) or ``tensorflow``
            (as the graph does it by itself: pixel corners fall together, values scaled by (x - 128) / 128;
            TTUR and the Inception score's scripts).
        allow_random: build with random weights (the same each time) where there are no others.
        sha256: of the file of weights, or its beginning; None takes it from the file's name.
    """

    address = ADDRESS

    def __init__(self, weights: str | None = None, layers: Sequence[str] = ('pool', 'logits_without_bias'),
                 resize: str = 'half_pixel', allow_random: bool = False, sha256: str | None = None) -> None:
        require_weights(type(self).__name__, weights, allow_random, self.address)
        if resize not in RESIZES:
            raise InputError(f'InceptionV3: resize must be one of {", ".join(RESIZES)}, found {resize!r}')
        unknown = [layer for layer in layers if layer not in LAYERS]
        if unknown or not layers:
            raise InputError(f'InceptionV3: layers must be among {", ".join(LAYERS)}, found {list(layers)}')
        super().__init__()
        self.layers, self.resize = tuple(layers), resize
        with drawn_the_same():
            self._build()
        if weights is not None:
            load_strictly(self, self.own_weights(read_weights(weights, sha256)), weights)
        self.requires_grad_(False)
        self.eval()

    def _build(self) -> None:
        self.Conv2d_1a_3x3 = Convolution(3, 32, (3, 3), 2)
        self.Conv2d_2a_3x3 = Convolution(32, 32, (3, 3))
        self.Conv2d_2b_3x3 = Convolution(32, 64, (3, 3), padding=(1, 1))
        self.Conv2d_3b_1x1 = Convolution(64, 80, (1, 1))
        self.Conv2d_4a_3x3 = Convolution(80, 192, (3, 3))
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = _narrow(192, 32), _narrow(256, 64), _narrow(288, 64)
        self.Mixed_6a = Mixed(288, [
            [('branch3x3', 384, (3, 3))],
            [('branch3x3dbl_1', 64, (1, 1)), ('branch3x3dbl_2', 96, (3, 3)), ('branch3x3dbl_3', 96, (3, 3))],
        ], 'halve')
        self.Mixed_6b, self.Mixed_6c = _separable(128), _separable(160)
        self.Mixed_6d, self.Mixed_6e = _separable(160), _separable(192)
        self.Mixed_7a = Mixed(768, [
            [('branch3x3_1', 192, (1, 1)), ('branch3x3_2', 320, (3, 3))],
            [('branch7x7x3_1', 192, (1, 1)), ('branch7x7x3_2', 192, (1, 7)), ('branch7x7x3_3', 192, (7, 1)),
             ('branch7x7x3_4', 192, (3, 3))],
        ], 'halve')
        self.Mixed_7b, self.Mixed_7c = wide_block(1280, 'average'), wide_block(2048, 'max')
        self.fc = nn.Linear(2048, 1008)

    def train(self, mode: bool = True) -> InceptionV3:
        """Stays in eval mode."""
        return super().train(False)

    def own_weights(self, state: dict[str, Tensor]) -> dict[str, Tensor]:
        """What of a file belongs to the network."""
        return state

    def resized(self, image: Tensor) -> Tensor:
        """(B, 3, 299, 299), as the first convolution reads it."""
        if self.resize == 'half_pixel':
            return F.interpolate(image, (SIDE, SIDE), mode='bilinear', align_corners=False)
        return resize_corners(((image + 1) * 127.5 - 128) / 128, SIDE)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1], of any size -> layer name -> features."""
        x, found = self.resized(image), {}
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        found['block0'] = x = F.max_pool2d(x, 3, 2)
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x))
        found['block1'] = x = F.max_pool2d(x, 3, 2)
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(x)))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        found['block2'] = x
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))
        found['pool'] = pool = x.mean((2, 3))
        found['logits_without_bias'] = F.linear(pool, self.fc.weight)
        found['logits'] = found['logits_without_bias'] + self.fc.bias
        return {layer: found[layer] for layer in self.layers}


def resize_corners(image: Tensor, side: int) -> Tensor:
    """Bilinear as TensorFlow 1 resizes by default: output pixel i reads from i * size / ``side``."""
    for dimension in (2, 3):
        size = image.shape[dimension]
        place = torch.arange(side, device=image.device, dtype=image.dtype) * (size / side)
        before = place.floor().long().clamp(max=size - 1)
        after = (before + 1).clamp(max=size - 1)
        share = (place - before).view([-1 if d == dimension else 1 for d in range(4)])
        image = torch.lerp(image.index_select(dimension, before), image.index_select(dimension, after),
                           share)
    return image
