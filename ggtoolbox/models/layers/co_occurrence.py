"""Co-occurrence features of a skeleton sequence: what both discriminators of MDVS look at.

Li et al., Co-occurrence Feature Learning from Skeleton Data ("HCN"), IJCAI 2018, as Ren et al. (MDVS, ACM MM
2020) use it.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError


class CooccurrenceEncoder(nn.Module):
    """Convolutions over positions and over motion (differences of frames, resized to as many frames), each
    first joint by joint, then with the joints as channels; joined, two more, and two linear layers.

    Layers 2 to 4 have no activation, as in the released code. Weights are Glorot's uniform, biases 0.

    Args:
        frames, joints: F and V of what it is given.
        channels: of the first layer.
        pools: after which of the layers 3 to 6 a maximum over 2x2 halves the maps.
        hidden: of the first linear layer.
        out_channels: of the second.
        dropout: of whole maps, and behind the first linear layer.
        repeat_third: list the third layer's map twice and never the fourth's among the features, as the
            released code does; False lists each layer once.

    Raises:
        InputError: frames or joints too few for it.
    """

    draws_own_weights = True

    def __init__(self, frames: int, joints: int, channels: int = 64, pools: tuple[int, ...] = (3, 4, 5, 6),
                 hidden: int = 512, out_channels: int = 256, dropout: float = 0.5,
                 repeat_third: bool = True) -> None:
        super().__init__()
        half = channels // 2
        height, width = (size // 2 ** len(pools) for size in (frames - 2, half))
        if height < 1 or width < 1:
            raise InputError(f'CooccurrenceEncoder: {frames} frames and {channels} channels are too few for '
                             f'{len(pools)} halvings')
        self.frames, self.joints, self.pools, self.repeat_third = frames, joints, pools, repeat_third
        self.position, self.motion = (nn.ModuleList([
            nn.Conv2d(2, channels, 1), nn.Conv2d(channels, half, (3, 1)),
            nn.Conv2d(joints, half, 3, padding=1), nn.Conv2d(half, channels, 3, padding=1)])
            for _ in range(2))
        self.fifth = nn.Conv2d(2 * channels, 2 * channels, 3, padding=1)
        self.sixth = nn.Conv2d(2 * channels, 4 * channels, 3, padding=1)
        self.linear = nn.Linear(4 * channels * height * width, hidden)
        self.out = nn.Linear(hidden, out_channels)
        self.drop_maps, self.drop = nn.Dropout2d(dropout), nn.Dropout(dropout)
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, motion: Tensor) -> tuple[Tensor, list[Tensor]]:
        """motion (B, F, V, 2) -> codes (B, out_channels), and the layers' maps, of which only the last two
        look at differences of frames."""
        if tuple(motion.shape[1:]) != (self.frames, self.joints, 2):
            raise InputError(f'motion must be (B, {self.frames}, {self.joints}, 2), found '
                             f'{tuple(motion.shape)}')
        x = motion.permute(0, 3, 1, 2)
        steps = F.interpolate(x[:, :, 1:] - x[:, :, :-1], size=x.shape[2:], mode='bilinear')
        fourth, features = self._branch(self.position, x)
        moving, _ = self._branch(self.motion, steps)
        x = self._pool(5, self.drop_maps(self.fifth(torch.cat([fourth, moving], dim=1)).relu()))
        features.append(x)
        x = self._pool(6, self.drop_maps(self.sixth(x).relu()))
        features.append(x)
        return self.out(self.drop(self.linear(x.flatten(1)).relu())), features

    def _branch(self, layers: nn.ModuleList, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        first = layers[0](x).relu()
        second = layers[1](first)
        third = self._pool(3, layers[2](second.permute(0, 3, 2, 1)))
        fourth = self._pool(4, self.drop_maps(layers[3](third)))
        return fourth, [first, second, third, third if self.repeat_third else fourth]

    def _pool(self, layer: int, x: Tensor) -> Tensor:
        return F.max_pool2d(x, 2) if layer in self.pools else x
