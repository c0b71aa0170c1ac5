"""The face alignment network of StarGAN v2's high-pass path (Wang, Bo and Fuxin, Adaptive Wing Loss, ICCV
2019; an hour-glass with coordinate channels), and the masks that are made of its heat maps."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.registry import BACKBONES

from ..layers.coordinates import append_coordinates
from ..layers.pretrained import drawn_the_same, load_strictly, read_weights, require_weights

SIDE = 256  # pixels, of what the network reads
LANDMARKS = 98
CHIN, BROWS, MOUTH = slice(8, 25), slice(33, 51), slice(76, 96)
UNUSED = (*range(8), *range(25, 34), 46, 76, 82)
# Maps -> [(rows up, power)]: where the masks want a part of the face, and how sharp; several are added up.
MOVES = ((CHIN, [(0, 3)]), (BROWS, [(-7, 2)]), (slice(51, 52), [(0, 1)]), (slice(52, 55), [(4, 1)]),
         (slice(55, 60), [(8, 4)]), (slice(60, 76), [(-8, 3), (-24, 1)]), (slice(77, 82), [(-8, 4)]),
         (slice(83, 88), [(8, 4)]), (slice(88, 96), [(-2, 3)]))


def face_masks(heat_maps: Tensor) -> Tensor:
    """(B, 98, 256, 256) -> (B, 2, 256, 256) in [0, 1]: the whole face, and eyes and nose alone.

    Values below 0.1 are 0, each map is brought to [0, 1]; then see ``MOVES``; rows go round.
    """
    maps = heat_maps * (heat_maps >= 0.1)
    low, high = maps.amin((2, 3), keepdim=True), maps.amax((2, 3), keepdim=True)
    maps = (maps - low) / (high - low + 1e-6)
    moved = maps.clone()
    for part, steps in MOVES:
        moved[:, part] = sum(maps[:, part].roll(-up, dims=2) ** power for up, power in steps)
    moved[:, list(UNUSED)] = 0
    inner = moved.clone()
    for part in (CHIN, BROWS, MOUTH):
        inner[:, part] = 0
    return torch.stack([moved.sum(1), inner.sum(1)], dim=1).clamp(0, 1)


class AlignmentBlock(nn.Module):
    """Three pre-activated convolutions, a half and twice a quarter of the width, side by side; their input,
    or a 1x1 convolution of it, added."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        widths = [in_channels, out_channels // 2, out_channels // 4, out_channels // 4]
        self.steps = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(i), nn.ReLU(), nn.Conv2d(i, o, 3, padding=1, bias=False))
            for i, o in zip(widths, widths[1:]))
        self.shortcut = nn.Identity() if in_channels == out_channels else nn.Sequential(
            nn.BatchNorm2d(in_channels), nn.ReLU(), nn.Conv2d(in_channels, out_channels, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H, W)."""
        found = [x]
        for step in self.steps:
            found.append(step(found[-1]))
        return torch.cat(found[1:], dim=1) + self.shortcut(x)


class HourGlass(nn.Module):
    """Down ``depth`` halvings and up again, with a block beside each."""

    def __init__(self, depth: int, channels: int) -> None:
        super().__init__()
        self.beside, self.before, self.behind = (
            nn.ModuleList(AlignmentBlock(channels, channels) for _ in range(depth)) for _ in range(3))
        self.bottom = AlignmentBlock(channels, channels)

    def forward(self, x: Tensor, level: int = 0) -> Tensor:
        """(B, channels, H, W) -> the same shape; ``level`` counts halvings."""
        last = level == len(self.before) - 1
        y = self.before[level](F.avg_pool2d(x, 2))
        y = self.behind[level](self.bottom(y) if last else self(y, level + 1))
        return self.beside[level](x) + F.interpolate(y, scale_factor=2)


@BACKBONES.register_module()
class FaceAlignment(nn.Module):
    """98 landmarks of a face as heat maps, and StarGAN v2's masks; frozen.

    Args:
        weights: path or URL of a state dict by our names: ``wing.ckpt`` of clovaai/stargan-v2, converted.
        allow_random: build with random weights (the same each time) where there are no others.
        sha256: of the file of weights, or its beginning; None takes it from the file's name.
    """

    def __init__(self, weights: str | None = None, allow_random: bool = False,
                 sha256: str | None = None) -> None:
        require_weights('FaceAlignment', weights, allow_random, 'wing.ckpt of clovaai/stargan-v2, converted,')
        super().__init__()
        with drawn_the_same():
            self.stem, self.stem_norm = nn.Conv2d(6, 64, 7, stride=2, padding=3), nn.BatchNorm2d(64)
            self.blocks = nn.ModuleList(AlignmentBlock(*widths)
                                        for widths in ((64, 128), (128, 128), (128, 256)))
            self.join = nn.Conv2d(256 + 3, 256, 1)
            self.hour_glass, self.top = HourGlass(4, 256), AlignmentBlock(256, 256)
            self.last, self.last_norm = nn.Conv2d(256, 256, 1), nn.BatchNorm2d(256)
            self.to_maps = nn.Conv2d(256, LANDMARKS + 1, 1)
        if weights is not None:
            load_strictly(self, read_weights(weights, sha256), weights)
        self.requires_grad_(False)
        self.eval()

    def train(self, mode: bool = True) -> FaceAlignment:
        """Stays in eval mode."""
        return super().train(False)

    @torch.no_grad()
    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1], resized to 256 x 256 (bilinear) -> ``heat_maps`` (B, 98, 64, 64) and
        ``masks`` (B, 2, 256, 256); see :func:`face_masks`."""
        x = F.interpolate(image, size=(SIDE, SIDE), mode='bilinear', align_corners=False)
        heat_maps = self.heat_maps((x + 1) / 2)
        large = F.interpolate(heat_maps, size=(SIDE, SIDE), mode='bilinear', align_corners=True)
        return dict(heat_maps=heat_maps, masks=face_masks(large))

    def heat_maps(self, image: Tensor) -> Tensor:
        """image (B, 3, 256, 256) in [0, 1] -> (B, 98, 64, 64)."""
        x = F.relu(self.stem_norm(self.stem(append_coordinates(image, rows_first=True, unit_distance=True))))
        x = F.avg_pool2d(self.blocks[0](x), 2)
        x = self.blocks[2](self.blocks[1](x))
        x = self.top(self.hour_glass(self.join(append_coordinates(x, True, True))))
        return self.to_maps(F.relu(self.last_norm(self.last(x))))[:, :LANDMARKS]
