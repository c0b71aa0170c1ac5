"""A small network that judges pictures: segments, finds key points and attributes, and has features."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES

from ..layers.convolution import normalised_convolution
from ..layers.pretrained import drawn_the_same, load_strictly, read_weights


@BACKBONES.register_module()
class JudgeNetwork(nn.Module):
    """Convolutions that halve, and back up again with the halves' maps added; batch norm, ReLU.

    Each level of the encoder is two 3x3 convolutions, the first of stride 2 (but at full size). Upwards, a
    1x1 convolution narrows the deeper map, nearest upsampling grows it to the level's size, the level's own
    map is added (as LinkNet does, Chaurasia and Culurciello 2017), and a 3x3 convolution follows. Any size
    will do. Ours: no paper has it; ``tools/train_judge.py`` trains it on ToyWorld.

    Args:
        num_classes: of a segmentation; 0 for none.
        num_joints: of heat maps; 0 for none.
        channels: of each level, the finest first.
        weights: path or URL of a state dict; the network is frozen either way until somebody unfreezes it.
        allow_random: build with random weights (the same each time) where there are no others.
        sha256: of the file of weights, or its beginning; None takes it from the file's name.
        num_attributes: of a linear layer on the features; 0 for none. Without classes and joints there is no
            way back up.
        image_height: of the pictures that it was trained on, to which higher ones are averaged down; maps
            come back at full size. None: it takes pictures as they are. Key points need it, of which the
            height of a person says how far to look; textures' classes do not.
        levels: return the encoder's levels and nothing else, as LPIPS compares them.

    Raises:
        InputError: no classes, joints or attributes; no weights; weights of others, or of other channels.
    """

    def __init__(self, num_classes: int = 17, num_joints: int = 0, channels: Sequence[int] = (16, 32, 64, 96),
                 weights: str | None = None, allow_random: bool = False, sha256: str | None = None,
                 num_attributes: int = 0, levels: bool = False, image_height: int | None = None) -> None:
        if not num_classes and not num_joints and not num_attributes:
            raise InputError('JudgeNetwork: expected num_classes, num_joints or num_attributes, found none')
        if weights is None and not allow_random:
            raise InputError('JudgeNetwork: weights are not given; name a judge of '
                             'ggtoolbox/evaluation/judges where a metric takes a network, train one with '
                             'tools/train_judge.py, or say allow_random=True')
        super().__init__()
        self.num_classes, self.num_joints, self.levels_alone = num_classes, num_joints, levels
        self.image_height = image_height
        maps = num_classes + num_joints
        deepest_first = list(zip(channels[:0:-1], channels[-2::-1])) if maps else []
        with drawn_the_same():
            self.levels = nn.ModuleList(
                nn.Sequential(_step(before, after, stride=1 if before == 3 else 2), _step(after, after))
                for before, after in zip((3, *channels), channels))
            self.narrow = nn.ModuleList(nn.Conv2d(deep, fine, 1) for deep, fine in deepest_first)
            self.mix = nn.ModuleList(_step(fine, fine) for _, fine in deepest_first)
            self.to_maps = nn.Conv2d(channels[0], maps, 1) if maps else None
            self.to_attributes = nn.Linear(sum(channels), num_attributes) if num_attributes else None
        if self.to_maps is not None:
            nn.init.constant_(self.to_maps.bias[num_classes:], -4)  # few pixels are a joint
        if weights is not None:
            load_strictly(self, read_weights(weights, sha256), weights)
        self.requires_grad_(False)
        self.eval()

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """image (B, 3, H, W) in [-1, 1] -> maps at full size, and features.

        Returns:
            ``logits`` (B, num_classes, H, W) where there are classes; ``heat_maps`` (B, num_joints, H, W)
            in [0, 1] and, for the loss, ``heat_map_logits`` where there are joints; ``attribute_logits``
            (B, num_attributes) where there are attributes; ``features`` (B, sum of ``channels``): the means
            of the encoder's levels over the picture, texture first, contents last. With ``levels``:
            ``level0``, ... (B, channels[i], h, w), and no more.
        """
        encoded = []
        x = self._seen(image)
        for level in self.levels:
            x = level(x)
            encoded.append(x)
        if self.levels_alone:
            return {f'level{number}': level for number, level in enumerate(encoded)}
        features = torch.cat([level.mean((2, 3)) for level in encoded], dim=1)
        outputs = dict(features=features)
        if self.to_attributes is not None:
            outputs['attribute_logits'] = self.to_attributes(features)
        return outputs if self.to_maps is None else {**self._maps(x, encoded, image.shape[-2:]), **outputs}

    def _seen(self, image: Tensor) -> Tensor:
        height, width = image.shape[-2:]
        if self.image_height is None or height <= self.image_height:
            return image
        return F.adaptive_avg_pool2d(image, (self.image_height, round(width * self.image_height / height)))

    def _maps(self, x: Tensor, encoded: list[Tensor], size: torch.Size) -> dict[str, Tensor]:
        """``logits``, ``heat_maps`` and ``heat_map_logits``, from the deepest level back up."""
        for narrow, mix, skip in zip(self.narrow, self.mix, encoded[-2::-1]):
            x = mix(skip + F.interpolate(narrow(x), size=skip.shape[-2:]))
        maps = self.to_maps(x)
        if maps.shape[-2:] != size:
            maps = F.interpolate(maps, size=size, mode='bilinear')
        logits, joints = maps.split([self.num_classes, self.num_joints], dim=1)
        outputs = {}
        if self.num_classes:
            outputs['logits'] = logits
        if self.num_joints:
            outputs.update(heat_maps=joints.sigmoid(), heat_map_logits=joints)
        return outputs


def _step(in_channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(normalised_convolution(in_channels, out_channels, stride=stride),
                         nn.ReLU(inplace=True))
