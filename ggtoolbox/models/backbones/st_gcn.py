"""ST-GCN: what a dance is, seen by convolutions over a skeleton's graph and over time.

Yan et al., Spatial Temporal Graph Convolutional Networks for Skeleton-Based Action Recognition, AAAI 2018.
MDVS (Ren et al., ACM MM 2020) and DanceGAN take its features for the pose perceptual loss L_p.
"""
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES

from ..layers.pretrained import drawn_the_same, load_strictly, read_weights

# OpenPose's 18 joints as ST-GCN joins them: hips hang from the shoulders.
LIMBS = ((1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (2, 8), (8, 9), (9, 10), (5, 11), (11, 12), (12, 13),
         (1, 0), (0, 14), (14, 16), (0, 15), (15, 17))


def spatial_partition(joints: int = 18, limbs: Sequence[tuple[int, int]] = LIMBS, centre: int = 1) -> Tensor:
    """The three adjacency matrices (3, V, V) of the paper's spatial configuration (section 3.3).

    A[k][j, i] carries joint j into joint i: k = 0 itself, k = 1 neighbours at least as far from the centre, k
    = 2 nearer ones; columns of their sum add to 1. As in the released code, whatever is more than one hop
    from the centre is equally far.
    """
    linked = torch.eye(joints)
    for a, b in limbs:
        linked[a, b] = linked[b, a] = 1
    distance = torch.full((joints,), 2.0).masked_fill(linked[centre] > 0, 1.0)
    distance[centre] = 0
    share, itself = linked / linked.sum(0), torch.eye(joints)
    nearer = distance[:, None] < distance[None, :]
    return torch.stack([share * itself, share * ~nearer * (1 - itself), share * nearer])


class GraphBlock(nn.Module):
    """Graph convolution over the three partitions, then a convolution of nine frames, and a residual.

    A wider block has stride 2 over time; only there is the residual a convolution.

    Args:
        residual: whether it has one (the first block has not).
    """

    def __init__(self, in_channels: int, out_channels: int, joints: int, residual: bool = True,
                 stride: int = 1, partitions: int = 3, kernel_size: int = 9) -> None:
        super().__init__()
        self.partitions, self.has_residual = partitions, residual
        self.spatial = nn.Conv2d(in_channels, partitions * out_channels, 1)
        self.importance = nn.Parameter(torch.ones(partitions, joints, joints))
        self.temporal = nn.Sequential(
            nn.BatchNorm2d(out_channels), nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, (kernel_size, 1), (stride, 1), (kernel_size // 2, 0)),
            nn.BatchNorm2d(out_channels))
        self.residual = nn.Identity()
        if residual and (stride != 1 or in_channels != out_channels):
            self.residual = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, (stride, 1)),
                                          nn.BatchNorm2d(out_channels))

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        """x (B, C, F, V), adjacency (3, V, V) -> (B, C', F', V)."""
        parts = self.spatial(x).unflatten(1, (self.partitions, -1))
        y = self.temporal(torch.einsum('bkcfv,kvw->bcfw', parts, adjacency * self.importance))
        return (y + self.residual(x)).relu() if self.has_residual else y.relu()


@BACKBONES.register_module()
class STGCN(nn.Module):
    """Batch norm over the coordinates, graph blocks, the mean over frames and joints, and a classifier.

    ``tools/train_pose_judge.py`` trains it on kinds of dances; MDVS's own weights (``GCN.pth``, 16 kinds) are
    converted by ``tools/model_converters/convert.py mdvs``.

    Args:
        num_classes: kinds of dances.
        joints, limbs, centre: the skeleton; see :func:`spatial_partition`.
        channels: of each block; where they grow, stride is 2.
        weights: path or URL of a state dict; the network is frozen either way until somebody unfreezes it.
        allow_random: build with random weights (the same each time) where there are no others.
        sha256: of the file of weights, or its beginning; None takes it from the file's name.

    Attributes:
        layers: names of the blocks, in order.

    Raises:
        InputError: no weights; weights of another network.
    """

    def __init__(self, num_classes: int = 16, joints: int = 18, limbs: Sequence[tuple[int, int]] = LIMBS,
                 centre: int = 1, channels: Sequence[int] = (*[64] * 4, *[128] * 3, *[256] * 3),
                 weights: str | None = None, allow_random: bool = False, sha256: str | None = None) -> None:
        if weights is None and not allow_random:
            raise InputError('STGCN: weights are not given; train them with tools/train_pose_judge.py, or '
                             'say allow_random=True')
        super().__init__()
        self.layers = tuple(f'block{i}' for i in range(len(channels)))
        with drawn_the_same():
            self.norm = nn.BatchNorm1d(2 * joints)
            self.blocks = nn.ModuleList(
                GraphBlock(before, after, joints, i > 0, 2 if i > 0 and after > before else 1)
                for i, (before, after) in enumerate(zip((2, *channels), channels)))
            self.classifier = nn.Conv2d(channels[-1], num_classes, 1)
        self.register_buffer('adjacency', spatial_partition(joints, limbs, centre), persistent=False)
        if weights is not None:
            load_strictly(self, read_weights(weights, sha256), weights)
        self.requires_grad_(False)
        self.eval()

    def forward(self, motion: Tensor) -> dict[str, Tensor]:
        """motion (B, F, V, 2) -> ``block0``, ... (B, C, F', V), ``features`` (B, C) and ``logits``."""
        x = self.norm(motion.flatten(2).transpose(1, 2))  # (B, 2V, F)
        x = x.unflatten(1, (-1, 2)).permute(0, 2, 3, 1)
        outputs = {}
        for name, block in zip(self.layers, self.blocks):
            x = outputs[name] = block(x, self.adjacency)
        features = x.mean((2, 3), keepdim=True)
        return dict(outputs, features=features.flatten(1), logits=self.classifier(features).flatten(1))

    @classmethod
    def example_input(cls) -> Tensor:
        return torch.linspace(0, 60, 2 * 50 * 18 * 2).sin().reshape(2, 50, 18, 2)
