"""Normalisation layers by name."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.ops.normalise import normalise
from ggtoolbox.ops.recording import is_recorded


class PositionNorm(nn.Module):
    """(x - mean) / sqrt(variance + 1e-5) over the channels of each pixel, the variance unbiased (Li et al.,
    Positional Normalization, NeurIPS 2019; as CoCosNet has it, without giving the moments on)."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> the same shape."""
        return (x - x.mean(1, keepdim=True)) * (x.var(1, keepdim=True) + 1e-5).rsqrt()


class InstanceNorm2d(nn.InstanceNorm2d):
    """``nn.InstanceNorm2d`` that, in a network of :func:`lie_channels_last`, keeps channels-last features so
    on a CPU, where PyTorch's gives them back channels first, and with them all that follows: each picture by
    itself is batch normalised, which is the same but for rounding (sums over a picture are added up in one
    chain). In bfloat16 such features are normalised by float32 statistics."""

    keeps_layout = False

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> the same shape and layout."""
        last = x.dim() == 4 and not x.is_contiguous() and x.is_contiguous(memory_format=torch.channels_last)
        if not (last and self.keeps_layout) or x.device.type != 'cpu' or is_recorded():
            return super().forward(x)
        if not self.training and self.track_running_stats:
            return self._batch_norm(x, self.running_mean, self.running_var, training=False)
        statistics = [(None, None)] * len(x)
        if self.track_running_stats:
            statistics = [(self.running_mean.clone(), self.running_var.clone()) for _ in x]
        y = [self._batch_norm(picture, *found) for picture, found in zip(x.split(1), statistics)]
        if self.track_running_stats:
            for kept, found in zip((self.running_mean, self.running_var), zip(*statistics)):
                kept.copy_(torch.stack(found).mean(0))
        return y[0] if len(y) == 1 else torch.cat(y)

    def _batch_norm(self, x: Tensor, mean: Tensor | None, variance: Tensor | None,
                    training: bool = True) -> Tensor:
        weight, bias = self.weight, self.bias
        if weight is None and x.dtype in (torch.bfloat16, torch.float16):  # else statistics would be as short
            weight, bias = torch.ones(self.num_features), torch.zeros(self.num_features)
        return F.batch_norm(x, mean, variance, weight, bias, training, self.momentum, self.eps)


def lie_channels_last(network: nn.Module, last: bool = True) -> None:
    """Keep the weights of a network, and so its features, in channels-last order, or as usual, in place."""
    network.to(memory_format=torch.channels_last if last else torch.contiguous_format)
    for module in network.modules():
        if isinstance(module, InstanceNorm2d):
            module.keeps_layout = last


def build_norm(name: str | None, channels: int, affine: bool = False,
               track_running_stats: bool = False) -> nn.Module:
    """A normalisation over ``channels`` feature maps, eps 1e-5, momentum 0.1.

    Several devices: ``sync_bn='torch'`` of the runner replaces every batch norm. The synchronised
    batch norm that the released code was trained with clamps there, max(var, eps)^-1/2, where
    PyTorch's (and any single device) has (var + eps)^-1/2; we follow PyTorch.

    Args:
        name: ``'batch'``, ``'instance'``, ``'position'`` (:class:`PositionNorm`) or None (identity).
        affine: learn a scale and a shift.
        track_running_stats: for ``'instance'``: normalise by running statistics in eval mode, as
            the pix2pix code base of 2018 does (batch norm always does).
    """
    if name is None:
        return nn.Identity()
    if name == 'batch':
        return nn.BatchNorm2d(channels, affine=affine)
    if name == 'instance':
        return InstanceNorm2d(channels, affine=affine, track_running_stats=track_running_stats)
    if name == 'position':
        return PositionNorm()
    raise InputError(f"norm: expected 'batch', 'instance', 'position' or None, found {name!r}")


def normalised_alike(x: Tensor, norms: Sequence[nn.Module]) -> list[Tensor]:
    """What each of ``norms`` makes of x; once for all that normalise by the statistics of x itself.

    Equal to ``[norm(x) for norm in norms]`` to rounding, running statistics included. Batch norm in train
    mode without scale and shift keeps its result for backward, which what follows keeps anyway, and not x.
    """
    if all(type(norm) is InstanceNorm2d and not norm.affine and not norm.track_running_stats
           for norm in norms):
        return [norms[0](x)] * len(norms)
    if x.device.type != 'cpu' or is_recorded() or torch.compiler.is_compiling() or not all(
            type(norm) is nn.BatchNorm2d and not norm.affine and norm.training and norm.momentum is not None
            and norm.eps == norms[0].eps for norm in norms) or x.numel() == x.shape[1]:
        return [norm(x) for norm in norms]
    y, mean, variance = normalise(x, norms[0].eps)
    for norm in norms:
        if norm.track_running_stats:
            norm.num_batches_tracked += 1
            norm.running_mean.lerp_(mean.to(norm.running_mean.dtype), norm.momentum)
            norm.running_var.lerp_(variance.to(norm.running_var.dtype), norm.momentum)
    return [y] * len(norms)
