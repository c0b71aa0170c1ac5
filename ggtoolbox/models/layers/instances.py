"""Sums over the pixels of an instance, without a loop over instances."""
from __future__ import annotations

import torch
from torch import Tensor


def number_instances(instance: Tensor) -> Tensor:
    """(B, H, W) ids of any size and sign -> (B, H, W) numbers in 0 .. B*H*W - 1, one an instance of a sample.

    Equal ids in two samples are two instances. Numbers of one sample follow each other. No shape depends on
    the values, so that nothing waits for a GPU.
    """
    ids, order = instance.flatten(1).sort(dim=1)
    starts = torch.zeros_like(ids)
    starts[:, 1:] = ids[:, 1:] != ids[:, :-1]
    first = torch.arange(len(ids), device=ids.device).unsqueeze(1) * ids.shape[1]
    return torch.zeros_like(ids).scatter(1, order, starts.cumsum(dim=1) + first).view_as(instance)


def average_by_instance(features: Tensor, instance: Tensor) -> Tensor:
    """Each pixel's features become the mean over the pixels of its instance.

    Args:
        features: (B, F, H, W).
        instance: (B, H, W) ids; see :func:`number_instances`.
    """
    numbers = number_instances(instance).flatten()
    rows = features.float().movedim(1, -1).flatten(0, -2)
    sums = torch.zeros_like(rows).index_add(0, numbers, rows)
    sizes = torch.zeros_like(rows[:, :1]).index_add(0, numbers, torch.ones_like(rows[:, :1]))
    means = (sums / sizes.clamp(min=1))[numbers]
    return means.view(len(features), *features.shape[2:], -1).movedim(-1, 1).to(features.dtype)
